"""Addresses within the admin: of records, candidates and articles."""

from __future__ import annotations

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from pledges.models import Pledge
from sanctions.models import Measure


def record_address(record: Pledge | Measure) -> str:
    """The record's own page."""
    name = "pledges_pledge" if isinstance(record, Pledge) else "sanctions_measure"
    return reverse(f"admin:{name}_change", args=[record.pk])


def link_to_record(record: Pledge | Measure) -> SafeString:
    """Its id and title, leading to its page."""
    return format_html('<a href="{}">{} {}</a>', record_address(record), record.public_id, record.title)


def candidate_address(candidate_id: int) -> str:
    """The review screen of a candidate."""
    return reverse("admin:review_deskcandidate_change", args=[candidate_id])


def article_address(article_id: int) -> str:
    """The page of an article's candidates."""
    return reverse("admin:review_article", args=[article_id])
