"""Running series of what is pledged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.filters import read_form
from api.keeping import KeptAnswers
from api.parameters import Code
from api.problems import ParameterError, WrongParameters
from api.schema import NOT_MODIFIED, problems
from api.serializers.cumulative import CumulativeAnswer, cumulative_answer
from api.views.asking import TotalsQuery, answered_at, question_of, seq_of
from history.selectors import steadily
from pledges.cumulative import GROUPS, MONTH, STEPS, TooManyPointsError, cumulative


class CumulativeQuery(TotalsQuery):
    """The question of a total, with the length of a step and at most one dimension."""

    relative_to = None  # type: ignore[assignment]  # Django's way to leave out a field of the form above
    by = Code(allowed=STEPS, default=MONTH, about="The length of a step: `day`, `week` (from Monday) or `month`.")
    group_by = Code(  # type: ignore[assignment]  # one instead of several
        allowed=GROUPS, about="At most one dimension: a series for each of its values."
    )

    def clean(self) -> dict[str, Any]:
        """One dimension is what totals know as a list of them."""
        group_by = self.cleaned_data.get("group_by")
        self.cleaned_data["group_by"] = (group_by,) if group_by else ()
        return super().clean()


class CumulativeView(KeptAnswers):
    """Series of totals."""

    query_form: type[forms.Form] = CumulativeQuery

    @extend_schema(
        operation_id="getCumulativeTotals",
        tags=["totals"],
        summary="What had been pledged by each day, week or month",
        description="Takes the question of `totals/`. Steps follow each other without gaps, from `announced_from` (or "
        "the first announcement) to `announced_until` (or the last one). What has no day stands apart. The last point "
        "and what is undated make the total.",
        responses={200: CumulativeAnswer, **NOT_MODIFIED, **problems(400)},
    )
    def get(self, request: Request) -> Response:
        """The series, the total, and what was asked."""
        asked = read_form(CumulativeQuery, request.query_params)
        try:
            return Response(steadily(lambda seq: _answer(asked, seq), seq_of(asked)))
        except TooManyPointsError as error:
            written = request.query_params.get("by", asked["by"])
            raise WrongParameters([ParameterError("by", written, f"by: {error}")]) from error


def _answer(asked: Mapping[str, Any], seq: int | None) -> dict[str, Any]:
    series = cumulative(question_of(asked, seq), by=asked["by"], group_by=next(iter(asked["group_by"]), ""))
    totals, meta = answered_at({**asked, "group_by": ()}, seq)
    meta |= {"by": asked["by"], "group_by": asked["group_by"], "filters": _without_by(meta["filters"])}
    return cumulative_answer(series, totals.total, meta)


def _without_by(filters: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in filters.items() if name != "by"}
