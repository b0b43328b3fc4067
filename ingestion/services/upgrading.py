"""Fills in what rows of older versions do not have yet. Each function may run at every start and beside itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from ingestion.addresses import AddressError, fold_address
from ingestion.models import Article, ArticleUrl

BATCH = 500
Row = TypeVar("Row", Article, ArticleUrl)


@dataclass(frozen=True, slots=True)
class Filled:
    """How many rows got their folded address."""

    addresses: int
    articles: int


def fill_folded_addresses() -> Filled:
    """Give addresses and articles that were stored by an older version their folded form.

    Of articles whose addresses fold into the same form the oldest gets it; the others stay without, and are what they
    were: articles of their own. An address that cannot be folded stays without its form, too.
    """
    addresses = sum(_fill_addresses(rows) for rows in _batches(ArticleUrl.objects.filter(folded_url="")))
    named = Article.objects.filter(folded_url__isnull=True, canonical_url__isnull=False)
    return Filled(addresses, sum(_fill_articles(rows) for rows in _batches(named)))


def _batches(rows: QuerySet[Row]) -> Iterator[list[Row]]:
    last = 0
    while batch := list(rows.filter(pk__gt=last).order_by("pk")[:BATCH]):
        yield batch
        last = batch[-1].pk


def _fill_addresses(rows: list[ArticleUrl]) -> int:
    filled = []
    for row in rows:
        row.folded_url = _folded(row.url)
        if row.folded_url:
            filled.append(row)
    ArticleUrl.objects.bulk_update(filled, ["folded_url"])
    return len(filled)


def _fill_articles(rows: list[Article]) -> int:
    first: dict[str, Article] = {}
    for row in rows:
        if folded := _folded(row.canonical_url or ""):
            first.setdefault(folded, row)
    for taken in Article.objects.filter(folded_url__in=first).values_list("folded_url", flat=True):
        first.pop(taken or "", None)
    filled = 0
    for folded, row in first.items():
        filled += _fill_article(row.pk, folded)
    return filled


def _fill_article(pk: int, folded: str) -> int:
    """One by one and on a condition: a worker may store the same address at the same moment."""
    free = Article.objects.filter(pk=pk, folded_url__isnull=True)
    try:
        with transaction.atomic():
            return free.update(folded_url=folded)
    except IntegrityError:
        return 0  # another article has it since a moment ago


def _folded(address: str) -> str:
    try:
        return fold_address(address)
    except AddressError:
        return ""
