"""What belongs to a pledge: donors and recipients, deductions, items with prices, moves, evidence."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from ingestion.models import EvidenceFields
from pledges.models.codes import DeductionReason, ItemCategory, Precision, Qualifier, Stage
from pledges.models.columns import amount_column, quantity_column, unit_price_column
from pledges.models.pledge import Pledge
from reference.amounts import write_amount
from reference.fields import ExactDecimalField
from reference.models import Party


class ShareFields(models.Model):
    """A party's share of a pledge: an amount, a weight, or neither where it is not known."""

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="%(class)s_set")
    share_amount = amount_column("Its share, in the currency of the pledge.")
    share_weight = ExactDecimalField(
        max_digits=12, decimal_places=6, null=True, blank=True, help_text="Its weight among all, such as 60 of 100."
    )

    class Meta:
        abstract = True


class PledgeDonor(ShareFields):
    """A donor of a pledge."""

    pledge = models.ForeignKey(Pledge, on_delete=models.CASCADE, related_name="donors")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["pledge", "party"], name="a_donor_gives_once"),
            models.CheckConstraint(
                condition=Q(share_amount__isnull=True) | Q(share_weight__isnull=True), name="donor_share_is_of_one_kind"
            ),
            models.CheckConstraint(
                condition=(Q(share_amount__isnull=True) | Q(share_amount__gt=0))
                & (Q(share_weight__isnull=True) | Q(share_weight__gt=0)),
                name="donor_share_is_positive",
            ),
        ]

    def __str__(self) -> str:
        return str(self.party)


class PledgeRecipient(ShareFields):
    """A recipient of a pledge."""

    pledge = models.ForeignKey(Pledge, on_delete=models.CASCADE, related_name="recipients")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["pledge", "party"], name="a_recipient_gets_once"),
            models.CheckConstraint(
                condition=Q(share_amount__isnull=True) | Q(share_weight__isnull=True),
                name="recipient_share_is_of_one_kind",
            ),
            models.CheckConstraint(
                condition=(Q(share_amount__isnull=True) | Q(share_amount__gt=0))
                & (Q(share_weight__isnull=True) | Q(share_weight__gt=0)),
                name="recipient_share_is_positive",
            ),
        ]

    def __str__(self) -> str:
        return str(self.party)


class Deduction(models.Model):
    """A part of the stated amount that does not count here, and why."""

    pledge = models.ForeignKey(Pledge, on_delete=models.CASCADE, related_name="deductions")
    amount = amount_column(
        "In the currency of the pledge; empty where it is not known (then it is told, not deducted)."
    )
    reason = models.CharField(max_length=16, choices=DeductionReason)
    other = models.ForeignKey(
        Pledge,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="deducted_in",
        help_text="The record in which that part counts, if there is one.",
    )
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__isnull=True) | Q(amount__gt=0), name="deduction_is_positive")
        ]

    def __str__(self) -> str:
        amount = "an unknown amount" if self.amount is None else write_amount(self.amount)
        return f"less {amount}: {self.get_reason_display()}"


class Price(models.Model):
    """A unit price that staff keep, with its source. Append-only: another price is a new row that replaces this one.

    Items that were valued by a price keep it, so that a newer one moves no estimate by itself.
    """

    item = models.CharField(max_length=200, help_text="The goods, such as Leopard 2A4.")
    unit = models.CharField(max_length=40, default="piece")
    amount = unit_price_column()
    currency = models.CharField(max_length=3)
    source = models.CharField(max_length=500, help_text="Where the price is said, with its address.")
    valid_from = models.DateField(null=True, blank=True)
    replaces = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="replaced_by",
        help_text="The earlier price that is no longer offered for new items.",
    )

    class Meta:
        ordering = ["item", "-valid_from", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="price_is_positive"),
            models.CheckConstraint(condition=~Q(source="") & ~Q(currency=""), name="price_has_source_and_currency"),
            models.CheckConstraint(condition=~Q(replaces=F("id")), name="price_does_not_replace_itself"),
        ]

    def __str__(self) -> str:
        since = f" from {self.valid_from}" if self.valid_from else ""
        return f"{self.item}: {write_amount(self.amount)} {self.currency} a {self.unit}{since}"


class Item(models.Model):
    """One kind of goods or service in a pledge."""

    pledge = models.ForeignKey(Pledge, on_delete=models.CASCADE, related_name="items")
    category = models.CharField(max_length=32, choices=ItemCategory, default=ItemCategory.OTHER)
    name = models.CharField(max_length=300)
    subtype = models.CharField(max_length=100, blank=True, help_text="A finer kind, such as MBT or 155mm howitzer.")
    quantity = quantity_column("Empty where no number is known.")
    quantity_to = quantity_column("The upper end of a range.")
    quantity_qualifier = models.CharField(max_length=8, choices=Qualifier, default=Qualifier.EXACT)
    unit = models.CharField(max_length=40, blank=True, help_text="Pieces, tonnes, doses; empty for pieces.")
    unit_price = unit_price_column(
        null=True, blank=True, help_text="What one unit costs, where the source or we can say."
    )
    price_currency = models.CharField(max_length=3, blank=True)
    price_source = models.CharField(max_length=500, blank=True, help_text="Where the unit price comes from.")
    price = models.ForeignKey(
        Price, null=True, blank=True, on_delete=models.PROTECT, related_name="items", help_text="From the price list."
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="item_has_a_name"),
            models.CheckConstraint(
                condition=Q(quantity__isnull=True) | Q(quantity__gt=0), name="item_quantity_is_positive"
            ),
            models.CheckConstraint(
                condition=Q(unit_price__isnull=True)
                | (Q(unit_price__gt=0) & ~Q(price_currency="") & ~Q(price_source="")),
                name="unit_price_has_currency_and_source",
            ),
        ]

    def __str__(self) -> str:
        return f"{'some' if self.quantity is None else write_amount(self.quantity)} {self.name}"


class Move(models.Model):
    """A dated step of a pledge, or of a part of it, to a stage."""

    pledge = models.ForeignKey(Pledge, on_delete=models.CASCADE, related_name="moves")
    stage = models.CharField(max_length=10, choices=Stage)
    day = models.DateField(null=True, blank=True, help_text="Last day on which it may have happened.")
    precision = models.CharField(max_length=8, choices=Precision, default=Precision.DAY)
    amount = amount_column("What moved, in the currency of the pledge; empty means the whole.")
    item = models.ForeignKey(
        Item, null=True, blank=True, on_delete=models.CASCADE, related_name="moves", help_text="Which goods moved."
    )
    units = quantity_column("How many of them; empty means all.")
    extent_unknown = models.BooleanField(
        default=False, help_text="A part moved, and how much is not known. Then neither amount nor units are given."
    )
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["day", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__isnull=True) | Q(amount__gt=0), name="moved_amount_is_positive"),
            models.CheckConstraint(
                condition=Q(extent_unknown=False) | Q(amount__isnull=True, units__isnull=True),
                name="unknown_extent_has_no_measure",
            ),
            models.CheckConstraint(
                condition=Q(units__isnull=True) | Q(units__gt=0, item__isnull=False), name="moved_units_are_of_an_item"
            ),
            models.CheckConstraint(
                condition=Q(precision="unknown", day__isnull=True) | (~Q(precision="unknown") & Q(day__isnull=False)),
                name="unknown_move_has_no_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_stage_display()} {self.day or 'undated'}"


class Evidence(EvidenceFields):
    """What a pledge, or one of its moves, rests on."""

    pledge = models.ForeignKey(Pledge, on_delete=models.CASCADE, related_name="evidence")
    move = models.ForeignKey(Move, null=True, blank=True, on_delete=models.SET_NULL, related_name="evidence")

    class Meta(EvidenceFields.Meta):
        ordering = ["id"]
        verbose_name_plural = "evidence"

    def __str__(self) -> str:
        return self.quote[:80] or self.dataset_row
