"""The only writers of this room: one function a change."""

from ingestion.services.adding import Added, NotAddedError, add_address, add_text, due_page_ids, fetch_page
from ingestion.services.bounds import check_bounds
from ingestion.services.extracting import Extracted, claim_key, extract_revision
from ingestion.services.notices import end_notice, mail_notices, put_away_notice, raise_notice
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

__all__ = [
    "Added",
    "Difference",
    "Extracted",
    "Leftovers",
    "NotAddedError",
    "PollResult",
    "RereadingError",
    "add_address",
    "add_text",
    "change_source",
    "check_bounds",
    "check_source",
    "claim_key",
    "create_source",
    "due_page_ids",
    "due_source_ids",
    "end_notice",
    "extract_revision",
    "fetch_page",
    "forget_old_attempts",
    "mail_notices",
    "pause_source",
    "poll_source",
    "preview_revision",
    "put_away_notice",
    "raise_notice",
    "release_everything",
    "request_fetch",
    "reread_revision",
    "resume_source",
    "single_source",
    "sweep",
]
