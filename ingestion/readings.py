"""Which reading of an article is its present one, which are of another reader's version, and whom that concerns.

An article's present reading is that of its latest revision that was read, by the version that read it last. Findings
of earlier revisions and versions stay as they are, and carry nothing any more.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from ingestion.models import Article, Candidate, CandidateFinding, CandidateState, ExtractState, Revision


def present_links() -> QuerySet[CandidateFinding]:
    """The ties of candidates to findings of present readings."""
    read_later = Revision.objects.filter(
        article_id=OuterRef("finding__revision__article_id"),
        number__gt=OuterRef("finding__revision__number"),
        extract_state=ExtractState.DONE,
    )
    by_last_reader = CandidateFinding.objects.filter(
        finding__extractor_version=F("finding__revision__extractor_version")
    )
    return by_last_reader.exclude(Exists(read_later))


def read_by_another(
    version: str, *, now: datetime, source_id: int | None = None, since: datetime | None = None
) -> QuerySet[Revision]:
    """The latest revision of each article if another version than ``version`` read it last, oldest first.

    Among them those that a broken run left waiting; not those whose page is still to come, which are read anyway.
    ``since`` is the moment from which on the article was first seen.
    """
    newer = Revision.objects.filter(article_id=OuterRef("article_id"), number__gt=OuterRef("number"))
    page_to_come = Article.objects.filter(pk=OuterRef("article_id"), page_due_at__isnull=False)
    free = Q(lease_until__isnull=True) | Q(lease_until__lte=now)
    left = Q(extract_state__in=[ExtractState.PENDING, ExtractState.CLAIMED]) & free
    found = (
        Revision.objects.filter(Q(extract_state=ExtractState.DONE) | left)
        .exclude(extractor_version__in=["", version])
        .exclude(Exists(newer))
        .exclude(Exists(page_to_come))
    )
    if source_id is not None:
        found = found.filter(article__source_id=source_id)
    if since is not None:
        found = found.filter(article__first_seen_at__gte=since)
    return found.order_by("pk")


def decided_and_read_otherwise() -> QuerySet[Candidate]:
    """Accepted and merged candidates that the present reading of their article no longer carries, latest first.

    Those whose words changed are not among them: they are flagged by themselves.
    """
    carried = present_links().filter(
        candidate=OuterRef("pk"), finding__revision__article_id=OuterRef("finding__revision__article_id")
    )
    read = Revision.objects.filter(
        article_id=OuterRef("finding__revision__article_id"), extract_state=ExtractState.DONE
    )
    return (
        Candidate.objects.filter(
            Exists(read), state__in=[CandidateState.ACCEPTED, CandidateState.MERGED], words_changed=False
        )
        .exclude(Exists(carried))
        .select_related("finding")
        .order_by("-decided_at", "-pk")
    )
