"""The pledge itself: what was stated, and what was computed from it and frozen."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from pledges.models.codes import (
    AidType,
    FinanceType,
    GoodsFrom,
    Precision,
    Qualifier,
    RateBasis,
    RecordState,
    Sector,
    Stage,
    Valuation,
)
from pledges.models.columns import amount_column, minor_units_column
from reference.fields import ExactDecimalField
from reference.models import Dataset, ImportBatch, Party


class Pledge(models.Model):
    """One pledge of aid, however many articles tell of it and whatever stage it has reached."""

    public_id = models.CharField(max_length=12, unique=True, editable=False)
    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="pledges")
    import_batch = models.ForeignKey(
        ImportBatch, null=True, blank=True, on_delete=models.PROTECT, related_name="pledges"
    )
    origin_key = models.CharField(
        max_length=200, blank=True, help_text="The record's own key in its imported dataset, such as ITF1."
    )
    origin_hash = models.CharField(
        max_length=64,
        blank=True,
        editable=False,
        help_text="SHA-256 of what the import read; the same again changes nothing.",
    )
    adopted_from = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="adopted_as",
        help_text="The imported record that this one of the tracker's own was made from.",
    )
    state = models.CharField(max_length=10, choices=RecordState, default=RecordState.DRAFT)
    title = models.CharField(max_length=300, help_text="What is pledged, in a few words; readers see it.")
    public_note = models.TextField(blank=True, help_text="What readers should know besides.")
    private_note = models.TextField(blank=True, help_text="For staff alone; never leaves the admin.")

    type = models.CharField(max_length=12, choices=AidType, default=AidType.UNSPECIFIED)
    in_kind = models.BooleanField(default=False, help_text="Goods or services instead of money.")
    finance_type = models.CharField(max_length=12, choices=FinanceType, default=FinanceType.UNSPECIFIED)
    sector = models.CharField(max_length=5, choices=Sector, blank=True, help_text="Humanitarian sector, if known.")
    goods_from = models.CharField(max_length=12, choices=GoodsFrom, blank=True, default=GoodsFrom.UNKNOWN)
    refugee_costs = models.BooleanField(
        default=False, help_text="Costs of refugees at home (IATI H02): left out of totals unless asked for."
    )
    running_total = models.BooleanField(
        default=False, help_text="The part of a running total that is recorded nowhere else."
    )

    donors_as_written = models.CharField(max_length=300, blank=True, help_text="Where donors are not named as parties.")
    recipients_as_written = models.CharField(max_length=300, blank=True)
    channel = models.ForeignKey(
        Party,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="channelled_pledges",
        help_text="The organisation that passes the aid on, such as the WFP.",
    )
    financed_from = models.ForeignKey(
        Party,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="financed_pledges",
        help_text="The fund that pays or reimburses it, such as the European Peace Facility.",
    )

    announced_earliest = models.DateField(
        null=True, blank=True, help_text="First day on which it may have been announced."
    )
    announced_latest = models.DateField(
        null=True, blank=True, help_text="Last such day; the rate of this day is taken."
    )
    announced_precision = models.CharField(max_length=8, choices=Precision, default=Precision.DAY)
    announced_as_written = models.CharField(
        max_length=200, blank=True, help_text="A date in words, as the source has it."
    )
    disclosed_on = models.DateField(null=True, blank=True, help_text="Day it became known, where later than given.")
    period_from = models.DateField(null=True, blank=True, help_text="First day that the money is for.")
    period_to = models.DateField(null=True, blank=True, help_text="Last day that the money is for.")

    stated = amount_column("The amount as stated, in its own currency; the lower end of a range.")
    stated_to = amount_column("The upper end of a range.")
    currency = models.CharField(max_length=3, blank=True, help_text="ISO 4217 code of the stated amount.")
    qualifier = models.CharField(max_length=8, choices=Qualifier, default=Qualifier.EXACT)
    stated_other = amount_column("The same amount in a second currency, where the source gives one; never added.")
    currency_other = models.CharField(max_length=3, blank=True)
    source_value = ExactDecimalField(
        max_digits=34, decimal_places=14, null=True, blank=True, help_text="An imported source's own valuation."
    )
    source_value_currency = models.CharField(max_length=3, blank=True)
    source_delivered = ExactDecimalField(
        max_digits=34, decimal_places=14, null=True, blank=True, help_text="What it says was delivered, same currency."
    )
    outside_source_total = models.CharField(
        max_length=200, blank=True, help_text="Why the source leaves it out of its own totals; empty if it does not."
    )

    # --- computed by the services and frozen --------------------------------------------------------------------------
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.PLEDGE, editable=False)
    valuation = models.CharField(max_length=9, choices=Valuation, default=Valuation.NONE, editable=False)
    value_currency = models.CharField(
        max_length=3, blank=True, editable=False, help_text="Currency of the counted value."
    )
    low = amount_column("Lower bound of what counts, in the currency of the value.")
    central = amount_column("Central value of what counts.")
    high = amount_column("Upper bound of what counts; empty where it is open or unknown.")
    high_open = models.BooleanField(
        default=False, editable=False, help_text="At least so much: no upper bound is known."
    )
    rate_for = models.DateField(null=True, blank=True, editable=False, help_text="Day whose rate was asked for.")
    rate_day = models.DateField(null=True, blank=True, editable=False, help_text="Day of the rate that holds for it.")
    rate_basis = models.CharField(
        max_length=12, choices=RateBasis, blank=True, default=RateBasis.NOT_NEEDED, editable=False
    )
    rate_per_euro = ExactDecimalField(
        max_digits=20,
        decimal_places=8,
        null=True,
        blank=True,
        editable=False,
        help_text="Units of its currency for EUR 1.",
    )
    rate_usd_per_euro = ExactDecimalField(max_digits=20, decimal_places=8, null=True, blank=True, editable=False)
    rate_source = models.CharField(max_length=300, blank=True, editable=False)
    valued_from = models.CharField(
        max_length=64, blank=True, editable=False, help_text="Hash of what the frozen value rests on."
    )
    eur_low = minor_units_column("Euro cents.")
    eur_central = minor_units_column("Euro cents.")
    eur_high = minor_units_column("Euro cents; the floor where the upper end is open.")
    usd_low = minor_units_column("US cents.")
    usd_central = minor_units_column("US cents.")
    usd_high = minor_units_column("US cents; the floor where the upper end is open.")
    delivered_eur = minor_units_column("Euro cents delivered so far; empty where that cannot be said in money.")
    delivered_usd = minor_units_column("US cents delivered so far; empty where that cannot be said in money.")
    breakdown = models.JSONField(
        default=dict,
        blank=True,
        editable=False,
        help_text="The value in its own currency; what reached each stage, is halted, falls to each category.",
    )

    # --- links to other pledges ---------------------------------------------------------------------------------------
    package = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="parts",
        help_text="The package it is part of.",
    )
    supersedes = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="successors",
        help_text="The earlier pledge that this one replaces; that one no longer counts while this is published.",
    )
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged", editable=False
    )
    withdrawn_reason = models.TextField(blank=True, help_text="Told to the public.")

    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    last_seq = models.BigIntegerField(
        default=0, editable=False, help_text="Number of the last change of this record; edits say which they build on."
    )
    created_at = models.DateTimeField(editable=False)
    modified_at = models.DateTimeField(editable=False)
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    reviewed_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-announced_latest", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="pledge_has_a_title"),
            models.CheckConstraint(
                condition=Q(stated__isnull=True) | (Q(stated__gt=0) & ~Q(currency="")),
                name="stated_amount_is_positive_and_has_a_currency",
            ),
            models.CheckConstraint(
                condition=Q(stated_to__isnull=True, stated__isnull=True)
                | (Q(qualifier="range", stated_to__isnull=False, stated__isnull=False))
                | (~Q(qualifier="range") & Q(stated_to__isnull=True)),
                name="a_range_and_only_a_range_has_two_ends",
            ),
            models.CheckConstraint(
                condition=Q(source_value__isnull=True) | ~Q(source_value_currency=""),
                name="source_value_has_a_currency",
            ),
            models.CheckConstraint(
                condition=Q(announced_earliest__isnull=True)
                | Q(announced_latest__isnull=True)
                | Q(announced_latest__gte=F("announced_earliest")),
                name="announced_days_in_order",
            ),
            models.CheckConstraint(
                condition=Q(
                    announced_precision="unknown", announced_earliest__isnull=True, announced_latest__isnull=True
                )
                | Q(announced_precision="before", announced_earliest__isnull=True, announced_latest__isnull=False)
                | Q(announced_precision="after", announced_earliest__isnull=False, announced_latest__isnull=True)
                | (
                    ~Q(announced_precision__in=["unknown", "before", "after"])
                    & Q(announced_earliest__isnull=False, announced_latest__isnull=False)
                ),
                name="announced_days_fit_their_precision",
            ),
            models.CheckConstraint(
                condition=Q(period_from__isnull=True) | Q(period_to__isnull=True) | Q(period_to__gte=F("period_from")),
                name="period_in_order",
            ),
            models.CheckConstraint(
                condition=Q(eur_central__isnull=True, eur_low__isnull=True, eur_high__isnull=True)
                | Q(eur_central__isnull=False, eur_low__gte=0, eur_high__gte=F("eur_low")),
                name="eur_value_is_whole_or_absent",
            ),
            models.CheckConstraint(
                condition=Q(usd_central__isnull=True, usd_low__isnull=True, usd_high__isnull=True)
                | Q(usd_central__isnull=False, usd_low__gte=0, usd_high__gte=F("usd_low")),
                name="usd_value_is_whole_or_absent",
            ),
            models.CheckConstraint(
                condition=~Q(valuation="none") | Q(eur_central__isnull=True), name="no_value_means_no_value"
            ),
            models.CheckConstraint(condition=~Q(package=F("id")), name="pledge_is_not_its_own_package"),
            models.CheckConstraint(condition=~Q(supersedes=F("id")), name="pledge_does_not_supersede_itself"),
            models.CheckConstraint(
                condition=Q(state="merged", merged_into__isnull=False)
                | (~Q(state="merged") & Q(merged_into__isnull=True)),
                name="merged_pledge_names_its_successor",
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | ~Q(withdrawn_reason=""), name="withdrawn_pledge_gives_a_reason"
            ),
            models.UniqueConstraint(
                fields=["dataset", "origin_key"], condition=~Q(origin_key=""), name="an_imported_row_is_one_pledge"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "dataset", "-announced_latest", "-id"], name="pledge_by_date"),
            models.Index(fields=["state", "-modified_at"], name="pledge_by_change"),
            models.Index(fields=["state", "dataset", "-published_at", "-id"], name="pledge_by_publication"),
            # Few pledges have either; an index of those alone is one that a database is sure to use.
            models.Index(fields=["package"], name="parts_of_a_package", condition=Q(package__isnull=False)),
            models.Index(fields=["supersedes"], name="successors_of_a_pledge", condition=Q(supersedes__isnull=False)),
        ]
        permissions = [
            ("publish_pledge", "Can publish, withdraw and merge pledges"),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.title}"
