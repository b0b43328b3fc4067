"""Why a total is what it is, in the shape that readers rely on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from rest_framework import serializers
from rest_framework.reverse import reverse

from api.amounts import amount_text, number_text
from api.serializers.fields import Coded, OrNull
from api.serializers.totals import Meta, PartyGroup, SumsAnswer
from pledges.explaining import REASONS, Explained
from pledges.models import AidType, FinanceType, Part, Qualifier, Stage, Valuation
from pledges.totals import PartyKey, Row, Totals
from reference.currencies import format_minor_units
from reference.models import Party
from reference.rates import Quote

Fields = serializers.Serializer[Any]


class ExplainedPledge(Fields):
    """The pledge that a line belongs to."""

    id = serializers.CharField(help_text="Its public id.")
    title = serializers.CharField(allow_null=True, help_text="As it was then; null where it was withdrawn since.")
    url = serializers.URLField(help_text="Its address in this API.")


class LineAmount(Fields):
    """What the line adds to the total, in the currency of the answer."""

    low = serializers.CharField()
    central = serializers.CharField()
    high = serializers.CharField()
    high_open = serializers.BooleanField(help_text="At least so much: no upper bound is known.")


class StatedThen(Fields):
    """The amount that was stated for the whole pledge."""

    amount = serializers.CharField(help_text="As a text, with the decimals of its currency.")
    amount_to = serializers.CharField(allow_null=True, help_text="The upper end of a range.")
    currency = serializers.CharField(help_text="ISO 4217 code.")
    qualifier = Coded(Qualifier)


class RateThen(Fields):
    """The exchange rate that was used."""

    per_euro = serializers.CharField(help_text="Units of the stated currency for one euro.")
    usd_per_euro = serializers.CharField(allow_null=True, help_text="US dollars for one euro on that day.")
    asked_for = serializers.DateField(help_text="The day whose rate was asked for.")
    rate_day = serializers.DateField(allow_null=True, help_text="The day of the rate that holds for it.")
    rate_source = OrNull(help_text="Who gives the rate.")


class AnswerRate(Fields):
    """The exchange rate into the answer's currency, where it is none of those that are frozen on the record."""

    per_euro = serializers.CharField(help_text="Units of the answer's currency for one euro.")
    rate_day = serializers.DateField(help_text="The day of the rate.")
    rate_source = OrNull(help_text="Who gives the rate.")


class AttributedTo(Fields):
    """A member's part of what an EU institution gives."""

    member = PartyGroup()
    central = serializers.CharField(allow_null=True, help_text="Null where the value is not known.")


class EvidenceThen(Fields):
    """What it rested on."""

    quote = serializers.CharField(help_text="The words that say so; empty for a row of an imported dataset.")
    url = OrNull(help_text="Where it can be read.")
    publisher = OrNull(help_text="Who published it.")
    published_on = serializers.DateField(allow_null=True, help_text="Day of publication.")
    dataset_row = OrNull(help_text="Sheet and row of an imported dataset.")


class LineAnswer(Fields):
    """A pledge's part in the total for one donor and one recipient; or one that is left out, with the reason."""

    pledge = ExplainedPledge()
    counted = serializers.BooleanField(help_text="Whether the total adds it.")
    left_out = serializers.ChoiceField(
        choices=[str(reason) for reason in REASONS], allow_null=True, help_text="Why it does not; null where it does."
    )
    reason = serializers.CharField(allow_null=True, help_text="The same in words.")
    donor = PartyGroup()
    recipient = PartyGroup()
    type = Coded(AidType)
    finance_type = Coded(FinanceType)
    in_kind = serializers.BooleanField()
    stage = Coded(Stage)
    item_category = serializers.CharField(
        allow_null=True, help_text="Category of its goods; null where none are named."
    )
    announced_on = serializers.DateField(allow_null=True, help_text="The latest possible day of announcement.")
    amount = LineAmount(allow_null=True, help_text="Null where it has no value here, or no rate: counted, not summed.")
    valuation = Coded(Valuation, help_text="Whether the value was stated, estimated, or neither.")
    up_to = serializers.BooleanField(help_text="Whether it rests on “up to”; its low is zero.")
    stated = StatedThen(allow_null=True)
    rate = RateThen(allow_null=True)
    answer_rate = AnswerRate(allow_null=True)
    attributed = AttributedTo(many=True, help_text="With `attribute_eu`: the members' parts of it; else empty.")
    evidence = EvidenceThen(many=True)


class ExplainAnswer(Fields):
    """The total, and a page of the lines behind it; the central amounts of all counted lines sum to it exactly."""

    meta = Meta()
    total = SumsAnswer()
    count = serializers.IntegerField(help_text="How many lines there are on all pages together.")
    next = serializers.URLField(allow_null=True, help_text="The address of the next page; null on the last.")
    previous = serializers.URLField(allow_null=True, help_text="The address of the page before; null on the first.")
    results = LineAnswer(many=True)


def lines_answer(explained: Sequence[Explained], *, currency: str, request: Any) -> list[dict[str, Any]]:
    """Lines as they travel."""
    members = {member for one in explained for member, _ in one.attributed}
    parties = Party.objects.in_bulk(members) if members else {}
    return [_line_answer(one, parties, currency=currency, request=request) for one in explained]


def _line_answer(explained: Explained, parties: Mapping[int, Party], *, currency: str, request: Any) -> dict[str, Any]:
    line, state = explained.line, explained.state
    record = explained.pledge
    return {
        "pledge": {
            "id": record.public_id,
            "title": state.get("title") if explained.shown else None,
            "url": reverse("api:pledge", kwargs={"public_id": record.public_id}, request=request),
        },
        "counted": not explained.left_out,
        "left_out": explained.left_out or None,
        "reason": REASONS.get(explained.left_out),
        "donor": _party(line.donor_part, line.donor),
        "recipient": _party(line.recipient_part, line.recipient),
        "type": line.type,
        "finance_type": line.finance_type,
        "in_kind": line.in_kind,
        "stage": line.stage,
        "item_category": line.category or None,
        "announced_on": line.announced_on,
        "amount": _amount(explained, currency),
        "valuation": line.valuation,
        "up_to": line.up_to,
        "stated": _stated(state),
        "rate": _rate(state),
        "answer_rate": _answer_rate(explained.rate),
        "attributed": [
            {
                "member": _party(Part.NAMED, parties[member]),
                "central": None if cents is None else format_minor_units(cents.central, currency),
            }
            for member, cents in explained.attributed
        ],
        "evidence": [_evidence(one) for one in state.get("evidence", [])] if explained.shown else [],
    }


def _party(part: str, party: Party | None) -> dict[str, str]:
    key = (
        PartyKey(Part(part), part, Part(part).label) if party is None else PartyKey(Part.NAMED, party.code, party.name)
    )
    return dict(PartyGroup(key).data)


def _amount(explained: Explained, currency: str) -> dict[str, Any] | None:
    cents = explained.amount
    if cents is None:
        return None
    bounds = {name: format_minor_units(getattr(cents, name), currency) for name in ("low", "central", "high")}
    return {**bounds, "high_open": explained.line.high_open}


def _answer_rate(rate: Quote | None) -> dict[str, Any] | None:
    if rate is None:
        return None
    return {
        "per_euro": number_text(rate.per_euro),
        "rate_day": rate.day.isoformat(),
        "rate_source": rate.source or None,
    }


def _stated(state: Mapping[str, Any]) -> dict[str, Any] | None:
    if not state.get("stated"):
        return None
    currency = state["currency"]
    upper = state.get("stated_to")
    return {
        "amount": amount_text(Decimal(state["stated"]), currency),
        "amount_to": amount_text(Decimal(upper), currency) if upper else None,
        "currency": currency,
        "qualifier": state["qualifier"],
    }


def _rate(state: Mapping[str, Any]) -> dict[str, Any] | None:
    per_euro, dollars = state.get("rate_per_euro"), state.get("rate_usd_per_euro")
    if not per_euro or not state.get("rate_for"):
        return None
    return {
        "per_euro": number_text(Decimal(per_euro)),
        "usd_per_euro": number_text(Decimal(dollars)) if dollars else None,
        "asked_for": state["rate_for"],
        "rate_day": state.get("rate_day"),
        "rate_source": state.get("rate_source") or None,
    }


def _evidence(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "quote": one.get("quote", ""),
        **{name: one.get(name) or None for name in ("url", "publisher", "published_on", "dataset_row")},
    }


def explain_answer(
    answer: Totals, meta: dict[str, Any], page: dict[str, Any], lines: list[dict[str, Any]]
) -> dict[str, Any]:
    """The whole answer as it travels."""
    context = {"currency": answer.currency}
    return {
        "meta": Meta(meta).data,
        "total": SumsAnswer(Row({}, answer.total), context=context).data,
        **page,
        "results": lines,
    }
