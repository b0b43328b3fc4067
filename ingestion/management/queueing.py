"""Tells workers of revisions that a long command wrote, a few in one message."""

from __future__ import annotations

from django.conf import settings

from ingestion.tasks import enqueue_extraction

AT_ONCE = 20


class ToBeRead:
    """Revisions that wait to be read. A message is only a reminder: what is not told of, the sweep finds.

    Without Redis the queue is in the process of the workers and out of a command's reach: nothing is told then.
    """

    def __init__(self) -> None:
        self._ids: list[int] = []

    def add(self, revision_id: int | None) -> None:
        """One more, if there is one."""
        if revision_id is not None and settings.REDIS_URL:
            self._ids.append(revision_id)
        if len(self._ids) >= AT_ONCE:
            self.tell()

    def tell(self) -> None:
        """Tell of those that were not told of yet."""
        if self._ids:
            enqueue_extraction(self._ids)
        self._ids = []
