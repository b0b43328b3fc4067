"""Searches a list word by word without joining tables: a join would give a record once for each party it names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.utils.text import smart_split, unescape_string_literal

MOST_PARTIES = 300  # of that name; more means that the word says nothing


def words_of(term: str) -> Iterator[str]:
    """The words of a search; what stands in quotes is one."""
    for word in smart_split(term):
        quoted = word[0] in "\"'" and len(word) > 1 and word[0] == word[-1]
        yield unescape_string_literal(word) if quoted else word


def search(
    rows: QuerySet[Any],
    term: str,
    *,
    own: Callable[[str], Q],
    parties: Callable[[str], QuerySet[Any]],
    tables: Sequence[tuple[type[Model], str]],
) -> QuerySet[Any]:
    """Rows in which each word occurs: in their ``own`` columns, or in a party's name in one of the tables.

    ``parties`` finds parties by a word; each of ``tables`` has the name of its link to the row.
    """
    for word in words_of(term):
        condition = own(word)
        ids = list(parties(word).order_by().values_list("pk", flat=True)[:MOST_PARTIES])
        for model, link in tables if ids else ():
            condition |= Q(Exists(model._default_manager.filter(**{link: OuterRef("pk"), "party__in": ids})))
        rows = rows.filter(condition)
    return rows
