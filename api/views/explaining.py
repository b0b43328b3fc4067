"""Why a total is what it is: every line that it counts or leaves out."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.filters import read_form
from api.pages import Pages
from api.parameters import DatasetKey, Flag
from api.schema import NOT_MODIFIED, problems
from api.serializers.explaining import ExplainAnswer, explain_answer, line_answer
from api.views.base import PagedView
from api.views.totals import TotalsQuery, answered, filters_of, seq_of
from pledges.explaining import explain, explained_lines


class ExplainQuery(TotalsQuery):
    """The question of a total, without groups, and which of its lines are asked for."""

    group_by = None  # type: ignore[assignment]  # Django's way to leave out a field of the form above
    value_basis = None  # type: ignore[assignment]
    dataset = DatasetKey(rows=True)
    counted = Flag(about="Only the lines that the total counts (`true`), or only those that it leaves out (`false`).")


class ExplainView(PagedView):
    """The lines behind a total."""

    query_form = ExplainQuery
    follows_history = True

    @extend_schema(
        operation_id="explainTotals",
        tags=["totals"],
        summary="Why a total is what it is",
        description="Takes the question of `totals/` and tells each line behind the answer: what it adds, by which "
        "rate, on which words it rests; and each line that is left out, with the reason. A joint pledge has a line for "
        "each party. The central amounts of all counted lines sum to `total` to the cent.",
        responses={200: ExplainAnswer, **NOT_MODIFIED, **problems(400, 404)},
    )
    def get(self, request: Request) -> Response:
        """A page of lines, those that are counted and the largest first."""
        asked = read_form(ExplainQuery, request.query_params)
        answer, meta = answered(asked)
        filters, seq = filters_of(asked), seq_of(asked)
        lines = explained_lines(
            currency=asked["currency"], filters=filters, dataset=asked["dataset"], as_of=seq, counted=asked["counted"]
        )
        pages = Pages()
        rows = pages.paginate_queryset(lines, request, view=self) or []
        told = [
            line_answer(one, currency=asked["currency"], request=request) for one in explain(rows, filters, as_of=seq)
        ]
        page: dict[str, Any] = {
            "count": pages.count,
            "next": pages.get_next_link(),
            "previous": pages.get_previous_link(),
        }
        return Response(explain_answer(answer, meta, page, told))
