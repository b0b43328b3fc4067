"""The sample source that ships with the project: a feed read from the disk, so that a first start needs no network."""

from __future__ import annotations

from datetime import datetime

from ingestion.models import Source, SourceKind
from ingestion.services import create_source

SAMPLE_NAME = "Sample feed"
SAMPLE_PATH = "feed.xml"


def load_sample_source(*, now: datetime) -> Source:
    """The sample source; made if it is not there, else left as it is. It is due at once, then every two minutes.

    Raises ``ValidationError`` if LOCAL_SOURCES_ROOT is set to a folder that has no ``feed.xml``.
    """
    standing = Source.objects.filter(name=SAMPLE_NAME).first()
    if standing is not None:
        return standing
    return create_source(
        name=SAMPLE_NAME,
        kind=SourceKind.FEED,
        url=SAMPLE_PATH,
        publisher="Sample dispatches",
        poll_floor=120,
        job="setup",
        now=now,
    )
