"""The only writers of this room: one function a change."""

from ingestion.services.adding import Added, NotAddedError, add_address, add_text, due_page_ids, fetch_page
from ingestion.services.extracting import Extracted, claim_key, extract_revision
from ingestion.services.polling import PollResult, due_source_ids, poll_source
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
    "Extracted",
    "Leftovers",
    "NotAddedError",
    "PollResult",
    "add_address",
    "add_text",
    "change_source",
    "check_source",
    "claim_key",
    "create_source",
    "due_page_ids",
    "due_source_ids",
    "extract_revision",
    "fetch_page",
    "forget_old_attempts",
    "pause_source",
    "poll_source",
    "release_everything",
    "request_fetch",
    "resume_source",
    "single_source",
    "sweep",
]
