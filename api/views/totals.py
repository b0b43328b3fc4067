"""Totals of what is pledged, and counts of sanctions measures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from django import forms
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.examples import SANCTIONS_TOTALS, TOTALS, WRONG_CURRENCY
from api.filters import SANCTION_ACTIONS, read_form
from api.messages import RATE_BASIS, sanctions_messages, totals_messages
from api.parameters import Code, Codes, DatasetKey, Day, Flag, Moment, PartyCodes, check_order
from api.schema import NOT_MODIFIED, problems
from api.serializers.totals import CountsRow, CountsTotals, TotalsAnswer, TotalsRow, sanctions_answer, totals_answer
from api.views.downloads import FlatAnswer
from history.selectors import last_seq
from pledges.models import AidType, FinanceType, Stage
from pledges.totals import CURRENCIES, DIMENSIONS, OURS, VALUE_BASES, Filters, Totals, totals
from sanctions.models import MeasureKind
from sanctions.totals import DIMENSIONS as SANCTIONS_DIMENSIONS
from sanctions.totals import Filters as SanctionsFilters
from sanctions.totals import totals as sanctions_totals


class TotalsQuery(forms.Form):
    """What totals can be asked for by."""

    group_by = Codes(
        allowed=DIMENSIONS, about="Dimensions of the rows, in this order; without any there is the total alone."
    )
    currency = Code(allowed=CURRENCIES, default="EUR", about="The currency of the amounts; EUR by default.")
    dataset = DatasetKey(rows=False)
    donor = PartyCodes(about="Codes of donors: their own parts of pledges.")
    recipient = PartyCodes(about="Codes of recipients: their own parts of pledges.")
    type = Codes(allowed=AidType.values, about="Types of aid.")
    finance_type = Codes(allowed=FinanceType.values, about="Finance types.")
    stage = Codes(allowed=Stage.values, about="Stages that pledges are now at.")
    in_kind = Flag(about="Only goods and services (`true`), or only money (`false`).")
    announced_from = Day(about="Announced on this day or later (by the latest possible day); undated left out.")
    announced_until = Day(about="Announced on this day or earlier (by the latest possible day); undated left out.")
    value_basis = Code(
        allowed=VALUE_BASES,
        default=OURS,
        about="`ours`: amounts as stated, by the rates of the day, or our estimates. `source`: what an imported "
        "dataset says its records are worth, and nothing else.",
    )
    include = Codes(
        allowed=["refugee_costs"], about="`refugee_costs`: take in costs of refugees in the donor's own country."
    )
    as_of = Moment(
        about="What the tracker said at this moment, whatever was corrected, merged or withdrawn since: a moment with "
        "its zone, or a day, which means its end in UTC. Filters and groups are those of the record as it stood then."
    )

    def clean(self) -> dict[str, Any]:
        """A range ends after it begins."""
        check_order(self, "announced_from", "announced_until")
        return self.cleaned_data


class TotalsView(FlatAnswer):
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


def filters_of(asked: Mapping[str, Any]) -> Filters:
    """The filters that a question names."""
    return Filters(
        donor=asked["donor"],
        recipient=asked["recipient"],
        type=asked["type"],
        finance_type=asked["finance_type"],
        stage=asked["stage"],
        in_kind=asked["in_kind"],
        announced_from=asked["announced_from"],
        announced_until=asked["announced_until"],
        refugee_costs="refugee_costs" in asked["include"],
    )


def seq_of(asked: Mapping[str, Any]) -> int | None:
    """The number of the last change at the moment that is asked for; ``None`` for now."""
    return None if asked["as_of"] is None else last_seq(at=asked["as_of"])


def answered(asked: Mapping[str, Any]) -> tuple[Totals, dict[str, Any]]:
    """The totals that a question asks for, and what to say about them."""
    filters = filters_of(asked)
    basis = asked.get("value_basis", OURS)
    ask = partial(totals, currency=asked["currency"], dataset=asked["dataset"], as_of=seq_of(asked), value_basis=basis)
    answer = ask(group_by=asked.get("group_by", ()), filters=filters)
    left_out = 0
    if not filters.refugee_costs:
        left_out = ask(filters=replace(filters, refugee_costs=True)).total.count - answer.total.count
    meta = {
        "dataset": answer.dataset,
        "currency": answer.currency,
        "group_by": answer.group_by,
        "filters": given(asked, "group_by", "currency", "dataset", "as_of", "value_basis"),
        "value_basis": basis,
        "as_of": asked["as_of"],
        "generated_at": timezone.now(),
        "rate_basis": RATE_BASIS[basis],
        "messages": [
            *_of_the_past(asked["as_of"]),
            *totals_messages(answer, filters, refugee_costs_left_out=left_out),
        ],
    }
    return answer, meta


def _of_the_past(moment: datetime | None) -> list[str]:
    if moment is None:
        return []
    return [
        f"This is what the tracker said at {moment:%d %B %Y, %H:%M:%S} UTC; it may have been corrected since. "
        "Without as_of it says what is known now."
    ]


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


def given(asked: Mapping[str, Any], *besides: str) -> dict[str, Any]:
    """The filters that were really given, as they are echoed."""
    given = {}
    for name, value in asked.items():
        if name not in besides and value not in (None, ()):
            given[name] = list(value) if isinstance(value, tuple) else value
    return given
