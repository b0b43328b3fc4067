"""Why a total moved between two moments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.filters import read_form
from api.pages import Pages
from api.parameters import DatasetKey, Moment, check_order
from api.problems import ParameterError, WrongParameters
from api.schema import NOT_MODIFIED, problems
from api.serializers.cumulative import amounts_of_sums
from api.serializers.diff import DiffAnswer, by_reason, change_of, moved_answers
from api.views.asking import TotalsQuery, given, question_of
from api.views.base import PagedView
from history.selectors import last_seq
from pledges.diffing import TooManyChangesError, moved
from pledges.totals import Totals, bounded, totals


class DiffQuery(TotalsQuery):
    """The question of a total without groups, asked at two moments."""

    group_by = None  # type: ignore[assignment]  # Django's way to leave out a field of the form above
    value_basis = None  # type: ignore[assignment]
    relative_to = None  # type: ignore[assignment]
    as_of = None  # type: ignore[assignment]
    dataset = DatasetKey(rows=True)
    until = Moment(about="The later moment, with its zone, or a day, which means its end in UTC; now by default.")

    def clean(self) -> dict[str, Any]:
        """Both moments, in their order."""
        self.cleaned_data["as_of"] = None
        asked = super().clean()
        if asked.get("from") is None and "from" not in self.errors:
            self.add_error("from", forms.ValidationError("from is missing. Name the earlier moment."))
        check_order(self, "from", "until")
        return asked


# A word that Python keeps for itself is no name of a class's member.
DiffQuery.base_fields["from"] = Moment(
    about="The earlier moment, with its zone, or a day, which means its end in UTC. It has to be given."
)


class DiffView(PagedView):
    """The pledges behind the difference of two totals."""

    query_form = DiffQuery
    follows_history = True

    @extend_schema(
        operation_id="diffTotals",
        tags=["totals"],
        summary="Why a total moved between two moments",
        description="Takes the question of `totals/` and two moments, and tells each pledge that adds something else "
        "at the later one, with one reason. The changes of all pledges, and those of all reasons, sum to the "
        "difference of the two totals to the cent.",
        responses={200: DiffAnswer, **NOT_MODIFIED, **problems(400, 404)},
    )
    def get(self, request: Request) -> Response:
        """A page of pledges, the largest change first, and the sums of all."""
        asked = read_form(DiffQuery, request.query_params)
        until = asked["until"] or timezone.now()
        first, last = last_seq(at=asked["from"]), last_seq(at=until)
        question, currency = question_of(asked, last), asked["currency"]
        try:
            with bounded():
                moves = moved(question, first=first, last=last)
        except TooManyChangesError as error:
            raise WrongParameters([ParameterError("from", request.query_params["from"], f"from: {error}")]) from error
        pages = Pages()
        page = pages.paginate_queryset(moves, request, view=self) or []
        before, after = (_total(asked, question, seq) for seq in (first, last))
        return Response(
            {
                "meta": {
                    "dataset": asked["dataset"],
                    "currency": currency,
                    "from": asked["from"],
                    "until": until,
                    "filters": given(asked, "currency", "dataset", "from", "until", "as_of"),
                },
                "before": amounts_of_sums(before.total, currency),
                "after": amounts_of_sums(after.total, currency),
                "change": change_of(moves, currency),
                "by_reason": by_reason(moves, currency),
                "count": pages.count,
                "next": pages.get_next_link(),
                "previous": pages.get_previous_link(),
                "results": moved_answers(page, currency, request),
            }
        )


def _total(asked: Mapping[str, Any], question: Any, seq: int) -> Totals:
    return totals(
        currency=question.currency,
        dataset=question.dataset,
        filters=question.filters,
        as_of=seq,
        rates=question.rates,
        attribute_eu=asked["attribute_eu"],
    )
