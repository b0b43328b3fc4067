"""What totals are made of, and the running totals of others that they can be checked against."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from history.models import Change
from pledges.models.codes import AidType, Part, Qualifier
from pledges.models.pledge import Pledge
from reference.amounts import write_amount
from reference.fields import ExactDecimalField
from reference.models import Dataset, Party


class RunningTotalClaim(models.Model):
    """A running total that somebody stated ("has given X since"): a check on our own total, never a pledge."""

    donor = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="running_total_claims")
    recipient = models.ForeignKey(Party, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    type = models.CharField(max_length=12, choices=AidType, default=AidType.UNSPECIFIED)
    amount = ExactDecimalField(max_digits=24, decimal_places=4)
    currency = models.CharField(max_length=3)
    qualifier = models.CharField(max_length=8, choices=Qualifier, default=Qualifier.EXACT)
    day = models.DateField(help_text="The day on which it was said to hold.")
    since = models.DateField(null=True, blank=True, help_text="The day from which it counts, if said.")
    url = models.CharField(max_length=2000, blank=True)
    quote = models.TextField()

    class Meta:
        ordering = ["-day", "-id"]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="running_total_is_positive")]

    def __str__(self) -> str:
        return f"{self.donor}: {write_amount(self.amount)} {self.currency} by {self.day}"


class Line(models.Model):
    """What a line of our own totals and one of a source's have in common: whose part it is, of what, and from when."""

    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="+")
    since = models.ForeignKey(Change, on_delete=models.PROTECT, related_name="+")
    until = models.ForeignKey(Change, null=True, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(help_text="Its place among the pledge's lines, from 0.")
    left_out = models.CharField(max_length=24, blank=True)
    donor = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    donor_part = models.CharField(max_length=8, choices=Part)
    recipient = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    recipient_part = models.CharField(max_length=8, choices=Part)
    type = models.CharField(max_length=12)
    finance_type = models.CharField(max_length=12)
    in_kind = models.BooleanField()
    stage = models.CharField(max_length=10)
    refugee_costs = models.BooleanField()
    announced_on = models.DateField(null=True)
    category = models.CharField(
        max_length=32, blank=True, default="", help_text="Of its items; several where they are of several, or empty."
    )
    has_delivery = models.BooleanField(default=False, help_text="Whether something of the pledge was delivered.")
    pledge_cents = models.BigIntegerField(
        null=True, help_text="The whole pledge's central value in euro cents, whatever the line's part of it."
    )

    class Meta:
        abstract = True


class AmountLine(Line):
    """A line with amounts of ours: in euro and US cents as frozen, and what they are made of for other currencies."""

    has_value = models.BooleanField(help_text="Whether an amount is known for this part, in whatever currency.")
    running_total = models.BooleanField()
    valuation = models.CharField(max_length=9)
    up_to = models.BooleanField()
    high_open = models.BooleanField()
    eur_low = models.BigIntegerField(null=True)
    eur_central = models.BigIntegerField(null=True)
    eur_high = models.BigIntegerField(null=True)
    usd_low = models.BigIntegerField(null=True)
    usd_central = models.BigIntegerField(null=True)
    usd_high = models.BigIntegerField(null=True)
    eur_delivered = models.BigIntegerField(null=True, help_text="Of central; empty where that cannot be said in money.")
    usd_delivered = models.BigIntegerField(null=True, help_text="Of central; empty where that cannot be said in money.")
    eur_suspended = models.BigIntegerField(default=0, help_text="How much of central is halted and not delivered.")
    usd_suspended = models.BigIntegerField(default=0, help_text="How much of central is halted and not delivered.")
    made_of = models.TextField(
        blank=True, default="", help_text="The value in its own currency and how it is divided, as JSON."
    )

    class Meta:
        abstract = True


class TotalLine(AmountLine):
    """A published pledge's part in the totals, for one donor and one recipient, from one change until another.

    Derived: ``pledges.counting`` computes the lines from the record and ``pledges.services`` keeps them in the same
    transaction that changes it. ``left_out`` says why a line is not counted; empty means that it is.
    """

    pledge = models.ForeignKey(Pledge, on_delete=models.PROTECT, related_name="lines")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")), name="line_ends_after_it_began"
            ),
            models.UniqueConstraint(
                fields=["pledge", "position"], condition=Q(until__isnull=True), name="one_current_line_a_place"
            ),
        ]
        indexes = [
            models.Index(
                fields=["dataset", "donor", "type", "stage", "announced_on", "eur_central"],
                name="current_lines",
                condition=Q(until__isnull=True, left_out=""),
            ),
            models.Index(
                fields=["dataset", "announced_on"],
                name="current_lines_by_day",
                condition=Q(until__isnull=True, left_out=""),
            ),
            models.Index(fields=["pledge", "until"], name="lines_of_a_pledge"),
        ]

    def __str__(self) -> str:
        return f"line of {self.pledge_id}"


class CutLine(AmountLine):
    """A line of what of a pledge moved to a stage or beyond, or of its value divided by category of goods.

    Kept only where that is not what the ``TotalLine`` says: for pledges with moves to a stage beyond the first, and for
    those with goods of several categories. Derived, as ``TotalLine`` is.
    """

    pledge = models.ForeignKey(Pledge, on_delete=models.PROTECT, related_name="cut_lines")
    reached = models.CharField(max_length=10, blank=True, help_text="What moved to this stage or on; empty for all.")
    divided = models.BooleanField(help_text="Whether it is one category's part of a pledge with several.")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")), name="cut_line_ends_after_it_began"
            ),
            models.UniqueConstraint(
                fields=["pledge", "reached", "divided", "position"],
                condition=Q(until__isnull=True),
                name="one_current_cut_line_a_place",
            ),
        ]
        indexes = [
            models.Index(fields=["dataset", "reached", "divided"], name="current_cut_lines", condition=Q(until=None)),
            models.Index(fields=["pledge", "until"], name="cut_lines_of_a_pledge"),
        ]

    def __str__(self) -> str:
        return f"cut line of {self.pledge_id}"


class SourceLine(Line):
    """A published, imported pledge's part in its source's own totals, from one change until another.

    A source adds up what it says itself: none of our rules (packages, successors, deductions, rates) is applied, and
    a value keeps the source's decimals, so that sums are rounded once. Derived, as ``TotalLine`` is.
    """

    pledge = models.ForeignKey(Pledge, on_delete=models.PROTECT, related_name="source_lines")
    value = ExactDecimalField(max_digits=34, decimal_places=14, null=True)
    currency = models.CharField(max_length=3, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")), name="source_line_ends_after_it_began"
            ),
            models.UniqueConstraint(
                fields=["pledge", "position"], condition=Q(until__isnull=True), name="one_current_source_line_a_place"
            ),
        ]
        indexes = [
            models.Index(fields=["dataset", "donor", "type"], name="current_source_lines", condition=Q(until=None)),
            models.Index(fields=["pledge", "until"], name="source_lines_of_a_pledge"),
        ]

    def __str__(self) -> str:
        return f"source line of {self.pledge_id}"
