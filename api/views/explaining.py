"""Why a total is what it is: every line that it counts or leaves out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.filters import read_form
from api.pages import Pages
from api.parameters import DatasetKey, Flag
from api.schema import NOT_MODIFIED, problems
from api.serializers.explaining import ExplainAnswer, explain_answer, lines_answer
from api.views.asking import TotalsQuery, answered_at, question_of, seq_of
from api.views.base import PagedView
from history.selectors import steadily
from pledges.explaining import ExplainedLines, explain
from pledges.totals import bounded


class ExplainQuery(TotalsQuery):
    """The question of a total, without groups and figures, and which of its lines are asked for."""

    group_by = None  # type: ignore[assignment]  # Django's way to leave out a field of the form above
    value_basis = None  # type: ignore[assignment]
    relative_to = None  # type: ignore[assignment]
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
        return Response(steadily(lambda seq: self._explained(request, asked, seq), seq_of(asked)))

    def _explained(self, request: Request, asked: Mapping[str, Any], seq: int | None) -> dict[str, Any]:
        answer, meta = answered_at(asked, seq)
        question = question_of(asked, seq)
        pages = Pages()
        with bounded():
            rows = pages.paginate_queryset(ExplainedLines(question, asked["counted"]), request, view=self) or []
        told = lines_answer(explain(rows, question), currency=asked["currency"], request=request)
        page: dict[str, Any] = {
            "count": pages.count,
            "next": pages.get_next_link(),
            "previous": pages.get_previous_link(),
        }
        return explain_answer(answer, meta, page, told)
