"""A reviewer's way through what waits: which candidate comes next, and which one was looked at before.

The list's filters and order decide what comes. Within an article its claims come in the order of the text, since a text
is read once. What was put off comes again only when nothing else is left. The way is kept in the session.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.contrib.sessions.backends.base import SessionBase
from django.db.models import QuerySet

from ingestion.models import Candidate
from review import later
from review.models import STATE_AFTER, UNDOABLE, Decision, DecisionKind

KEY = "review_queue"
REMEMBERED = 100  # steps of the way, and candidates put off
UNDONE_WITHIN = timedelta(hours=1)  # from wherever one is, without looking for the candidate first


class Way:
    """The list that a reviewer chose to work through, where they were, and what was put off."""

    def __init__(self, session: SessionBase) -> None:
        self._session = session
        kept: dict[str, Any] = session.get(KEY, {})
        self.put_off: list[int] = kept.get("put_off", [])
        self.trail: list[int] = kept.get("trail", [])
        self.chosen: str = kept.get("chosen", "")  # the list's filters, search and order, as in its address

    def choose(self, query: str) -> None:
        """Keep the filters and the order of the list; another list is begun from its start."""
        if query != self.chosen:
            self.chosen, self.put_off = query, []
            self._keep()

    def visit(self, candidate_id: int) -> None:
        """Note that a candidate is looked at."""
        if self.trail[-1:] != [candidate_id]:
            self.trail = [*self.trail, candidate_id][-REMEMBERED:]
            self._keep()

    def leave_for_later(self, candidate_id: int) -> None:
        """Put a candidate off until everything else was seen."""
        self.put_off = [*(one for one in self.put_off if one != candidate_id), candidate_id][-REMEMBERED:]
        self._keep()

    def begin_again(self) -> None:
        """Forget what was put off."""
        self.put_off = []
        self._keep()

    def back(self, candidate_id: int) -> int | None:
        """The candidate that was looked at before this one; the way ends there."""
        places = [place for place, one in enumerate(self.trail) if one == candidate_id]
        before = self.trail[: places[-1]] if places else self.trail
        if not before:
            return None
        self.trail = before
        self._keep()
        return before[-1]

    def _keep(self) -> None:
        self._session[KEY] = {"put_off": self.put_off, "trail": self.trail, "chosen": self.chosen}


def following(waiting: QuerySet[Any], candidate: Candidate, put_off: list[int]) -> int | None:
    """The candidate after this one: the next claim of its article, else the first that waits; ``None`` without any.

    ``waiting`` is the queue in its order; ``put_off`` are left out.
    """
    others = waiting.exclude(pk__in=[candidate.pk, *put_off])
    article = others.filter(finding__revision=candidate.finding.revision_id)
    claims = list(article.order_by("finding__start", "pk").values_list("finding__start", "pk"))
    here = (candidate.finding.start, candidate.pk)
    after = [one for one in claims if one > here] or claims
    if after:
        return int(after[0][1])
    return others.values_list("pk", flat=True).first()


def last_decision_of(user: User, *, now: datetime) -> Decision | None:
    """A person's last decision that still stands and can be undone, if it was taken within the last hour."""
    last = (
        Decision.objects.filter(by=user, at__gte=now - UNDONE_WITHIN, kind__in=UNDOABLE)
        .filter(reversed_by__isnull=True)
        .select_related("candidate__finding")
        .order_by("-pk")
        .first()
    )
    if last is None:
        return None
    holds = [STATE_AFTER[DecisionKind(last.kind)]] if last.kind in STATE_AFTER else later.RECORDED
    return last if last.candidate.state in holds else None
