"""The only writers of this room: one function a change."""

from ingestion.services.adding import Added, NotAddedError, add_address, add_text
from ingestion.services.bounds import check_bounds
from ingestion.services.extracting import Extracted, claim_key, extract_revision
from ingestion.services.grouping import forget_old_sketches
from ingestion.services.hosts import polite_fetch, set_host_delay
from ingestion.services.notices import end_notice, mail_notices, put_away_notice, raise_notice
from ingestion.services.pages import fetch_page
from ingestion.services.polling import PollResult, due_source_ids, poll_source
from ingestion.services.rereading import Difference, RereadingError, preview_revision, reread_revision
from ingestion.services.sources import (
    change_source,
    check_source,
    create_source,
    pause_source,
    request_fetch,
    resume_source,
    single_source,
)
from ingestion.services.sweeping import Leftovers, forget_old_attempts, release_everything, sweep
from ingestion.services.visiting import Visited, begin_visits, visit_host
from ingestion.services.weighing import weigh_waiting

__all__ = [
    "Added",
    "Difference",
    "Extracted",
    "Leftovers",
    "NotAddedError",
    "PollResult",
    "RereadingError",
    "Visited",
    "add_address",
    "add_text",
    "begin_visits",
    "change_source",
    "check_bounds",
    "check_source",
    "claim_key",
    "create_source",
    "due_source_ids",
    "end_notice",
    "extract_revision",
    "fetch_page",
    "forget_old_attempts",
    "forget_old_sketches",
    "mail_notices",
    "pause_source",
    "polite_fetch",
    "poll_source",
    "preview_revision",
    "put_away_notice",
    "raise_notice",
    "release_everything",
    "request_fetch",
    "reread_revision",
    "resume_source",
    "set_host_delay",
    "single_source",
    "sweep",
    "visit_host",
    "weigh_waiting",
]
