"""Forms for entering a pledge: what was typed, cleaned. Nothing here judges a pledge or writes one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.functional import cached_property

from history.record_forms import SHORT, RecordForm, RecordFormSet, RowForm, UntouchingForm
from pledges.kept import RUNNING_TOTAL
from pledges.models import (
    Deduction,
    Evidence,
    Item,
    Move,
    Pledge,
    PledgeDonor,
    PledgeRecipient,
    Precision,
    Price,
    RunningTotalClaim,
)
from pledges.pricing import PriceDraft
from reference.dates import When, around
from reference.forms import CurrencyField, WhenField, amount_of

# A move keeps one day: the last on which it may have happened.
ONE_DAY = (Precision.DAY, Precision.MONTH, Precision.QUARTER, Precision.YEAR, Precision.BEFORE)
AMOUNT_HELP = "As people write it: 110m, 1.2bn, 35 000 000. Empty where none is stated."


class PledgeForm(RecordForm):
    """The pledge's own fields."""

    announced = WhenField(
        label="Announced",
        help_text="2022-02-27, 27 Feb 2022, Feb 2022, Q1 2022, 2022, 2022-03-03..2022-03-11, by 2022-03-01; "
        "empty where unknown. The exchange rate of the last day is taken.",
    )
    stated = amount_of(Pledge, "stated", label="Amount", help_text=AMOUNT_HELP)
    stated_to = amount_of(Pledge, "stated_to", label="Upper end", help_text="Only for “From … to …”.")
    currency = CurrencyField(help_text="Such as EUR.")
    stated_other = amount_of(
        Pledge, "stated_other", label="In a second currency", help_text="If the source gives one; never added."
    )
    currency_other = CurrencyField(label="Second currency")

    class Meta:
        model = Pledge
        fields = [
            "title",
            "type",
            "in_kind",
            "finance_type",
            "sector",
            "goods_from",
            "refugee_costs",
            "running_total",
            "donors_as_written",
            "recipients_as_written",
            "channel",
            "financed_from",
            "announced_as_written",
            "disclosed_on",
            "period_from",
            "period_to",
            "qualifier",
            "package",
            "supersedes",
            "public_note",
            "private_note",
        ]
        error_messages = {"title": {"required": "Say in a few words what is pledged."}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        one = self.instance
        if one.pk is not None:
            self.initial["announced"] = When(one.announced_earliest, one.announced_latest, one.announced_precision)
            for name in ("stated", "stated_to", "currency", "stated_other", "currency_other"):
                self.initial[name] = getattr(one, name)


class ShareForm(UntouchingForm):
    """A donor or recipient with its share."""

    share_amount = amount_of(
        PledgeDonor, "share_amount", label="Share as amount", help_text="In the currency of the pledge, if it is known."
    )
    share_weight = amount_of(
        PledgeDonor, "share_weight", label="or as weight", help_text="Such as 60 of 100. All as amounts or all so."
    )


class DonorForm(ShareForm):
    """A donor."""

    class Meta:
        model = PledgeDonor
        fields = ["party", "share_amount", "share_weight"]


class RecipientForm(ShareForm):
    """A recipient."""

    class Meta:
        model = PledgeRecipient
        fields = ["party", "share_amount", "share_weight"]


class DeductionForm(UntouchingForm):
    """A part that does not count here."""

    amount = amount_of(Deduction, "amount", help_text="In the currency of the pledge; empty where it is not known.")

    class Meta:
        model = Deduction
        fields = ["amount", "reason", "other", "note"]


class ItemForm(UntouchingForm):
    """Goods or services, with their price from the list or with one of their own."""

    quantity = amount_of(Item, "quantity", label="How many", help_text="Empty where no number is known.")
    quantity_to = amount_of(Item, "quantity_to", label="Upper end", help_text="Only for “From … to …”.")
    unit_price = amount_of(
        Item, "unit_price", label="or a price of its own", help_text="What one unit costs. It goes before the list's."
    )
    price_currency = CurrencyField(label="Currency")

    class Meta:
        model = Item
        fields = [
            "category",
            "name",
            "subtype",
            "quantity_qualifier",
            "quantity",
            "quantity_to",
            "unit",
            "price",
            "unit_price",
            "price_currency",
            "price_source",
        ]
        labels = {
            "quantity_qualifier": "Quantity",
            "price": "Price from the list",
            "price_source": "Source of the price",
        }


class MoveForm(UntouchingForm):
    """A dated step to a stage."""

    when = WhenField(label="When", allowed=ONE_DAY, help_text="As above; empty where unknown.")
    amount = amount_of(Move, "amount", help_text="In the currency of the pledge. Empty means the whole.")
    goods = forms.CharField(
        required=False,
        max_length=300,
        help_text="Which goods moved: the name of an item below, or its number, such as #2. Empty means money or all.",
    )
    units = amount_of(Move, "units", label="How many of them", help_text="Empty means all of these goods.")

    class Meta:
        model = Move
        fields = ["stage", "extent_unknown", "note"]
        labels = {"extent_unknown": "A part, how much is not known"}
        help_texts = {"extent_unknown": ""}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        move = self.instance
        if move.pk is not None:
            self.initial["when"] = around(move.day, move.precision)
            self.initial["amount"], self.initial["units"] = move.amount, move.units
            self.initial["goods"] = move.item.name if move.item is not None else ""


class EvidenceForm(UntouchingForm):
    """An address and the words that say so. A quote in a kept text or an imported row stays as it is."""

    move_number = forms.IntegerField(
        required=False,
        min_value=1,
        label="Proves move no.",
        help_text="Its number below, such as 2.",
        widget=forms.NumberInput(attrs={"size": 4}),
    )

    class Meta:
        model = Evidence
        fields = ["url", "quote", "publisher", "published_on", "official"]
        labels = {"url": "Address"}
        help_texts = {"official": "It speaks for the party."}
        widgets = {"url": forms.URLInput(attrs={"size": 70}), "quote": forms.Textarea(attrs={"rows": 2, "cols": 80})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None and (self.instance.revision_id or self.instance.dataset_row):
            for name in ("url", "quote"):
                self.fields[name].disabled = True


class EvidenceFormSet(RecordFormSet):
    """Evidence, each row with the number of the move that it proves."""

    @cached_property
    def numbers(self) -> dict[int, int]:
        """The moves' places in their own table, by id."""
        rows = self.instance.moves.values_list("pk", flat=True) if self.instance.pk is not None else []
        return {pk: number for number, pk in enumerate(rows, 1)}

    def add_fields(self, form: Any, index: int | None) -> None:
        """With the number filled in."""
        super().add_fields(form, index)
        if form.instance.pk is not None:
            form.initial["move_number"] = self.numbers.get(form.instance.move_id)


class PriceForm(UntouchingForm):
    """A price of the list, or a newer one in place of another."""

    why = forms.CharField(
        required=False,
        max_length=2000,
        label="Why",
        widget=forms.Textarea(attrs=SHORT),
        help_text="Kept in the history, for colleagues.",
    )
    amount = amount_of(Price, "amount", required=True, help_text="What one unit costs: 3.5m, 1 250.")
    currency = CurrencyField(required=True)

    class Meta:
        model = Price
        fields = ["item", "unit", "source", "valid_from", "replaces"]
        labels = {"replaces": "In place of"}

    def draft(self) -> PriceDraft:
        """What the service takes."""
        row, older = self.cleaned_data, self.cleaned_data["replaces"]
        return PriceDraft(
            item=row["item"],
            unit=row["unit"],
            amount=row["amount"],
            currency=row["currency"],
            source=row["source"],
            valid_from=row["valid_from"],
            replaces_id=older.pk if older else None,
        )


class RunningTotalForm(RowForm):
    """A running total that somebody stated."""

    kind = RUNNING_TOTAL.name
    amount = amount_of(RunningTotalClaim, "amount", required=True)
    currency = CurrencyField(required=True)

    class Meta:
        model = RunningTotalClaim
        fields = ["donor", "recipient", "type", "qualifier", "amount", "currency", "day", "since", "url", "quote"]
