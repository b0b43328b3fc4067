"""The page on which a fetch can be watched that someone asked for, and the address its script asks every second."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.dateparse import parse_datetime

from ingestion.models import Source
from ingestion.watching import as_dict, claims, progress, titles

STOP_AFTER = timedelta(minutes=10)


def watch_address(source_id: int, since: datetime) -> str:
    """The page on which a fetch asked for at ``since`` can be watched."""
    return f"{reverse('admin:ingestion_source_watch', args=[source_id])}?{urlencode({'since': since.isoformat()})}"


def since_of(request: HttpRequest, now: datetime) -> datetime:
    """The moment in the address; the present one if there is none that can be read."""
    try:
        since = parse_datetime(request.GET.get("since", ""))
    except ValueError:
        return now
    return since if since is not None and since.tzinfo is not None else now


def state(request: HttpRequest, source: Source, *, now: datetime) -> dict[str, Any]:
    """How far it is, as the script and the template take it: plain values and addresses within this site."""
    found = progress(source, since=since_of(request, now), now=now)
    articles = [_link("ingestion_article_change", pk, title) for pk, title in titles(found.article_ids)]
    return {
        **as_dict(found),
        "articles": articles if request.user.has_perm("ingestion.view_article") else [],
        "articles_total": len(found.article_ids),
        "candidates": _candidates(request, found.article_ids),
        "attempt": _attempt(request, found.attempt_id),
    }


def _candidates(request: HttpRequest, article_ids: tuple[int, ...]) -> list[dict[str, str]]:
    """Links to the review desk. It is a room of its own, so this one knows only the name of its address."""
    if not (request.user.has_perm("review.view_deskcandidate") or request.user.has_perm("review.add_decision")):
        return []
    try:
        return [_link("review_deskcandidate_change", pk, quote) for pk, quote in claims(article_ids)]
    except NoReverseMatch:
        return []


def _attempt(request: HttpRequest, attempt_id: int | None) -> str:
    if attempt_id is None or not request.user.has_perm("ingestion.view_fetchattempt"):
        return ""
    return reverse("admin:ingestion_fetchattempt_change", args=[attempt_id])


def _link(name: str, pk: int, words: str) -> dict[str, str]:
    return {"address": reverse(f"admin:{name}", args=[pk]), "words": words}
