"""Totals of what is pledged, and counts of sanctions measures."""

from __future__ import annotations

from django import forms
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.examples import SANCTIONS_TOTALS, TOTALS, WRONG_CURRENCY
from api.filters import SANCTION_ACTIONS, read_form
from api.keeping import KeptAnswers
from api.messages import sanctions_messages
from api.parameters import Codes, DatasetKey, Day, PartyCodes
from api.schema import NOT_MODIFIED, problems
from api.serializers.totals import CountsRow, CountsTotals, TotalsAnswer, TotalsRow, sanctions_answer, totals_answer
from api.views.asking import TotalsQuery, answered, given
from api.views.downloads import FlatAnswer
from sanctions.models import MeasureKind
from sanctions.totals import DIMENSIONS as SANCTIONS_DIMENSIONS
from sanctions.totals import Filters as SanctionsFilters
from sanctions.totals import totals as sanctions_totals


class TotalsView(KeptAnswers, FlatAnswer):
    """Totals of pledges by any mix of dimensions."""

    query_form = TotalsQuery
    follows_history = True
    flat_rows, flat_name, flat_title = TotalsRow, "totals", "Totals of what is pledged"

    @extend_schema(
        operation_id="getTotals",
        tags=["totals"],
        summary="Totals of what is pledged",
        description="Each published pledge counts once, whatever its stage: not if another replaces it, and a package "
        "as its parts plus its remainder. Amounts are converted by the rate of the announcement and added exactly. "
        "What has no value is counted, not summed. `meta.messages` says what to know about the answer.",
        responses={200: TotalsAnswer, **NOT_MODIFIED, **problems(400)},
        examples=[TOTALS, WRONG_CURRENCY],
    )
    def get(self, request: Request) -> Response:
        """The rows, the total, and what was asked."""
        asked = read_form(TotalsQuery, request.query_params)
        return Response(totals_answer(*answered(asked)))


class SanctionsTotalsQuery(forms.Form):
    """What counts of measures can be asked for by."""

    group_by = Codes(
        allowed=SANCTIONS_DIMENSIONS, about="Dimensions of the rows, in this order; without any there is the total."
    )
    dataset = DatasetKey(rows=False)
    imposer = PartyCodes(about="Codes of imposers: measures that any of them imposes.")
    target = PartyCodes(about="Codes of targets: measures aimed at any of them.")
    measure = Codes(allowed=MeasureKind.values, about="Kinds of ban in the measure.")
    action = Codes(allowed=SANCTION_ACTIONS, about="The last action of the measure.")
    in_force_on = Day(about="Only measures in force on this day, by adopted steps.")


class SanctionsTotalsView(FlatAnswer):
    """Counts of measures by any mix of dimensions."""

    query_form = SanctionsTotalsQuery
    follows_history = True
    flat_rows, flat_name, flat_title = CountsRow, "sanctions_totals", "Counts of sanctions measures"

    @extend_schema(
        operation_id="getSanctionsTotals",
        tags=["totals"],
        summary="Counts of sanctions measures",
        description="Measures have no sum: they are counted, each once in the total. `in_force_count` holds for the "
        "day of `in_force_on`, or for today.",
        responses={200: CountsTotals, **NOT_MODIFIED, **problems(400)},
        examples=[SANCTIONS_TOTALS],
    )
    def get(self, request: Request) -> Response:
        """The rows, the total, and what was asked."""
        asked = read_form(SanctionsTotalsQuery, request.query_params)
        now = timezone.now()
        answer = sanctions_totals(
            day=asked["in_force_on"] or now.date(),
            group_by=asked["group_by"],
            filters=SanctionsFilters(
                imposer=asked["imposer"],
                target=asked["target"],
                measure=asked["measure"],
                action=asked["action"],
                in_force_on=asked["in_force_on"],
            ),
            dataset=asked["dataset"],
        )
        meta = {
            "dataset": answer.dataset,
            "day": answer.day,
            "group_by": answer.group_by,
            "filters": given(asked, "group_by", "dataset"),
            "as_of": None,
            "generated_at": now,
            "messages": sanctions_messages(answer),
        }
        return Response(sanctions_answer(answer, meta))
