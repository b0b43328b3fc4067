"""Totals of pledges and counts of measures, in the shape that readers rely on."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.amounts import number_text
from api.serializers.fields import AMOUNT, Coded, OrNull, ReportedCents
from api.serializers.shared import PartyBrief
from pledges.models import AidType, FinanceType, Stage
from pledges.sums import Sums
from pledges.totals import Fulfilment, PartyKey, Relative, Row, Totals
from pledges.totals.relating import PER_HEAD, PERCENT
from reference.currencies import format_minor_units
from sanctions.models import MeasureKind, TargetKind
from sanctions.totals import PartyKey as SanctionsPartyKey
from sanctions.totals import Row as SanctionsRow
from sanctions.totals import Totals as SanctionsTotals

Fields = serializers.Serializer[Any]


class PartyGroup(PartyBrief):
    """A party; or `joint`, what is not divided among several; or `unnamed`, where no party is named."""


class Range(Fields):
    """Sums of what is valued, in the currency of the answer."""

    low = ReportedCents(help_text="Sum of the lower bounds.")
    central = ReportedCents(help_text="Sum of the central values.")
    high = ReportedCents(help_text="Sum of the upper bounds, open ones at their floor.")
    high_open = serializers.IntegerField(help_text="How many pledges have an open upper bound.")


class SumsAnswer(Fields):
    """Counts and sums. `count` = `valued_count` + `unvalued_count` + `unconverted_count`."""

    count = serializers.IntegerField(source="sums.count", help_text="How many pledges, each once.")
    valued_count = serializers.IntegerField(source="sums.valued_count", help_text="Of these, how many are summed.")
    unvalued_count = serializers.IntegerField(
        source="sums.unvalued_count", help_text="Of these, how many have no known value here. Unknown is not zero."
    )
    unconverted_count = serializers.IntegerField(
        source="sums.unconverted_count", help_text="Of these, how many have no exchange rate."
    )
    amount = Range(source="sums")
    stated = ReportedCents(source="sums.stated", help_text="How much of central was stated.")
    estimated = ReportedCents(source="sums.estimated", help_text="How much of central is estimated from unit prices.")
    up_to = ReportedCents(source="sums.up_to", help_text="How much of central rests on “up to”; its low is zero.")
    suspended = ReportedCents(source="sums.suspended", help_text="How much of central is halted and not delivered.")
    by_finance_type = serializers.SerializerMethodField(help_text="Central, by finance type.")

    def to_representation(self, instance: Row) -> dict[str, Any]:
        """The sums, written out plainly: a serializer takes many times as long, and there are hundreds of rows."""
        return sums_told(instance.sums, self.context["currency"])

    @extend_schema_field({"type": "object", "additionalProperties": AMOUNT})
    def get_by_finance_type(self, row: Any) -> dict[str, str]:
        """Amounts as texts, in the order of the vocabulary."""
        return _by_finance_type(row.sums, self.context["currency"])


FINANCE_TYPES = tuple(FinanceType.values)


def sums_told(sums: Sums, currency: str) -> dict[str, Any]:
    """As ``SumsAnswer`` has them, amounts as texts."""
    return {
        "count": sums.count,
        "valued_count": sums.valued_count,
        "unvalued_count": sums.unvalued_count,
        "unconverted_count": sums.unconverted_count,
        "amount": {
            "low": format_minor_units(sums.low, currency),
            "central": format_minor_units(sums.central, currency),
            "high": format_minor_units(sums.high, currency),
            "high_open": sums.high_open,
        },
        "stated": format_minor_units(sums.stated, currency),
        "estimated": format_minor_units(sums.estimated, currency),
        "up_to": format_minor_units(sums.up_to, currency),
        "suspended": format_minor_units(sums.suspended, currency),
        "by_finance_type": _by_finance_type(sums, currency),
    }


def _by_finance_type(sums: Sums, currency: str) -> dict[str, str]:
    split = sums.by_finance_type
    return {name: format_minor_units(split[name], currency) for name in FINANCE_TYPES if name in split}


class RelativeAnswer(Fields):
    """The central amount in relation to a figure of the donor."""

    unit = serializers.ChoiceField(choices=[PERCENT, PER_HEAD], help_text="Per cent of GDP, or the currency per head.")
    value = serializers.CharField(help_text="With four decimals.")
    figure = serializers.CharField(help_text="The donor's GDP or population.")
    figure_currency = OrNull(help_text="The currency of a GDP.")
    year = serializers.IntegerField(help_text="The year of the figure.")
    source = serializers.CharField(help_text="Who published the figure.")  # type: ignore[assignment]  # its name


class FulfilmentAnswer(Fields):
    """How much of a row came."""

    share = serializers.CharField(help_text="Of what was pledged, with four decimals.")
    compared_count = serializers.IntegerField(help_text="Of how many pledges: those known in money on both sides.")
    outstanding_days = serializers.IntegerField(
        allow_null=True, help_text="The mean age of what did not come, by its amount; null where nothing dated is open."
    )


class TotalsRow(SumsAnswer):
    """One row: the dimensions that were asked for, then the sums."""

    donor = PartyGroup(required=False)
    donor_group = PartyGroup(required=False, help_text="A group; `none` for donors that belong to none of the groups.")
    recipient = PartyGroup(required=False)
    type = Coded(AidType, required=False)
    finance_type = Coded(FinanceType, required=False)
    in_kind = serializers.BooleanField(required=False)
    stage = Coded(Stage, required=False)
    item_category = serializers.CharField(
        required=False,
        allow_null=True,
        help_text="Category of goods; `several` what is not divided among several; null where none are named.",
    )
    year = serializers.IntegerField(required=False, allow_null=True, help_text="Of announcement; null where undated.")
    quarter = serializers.CharField(required=False, allow_null=True, help_text="Such as 2022-Q1; null where undated.")
    month = serializers.CharField(required=False, allow_null=True, help_text="Such as 2022-02; null where undated.")
    relative = RelativeAnswer(
        required=False, allow_null=True, help_text="With `relative_to`: null where no value or no figure is known."
    )

    fulfilment = FulfilmentAnswer(
        required=False, allow_null=True, help_text="With `include=fulfilment`: null where nothing can be compared."
    )

    def to_representation(self, instance: Row) -> dict[str, Any]:
        """The row's own dimensions first, in the order that was asked for."""
        dimensions = {
            name: {"code": value.code, "name": value.name} if isinstance(value, PartyKey) else value
            for name, value in instance.keys.items()
        }
        told = {**dimensions, **super().to_representation(instance)}
        if self.context.get("relative"):
            told["relative"] = _relative(instance.relative)
        if self.context.get("fulfilment"):
            told["fulfilment"] = _fulfilment(instance.fulfilment)
        return told


def _fulfilment(came: Fulfilment | None) -> dict[str, Any] | None:
    if came is None:
        return None
    return {"share": f"{came.share:f}", "compared_count": came.compared, "outstanding_days": came.days}


def _relative(relative: Relative | None) -> dict[str, Any] | None:
    if relative is None:
        return None
    return {
        "unit": relative.unit,
        "value": f"{relative.value:f}",
        "figure": number_text(relative.figure),
        "figure_currency": relative.figure_currency or None,
        "year": relative.year,
        "source": relative.source,
    }


class Meta(Fields):
    """What was asked, and what to know about the answer."""

    dataset = serializers.CharField(help_text="The dataset that the answer covers.")
    currency = serializers.CharField(help_text="The currency of all amounts in the answer.")
    group_by = serializers.ListField(child=serializers.CharField(), help_text="The dimensions of the rows.")
    filters = serializers.DictField(help_text="The filters that were applied.")
    value_basis = serializers.CharField(help_text="Whose values are summed: `ours`, or those of the `source`.")
    rates = serializers.DateField(allow_null=True, help_text="The one day whose rates were taken; null: each its own.")
    relative_to = serializers.CharField(allow_null=True, help_text="What rows are set in relation to.")
    as_of = serializers.DateTimeField(allow_null=True, help_text="Null: as the record stands now.")
    generated_at = serializers.DateTimeField(help_text="When the answer was made.")
    rate_basis = serializers.CharField(help_text="Which exchange rates the amounts rest on.")
    messages = serializers.ListField(
        child=serializers.CharField(), help_text="What a careful reader must know about this answer."
    )


class TotalsAnswer(Fields):
    """Totals: rows in a stable order, and the total over all of them, each pledge once."""

    meta = Meta()
    results = TotalsRow(many=True)
    total = SumsAnswer()


def totals_answer(answer: Totals, meta: dict[str, Any]) -> dict[str, Any]:
    """The answer as it travels."""
    context = {
        "currency": answer.currency,
        "relative": meta["relative_to"] is not None,
        "fulfilment": "fulfilment" in meta["filters"].get("include", ()),
    }
    return {
        "meta": Meta(meta).data,
        "results": TotalsRow(answer.rows, many=True, context=context).data,
        "total": SumsAnswer(Row({}, answer.total), context=context).data,
    }


class CountsAnswer(Fields):
    """How many measures, each once."""

    count = serializers.IntegerField(source="counts.count", help_text="All of them, whatever their steps.")
    in_force_count = serializers.IntegerField(
        source="counts.in_force_count", help_text="Of these, how many are in force on `meta.day`, by adopted steps."
    )
    not_adopted_count = serializers.IntegerField(
        source="counts.not_adopted_count", help_text="Of these, how many are only proposed or announced."
    )


class CountsRow(CountsAnswer):
    """One row: the dimensions that were asked for, then the counts."""

    imposer = PartyGroup(required=False)
    target = PartyGroup(required=False)
    measure = Coded(MeasureKind, required=False, allow_null=True)
    action = serializers.CharField(required=False, allow_null=True)
    target_kind = Coded(TargetKind, required=False)
    programme = serializers.CharField(required=False, allow_null=True, help_text="Key of the legal regime.")

    def to_representation(self, instance: SanctionsRow) -> dict[str, Any]:
        """The row's own dimensions first, in the order that was asked for."""
        dimensions = {name: _sanctions_key(value) for name, value in instance.keys.items()}
        return {**dimensions, **CountsAnswer(instance).data}


class CountsMeta(Fields):
    """What was asked, and what to know about the answer."""

    dataset = serializers.CharField(help_text="The dataset that the answer covers.")
    day = serializers.DateField(help_text="The day on which measures are in force or not.")
    group_by = serializers.ListField(child=serializers.CharField(), help_text="The dimensions of the rows.")
    filters = serializers.DictField(help_text="The filters that were applied.")
    as_of = serializers.DateTimeField(allow_null=True, help_text="Null: as the record stands now.")
    generated_at = serializers.DateTimeField(help_text="When the answer was made.")
    messages = serializers.ListField(
        child=serializers.CharField(), help_text="What a careful reader must know about this answer."
    )


class CountsTotals(Fields):
    """Counts of measures: rows in a stable order, and the count over all of them, each measure once."""

    meta = CountsMeta()
    results = CountsRow(many=True)
    total = CountsAnswer()


def sanctions_answer(answer: SanctionsTotals, meta: dict[str, Any]) -> dict[str, Any]:
    """The answer as it travels."""
    return {
        "meta": CountsMeta(meta).data,
        "results": CountsRow(answer.rows, many=True).data,
        "total": CountsAnswer(SanctionsRow({}, answer.total)).data,
    }


def _sanctions_key(value: SanctionsPartyKey | str) -> Any:
    if isinstance(value, SanctionsPartyKey):
        return PartyGroup({"code": value.code or "unnamed", "name": value.name}).data
    return value or None
