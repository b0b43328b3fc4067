"""How many goods are pledged and how many came."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.filters import read_form
from api.pages import Pages
from api.schema import NOT_MODIFIED, problems
from api.serializers.items import ItemsAnswer, items_answer
from api.views.asking import TotalsQuery, given, of_the_past, question_of, seq_of
from api.views.base import PagedView
from history.selectors import steadily
from pledges.items_totals import GoodsRow, items_totals
from pledges.totals import bounded


class ItemsQuery(TotalsQuery):
    """The filters of totals; units have no currency, and what came stands in each row."""

    group_by = None  # type: ignore[assignment]  # Django's way to leave out a field of the form above
    currency = None  # type: ignore[assignment]
    rates = None  # type: ignore[assignment]
    stage_reached = None  # type: ignore[assignment]
    value_basis = None  # type: ignore[assignment]
    attribute_eu = None  # type: ignore[assignment]
    relative_to = None  # type: ignore[assignment]


class ItemsTotalsView(PagedView):
    """Units by category and name."""

    query_form = ItemsQuery
    follows_history = True

    @extend_schema(
        operation_id="getItemsTotals",
        tags=["totals"],
        summary="Units of goods, pledged and delivered",
        description="Takes the filters of `totals/`. One row for each category, name and unit of goods: how many units "
        "are pledged, and how many came. Unlike units are never added. A replaced pledge does not count, of a "
        "cancelled one what came, of a package what its parts leave over.",
        responses={200: ItemsAnswer, **NOT_MODIFIED, **problems(400, 404)},
    )
    def get(self, request: Request) -> Response:
        """A page of rows, in the order of categories and names."""
        asked = read_form(ItemsQuery, request.query_params)
        with bounded():
            rows = steadily(lambda seq: items_totals(question_of(asked, seq)), seq_of(asked))
        pages = Pages()
        told = pages.paginate_queryset(rows, request, view=self) or []
        page = {
            "count": pages.count,
            "next": pages.get_next_link(),
            "previous": pages.get_previous_link(),
        }
        return Response(items_answer(self._meta(asked, rows), page, told))

    def _meta(self, asked: Mapping[str, Any], rows: list[GoodsRow]) -> dict[str, Any]:
        return {
            "dataset": asked["dataset"],
            "filters": given(asked, "dataset", "as_of"),
            "as_of": asked["as_of"],
            "generated_at": timezone.now(),
            "messages": [*of_the_past(asked["as_of"]), *_messages(asked, rows)],
        }


def _messages(asked: Mapping[str, Any], rows: list[GoodsRow]) -> list[str]:
    if not rows:
        return ["No goods of published pledges answer to this question."]
    told = []
    if lacking := sum(1 for row in rows if row.uncounted):
        told.append(f"In {lacking} of {len(rows)} rows some pledges tell no number: they are counted, not added.")
    if unknown := sum(1 for row in rows if row.undelivered_unknown):
        told.append(f"In {unknown} of {len(rows)} rows something came of which the number is not known.")
    if asked["donor"] or asked["recipient"] or asked["donor_group"]:
        told.append("Goods of joint pledges are not divided: they count whole for each of the parties.")
    told.append("Rows are as the goods are named; different names of the same thing stand apart and are not added.")
    return told
