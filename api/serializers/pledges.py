"""A pledge as the public sees it: in a list, and in full with its evidence."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import TextChoices
from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from api.amounts import amount_text
from api.serializers.fields import Amount, Cents, Coded, Number, OrNull
from api.serializers.shared import EvidenceAnswer, PartyBrief, RecordLink
from pledges.counting import LeftOut
from pledges.fulfilment import fulfilment_of, outstanding_days
from pledges.models import (
    AidType,
    DeductionReason,
    FinanceType,
    GoodsFrom,
    ItemCategory,
    Pledge,
    Precision,
    Qualifier,
    RateBasis,
    Sector,
    Stage,
    Valuation,
)


class PledgeLink(RecordLink):
    """Another published pledge."""

    view_name = "api:pledge"


class ShareAnswer(serializers.Serializer[Any]):
    """A donor or recipient. What is not divided among several counts as *joint, not allocated*."""

    party = PartyBrief()
    amount = serializers.SerializerMethodField(help_text="Its share in the currency of the stated amount, if known.")
    weight = Number(source="share_weight", allow_null=True, help_text="Its weight among all, such as 60 of 100.")

    def get_amount(self, share: Any) -> str | None:
        """The share as a text, in the currency of the pledge."""
        return _in_currency_of(share.pledge, share.share_amount)


class Announcement(serializers.Serializer[Any]):
    """When the pledge was announced. Both days are the same where the day is known."""

    earliest = serializers.DateField(
        source="announced_earliest", allow_null=True, help_text="The first day on which it may have been."
    )
    latest = serializers.DateField(
        source="announced_latest", allow_null=True, help_text="The last such day; the rate of this day is taken."
    )
    precision = Coded(Precision, source="announced_precision", help_text="How exactly the day is known.")
    as_written = OrNull(source="announced_as_written", help_text="The date in words, as the source has it.")


class Period(serializers.Serializer[Any]):
    """The time that the aid is meant for."""

    first_day = serializers.DateField(source="period_from", allow_null=True)
    last_day = serializers.DateField(source="period_to", allow_null=True)


class OtherAmount(serializers.Serializer[Any]):
    """The same amount in a second currency, as the source gives it; never added."""

    stated = Amount("stated_other", "currency_other")
    currency = serializers.CharField(source="currency_other", help_text="ISO 4217 code.")

    def to_representation(self, instance: Any) -> Any:
        """The amount; null where there is no second one."""
        return None if instance.stated_other is None else super().to_representation(instance)


class StatedAmount(serializers.Serializer[Any]):
    """The amount as it was stated."""

    stated = Amount("stated", "currency", help_text="The amount; the lower end of a range.")
    stated_to = Amount("stated_to", "currency", help_text="The upper end of a range.")
    currency = serializers.CharField(help_text="ISO 4217 code.")
    qualifier = Coded(Qualifier, help_text="How exactly it was stated.")
    other = OtherAmount(source="*", allow_null=True)

    def to_representation(self, instance: Any) -> Any:
        """The amount; null where none was stated."""
        return None if instance.stated is None else super().to_representation(instance)


class CountedValue(serializers.Serializer[Any]):
    """What counts, in its own currency: the stated amount less deductions, or the estimate."""

    currency = serializers.CharField(source="value_currency", help_text="ISO 4217 code.")
    low = Amount("low", "value_currency", help_text="Lower bound.")
    central = Amount("central", "value_currency", help_text="The value that totals add.")
    high = Amount("high", "value_currency", help_text="Upper bound; null where it is open.")
    high_open = serializers.BooleanField(help_text="At least so much: no upper bound is known.")

    def to_representation(self, instance: Any) -> Any:
        """The value; null where there is none, or where it is the sum of several currencies."""
        return super().to_representation(instance) if instance.value_currency else None


class EuroValue(serializers.Serializer[Any]):
    """What counts, in euros. The high of an open upper end is its floor."""

    low = Cents("eur_low", "EUR")
    central = Cents("eur_central", "EUR")
    high = Cents("eur_high", "EUR")

    def to_representation(self, instance: Any) -> Any:
        """The value; null where there is none or no rate for it."""
        return None if instance.eur_central is None else super().to_representation(instance)


class DollarValue(serializers.Serializer[Any]):
    """What counts, in US dollars. The high of an open upper end is its floor."""

    low = Cents("usd_low", "USD")
    central = Cents("usd_central", "USD")
    high = Cents("usd_high", "USD")

    def to_representation(self, instance: Any) -> Any:
        """The value; null where there is none or no rate for it."""
        return None if instance.usd_central is None else super().to_representation(instance)


class Conversion(serializers.Serializer[Any]):
    """The exchange rate that the EUR and USD values rest on, frozen with them."""

    asked_for = serializers.DateField(source="rate_for", help_text="The day whose rate was asked for.")
    basis = Coded(RateBasis, source="rate_basis", allow_null=True, help_text="Why that day.")
    rate_day = serializers.DateField(
        allow_null=True, help_text="The day of the rate that holds for it; null where there is none."
    )
    per_euro = Number(
        source="rate_per_euro", allow_null=True, help_text="Units of the value's own currency for one euro."
    )
    usd_per_euro = Number(source="rate_usd_per_euro", allow_null=True, help_text="US dollars for one euro.")
    source = OrNull(source="rate_source", help_text="Who published the rate.")  # type: ignore[assignment]

    def to_representation(self, instance: Any) -> Any:
        """The rate; null where there is nothing to convert."""
        return None if instance.rate_for is None else super().to_representation(instance)


class Delivered(serializers.Serializer[Any]):
    """What has been delivered or paid so far, by the moves; null where that cannot be said in money."""

    eur = Cents("delivered_eur", "EUR", allow_null=True)
    usd = Cents("delivered_usd", "USD", allow_null=True)
    fulfilment = serializers.SerializerMethodField(
        help_text="The share that came: of the value by one valuation, else of the units of its one kind of goods, "
        "else null; with four decimals."
    )
    outstanding_days = serializers.SerializerMethodField(
        help_text="Days since the announcement while something is still to come; null where nothing is, or undated."
    )

    @extend_schema_field({"type": ["string", "null"]})
    def get_fulfilment(self, pledge: Pledge) -> str | None:
        """As a text."""
        came = fulfilment_of(pledge)
        return None if came is None else f"{came:f}"

    def get_outstanding_days(self, pledge: Pledge) -> int | None:
        """As of today."""
        return outstanding_days(pledge, timezone.now().date())


class SourceValue(serializers.Serializer[Any]):
    """An imported source's own valuation, beside ours; never mixed with it."""

    value = Amount("source_value", "source_value_currency")
    delivered = Amount("source_delivered", "source_value_currency", help_text="What it says was delivered.")
    currency = serializers.CharField(source="source_value_currency", help_text="ISO 4217 code.")
    left_out_because = OrNull(
        source="outside_source_total", help_text="Why the source leaves it out of its own totals, if it does."
    )

    def to_representation(self, instance: Any) -> Any:
        """The valuation; null where there is none."""
        return None if instance.source_value is None else super().to_representation(instance)


class WhyLeftOut(TextChoices):
    """Why a published pledge is not counted in totals."""

    SUPERSEDED = LeftOut.SUPERSEDED, "A later pledge replaces it"
    CANCELLED = LeftOut.CANCELLED, "Cancelled before anything was delivered"
    PART_OF_PACKAGE = LeftOut.PART_OF_PACKAGE, "The package that it is part of holds its value"
    PARTS_MAKE_WHOLE = LeftOut.PARTS_MAKE_WHOLE, "Its parts leave nothing of it over"
    PARTS_COUNTED = LeftOut.PARTS_COUNTED, "It counts through its parts"


class LeftOutReason(Coded):
    """The reason on a pledge's current lines; all lines of a pledge have the same."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(WhyLeftOut, source="*", allow_null=True, **kwargs)

    def to_representation(self, value: Any) -> str | None:
        """The reason, or null where the pledge is counted."""
        return next((line.left_out for line in value.lines.all() if line.left_out), None)


class PledgeRow(serializers.Serializer[Pledge]):
    """A published pledge as it stands in a list."""

    id = serializers.CharField(source="public_id", help_text="Its public id: stable, never used again.")
    url = serializers.SerializerMethodField(help_text="Its address in this API, with evidence.")
    dataset = serializers.CharField(source="dataset.key", help_text="The dataset that it belongs to.")
    origin_key = OrNull(help_text="The record's own key in its imported dataset.")
    title = serializers.CharField(help_text="What is pledged, in a few words.")
    note = OrNull(source="public_note", help_text="What a reader should know besides.")
    type = Coded(AidType, help_text="What the aid is for.")
    in_kind = serializers.BooleanField(help_text="Goods or services instead of money.")
    finance_type = Coded(FinanceType, help_text="How it is financed.")
    sector = Coded(Sector, allow_null=True, help_text="Humanitarian sector, if known.")
    goods_from = Coded(GoodsFrom, allow_null=True, help_text="Where goods come from, if known.")
    stage = Coded(Stage, help_text="How far it has come, by its moves.")
    refugee_costs = serializers.BooleanField(
        help_text="Costs of refugees in the donor's own country: left out of totals unless asked for."
    )
    running_total = serializers.BooleanField(
        help_text="The part of a running total that is recorded nowhere else, not one announcement."
    )
    donors = ShareAnswer(many=True)
    donors_as_written = OrNull(help_text="The donors in the source's words, where they are not all named.")
    recipients = ShareAnswer(many=True)
    recipients_as_written = OrNull(help_text="The recipients in the source's words.")
    channel = PartyBrief(allow_null=True, help_text="The organisation that passes the aid on.")
    financed_from = PartyBrief(allow_null=True, help_text="The fund that pays or reimburses it.")
    announced = Announcement(source="*")
    disclosed_on = serializers.DateField(allow_null=True, help_text="Day it became known, where later than given.")
    period = Period(source="*")
    amount = StatedAmount(source="*", allow_null=True)
    valuation = Coded(Valuation, help_text="Where its value comes from.")
    value = CountedValue(source="*", allow_null=True)
    eur = EuroValue(source="*", allow_null=True)
    usd = DollarValue(source="*", allow_null=True)
    conversion = Conversion(source="*", allow_null=True)
    delivered = Delivered(source="*")
    source_value = SourceValue(source="*", allow_null=True)
    package = PledgeLink(allow_null=True, help_text="The package that it is part of.")
    supersedes = PledgeLink(allow_null=True, help_text="The earlier pledge that it replaces.")
    left_out = LeftOutReason(
        help_text="Why it is not counted in totals; null where it is counted (refugee costs only if asked for)."
    )
    published_at = serializers.DateTimeField(help_text="When it was first published here.")
    reviewed_at = serializers.DateTimeField(help_text="When a person last reviewed it for publication.")
    modified_at = serializers.DateTimeField(help_text="When its record last changed.")

    def get_url(self, pledge: Pledge) -> str:
        """The absolute address of the pledge."""
        return reverse("api:pledge", kwargs={"public_id": pledge.public_id}, request=self.context.get("request"))


class DeductionAnswer(serializers.Serializer[Any]):
    """A part of the stated amount that does not count here."""

    amount = serializers.SerializerMethodField(
        help_text="In the currency of the stated amount; null where not known (then it is told, not deducted)."
    )
    reason = Coded(DeductionReason)
    counted_in = PledgeLink(source="other", allow_null=True, help_text="The record in which that part counts.")
    note = OrNull()

    def get_amount(self, deduction: Any) -> str | None:
        """The amount as a text."""
        return _in_currency_of(deduction.pledge, deduction.amount)


class UnitPrice(serializers.Serializer[Any]):
    """What one unit costs, and according to whom."""

    amount = serializers.CharField()
    currency = serializers.CharField(help_text="ISO 4217 code.")
    source = serializers.CharField(help_text="Where the price comes from.")  # type: ignore[assignment]


class ItemAnswer(serializers.Serializer[Any]):
    """One kind of goods or service in the pledge."""

    id = serializers.IntegerField(help_text="A number by which moves refer to it.")
    name = serializers.CharField()
    category = Coded(ItemCategory)
    subtype = OrNull(help_text="A finer kind.")
    quantity = Number(allow_null=True, help_text="How many; null where no number is known. Lower end of a range.")
    quantity_to = Number(allow_null=True, help_text="Upper end of a range.")
    quantity_qualifier = Coded(Qualifier, help_text="How exactly the quantity was stated.")
    unit = OrNull(help_text="Tonnes, doses, …; null for pieces.")
    unit_price = serializers.SerializerMethodField()

    @extend_schema_field(UnitPrice(allow_null=True))
    def get_unit_price(self, item: Any) -> dict[str, str] | None:
        """The item's own price, else that of the price list."""
        from_list = item.price
        if item.unit_price is not None:
            amount, currency, source = item.unit_price, item.price_currency, item.price_source
        elif from_list is not None:
            amount, currency, source = from_list.amount, from_list.currency, from_list.source
        else:
            return None
        return {"amount": amount_text(amount, currency), "currency": currency, "source": source}


class MoveAnswer(serializers.Serializer[Any]):
    """A dated step of the pledge, or of a part of it, to a stage."""

    id = serializers.IntegerField(help_text="A number by which evidence refers to it.")
    stage = Coded(Stage)
    day = serializers.DateField(allow_null=True, help_text="The last day on which it may have happened.")
    precision = Coded(Precision)
    amount = serializers.SerializerMethodField(
        help_text="What moved, in the currency of the stated amount; with no amount and no item, all of it."
    )
    item = serializers.IntegerField(source="item_id", allow_null=True, help_text="Which goods moved.")
    units = Number(allow_null=True, help_text="How many of them; null means all.")
    extent_unknown = serializers.BooleanField(help_text="A part moved, and how much is not known.")
    note = OrNull()

    def get_amount(self, move: Any) -> str | None:
        """The amount as a text."""
        return _in_currency_of(move.pledge, move.amount)


class PledgeEvidence(EvidenceAnswer):
    """What the pledge, or one of its moves, rests on."""

    move = serializers.IntegerField(source="move_id", allow_null=True, help_text="The move that it tells of, if one.")


class PledgeListed(PledgeRow):
    """A published pledge in a list, with what ``expand`` adds."""

    deductions = DeductionAnswer(many=True, required=False)
    items = ItemAnswer(many=True, required=False)
    moves = MoveAnswer(many=True, required=False)
    evidence = PledgeEvidence(many=True, required=False)


class PledgeFull(PledgeRow):
    """A published pledge in full, with its evidence."""

    deductions = DeductionAnswer(many=True)
    items = ItemAnswer(many=True)
    moves = MoveAnswer(many=True)
    evidence = PledgeEvidence(many=True)
    parts = PledgeLink(many=True, help_text="The published parts of this package.")
    superseded_by = PledgeLink(source="successors", many=True, help_text="Later pledges that replace this one.")
    adopted_from = PledgeLink(allow_null=True, help_text="The imported record that it was made from.")


def _in_currency_of(pledge: Pledge, amount: Decimal | None) -> str | None:
    return None if amount is None else amount_text(amount, pledge.currency)
