"""The aid record: pledges, their donors and recipients, items, moves through the stages, deductions and evidence.

The stated amount is kept as it was said. What follows from it (bounds, counted amount, EUR and USD values, current
stage) is computed by ``pledges.services`` and frozen here; nobody types it.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from history.models import Change
from ingestion.models import EvidenceFields
from reference.amounts import write_amount
from reference.fields import ExactDecimalField
from reference.models import Dataset, ImportBatch, Party


class RecordState(models.TextChoices):
    """Whether the public sees a record."""

    DRAFT = "draft", "Draft"
    PUBLISHED = "published", "Published"
    WITHDRAWN = "withdrawn", "Withdrawn"
    MERGED = "merged", "Merged into another"


class AidType(models.TextChoices):
    """What the aid is for, as Kiel's general aid type has it."""

    MILITARY = "military", "Military"
    FINANCIAL = "financial", "Financial"
    HUMANITARIAN = "humanitarian", "Humanitarian"
    MIXED = "mixed", "Mixed, not divided"
    UNSPECIFIED = "unspecified", "Not specified"


class FinanceType(models.TextChoices):
    """How the aid is financed (IATI FinanceType)."""

    GRANT = "grant", "Grant"
    LOAN = "loan", "Loan"
    GUARANTEE = "guarantee", "Guarantee"
    UNSPECIFIED = "unspecified", "Not specified"


class Qualifier(models.TextChoices):
    """How exactly an amount or a quantity was stated."""

    EXACT = "exact", "Exactly"
    ABOUT = "about", "About"
    AT_LEAST = "at_least", "At least"
    UP_TO = "up_to", "Up to"
    RANGE = "range", "From … to …"


class Valuation(models.TextChoices):
    """Where a pledge's value comes from."""

    STATED = "stated", "Stated"
    ESTIMATED = "estimated", "Estimated by us from unit prices"
    PARTIAL = "partial", "Estimated by us, some items unpriced"
    NONE = "none", "No value known"


class Precision(models.TextChoices):
    """How exactly a date is known."""

    DAY = "day", "Day"
    MONTH = "month", "Month"
    QUARTER = "quarter", "Quarter"
    YEAR = "year", "Year"
    RANGE = "range", "Between two days"
    BEFORE = "before", "On or before a day"
    AFTER = "after", "On or after a day"
    UNKNOWN = "unknown", "Unknown"


class Stage(models.TextChoices):
    """How far a pledge has come."""

    PLEDGE = "pledge", "Pledged"
    COMMITMENT = "commitment", "Committed"
    ALLOCATION = "allocation", "Allocated"
    DELIVERY = "delivery", "Disbursed or delivered"
    SUSPENDED = "suspended", "Suspended"
    CANCELLED = "cancelled", "Cancelled"


class RateBasis(models.TextChoices):
    """Which day's rate a frozen value rests on."""

    NOT_NEEDED = "", "None needed"
    ANNOUNCEMENT = "announcement", "Latest announcement day"
    EVIDENCE = "evidence", "Publication day of the first evidence, as the announcement is undated"


class Sector(models.TextChoices):
    """Humanitarian sector (DAC purpose code)."""

    MATERIAL_RELIEF = "72010", "Material relief assistance and services"
    HEALTH = "72011", "Basic health care services in emergencies"
    EDUCATION = "72012", "Education in emergencies"
    FOOD = "72040", "Emergency food assistance"
    COORDINATION = "72050", "Relief coordination and support services"


class ItemCategory(models.TextChoices):
    """What kind of goods or service an item is (Kiel item type)."""

    HEAVY_WEAPON = "heavy_weapon", "Heavy weapon"
    HEAVY_AMMUNITION = "heavy_weapon_ammunition", "Ammunition for heavy weapon"
    AVIATION = "aviation_and_drones", "Aviation and drones"
    PORTABLE_DEFENCE = "portable_defence_system", "Portable defence system"
    PORTABLE_DEFENCE_AMMUNITION = "portable_defence_ammunition", "Ammunition for portable defence system"
    LIGHT_ARMS = "light_armaments", "Light armaments and infantry"
    LIGHT_AMMUNITION = "light_ammunition", "Ammunition for light infantry"
    MISSILE = "missile", "Missile"
    AMMUNITION = "ammunition_unspecified", "Ammunition, not specified"
    EQUIPMENT = "military_equipment", "Military equipment"
    SERVICES = "funding_training_services", "Funding, training, services"
    MEDICAL = "medical", "Medical"
    FOOD = "food", "Food"
    SHELTER = "shelter", "Shelter"
    ENERGY = "energy", "Energy"
    HUMANITARIAN = "humanitarian_unspecified", "Humanitarian, not specified"
    OTHER = "other", "Other"


class GoodsFrom(models.TextChoices):
    """Whether goods come out of stocks or are bought."""

    STOCK = "stock", "Own stock"
    PROCUREMENT = "procurement", "Procurement"
    UNKNOWN = "", "Not known"


class DeductionReason(models.TextChoices):
    """Why a part of the stated amount does not count here."""

    OTHER_RECORD = "other_record", "Counted in another record"
    OTHER_RECIPIENT = "other_recipient", "Goes to another recipient"
    RAISES = "raises", "Was pledged before; this raises it"
    REIMBURSEMENT = "reimbursement", "Reimbursed by another donor"
    OUT_OF_PERIOD = "out_of_period", "Outside of the period covered"
    HOME_COST = "home_cost", "Spent at home"


def _unit_price(**options: Any) -> ExactDecimalField:
    """Prices in published price lists have up to 16 decimals."""
    return ExactDecimalField(max_digits=34, decimal_places=16, **options)


def _quantity(help_text: str = "") -> ExactDecimalField:
    """Quantities in published workbooks have up to 14 decimals (averages of several lots)."""
    return ExactDecimalField(max_digits=30, decimal_places=14, null=True, blank=True, help_text=help_text)


def _amount(help_text: str) -> ExactDecimalField:
    return ExactDecimalField(max_digits=24, decimal_places=4, null=True, blank=True, help_text=help_text)


def _minor_units(help_text: str) -> models.BigIntegerField[int | None, int | None]:
    return models.BigIntegerField(null=True, blank=True, editable=False, help_text=help_text)


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

    stated = _amount("The amount as stated, in its own currency; the lower end of a range.")
    stated_to = _amount("The upper end of a range.")
    currency = models.CharField(max_length=3, blank=True, help_text="ISO 4217 code of the stated amount.")
    qualifier = models.CharField(max_length=8, choices=Qualifier, default=Qualifier.EXACT)
    stated_other = _amount("The same amount in a second currency, where the source gives one; never added.")
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
    low = _amount("Lower bound of what counts, in the currency of the value.")
    central = _amount("Central value of what counts.")
    high = _amount("Upper bound of what counts; empty where it is open or unknown.")
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
    eur_low = _minor_units("Euro cents.")
    eur_central = _minor_units("Euro cents.")
    eur_high = _minor_units("Euro cents; the floor where the upper end is open.")
    usd_low = _minor_units("US cents.")
    usd_central = _minor_units("US cents.")
    usd_high = _minor_units("US cents; the floor where the upper end is open.")
    delivered_eur = _minor_units("Euro cents delivered so far; empty where that cannot be said in money.")
    delivered_usd = _minor_units("US cents delivered so far; empty where that cannot be said in money.")

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
        ]
        permissions = [
            ("publish_pledge", "Can publish, withdraw and merge pledges"),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.title}"


class ShareFields(models.Model):
    """A party's share of a pledge: an amount, a weight, or neither where it is not known."""

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="%(class)s_set")
    share_amount = _amount("Its share, in the currency of the pledge.")
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
    amount = _amount("In the currency of the pledge; empty where it is not known (then it is told, not deducted).")
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
    """A unit price that staff keep, with its source."""

    item = models.CharField(max_length=200, help_text="The goods, such as Leopard 2A4.")
    unit = models.CharField(max_length=40, default="piece")
    amount = _unit_price()
    currency = models.CharField(max_length=3)
    source = models.CharField(max_length=500)
    valid_from = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["item", "-valid_from", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="price_is_positive"),
            models.CheckConstraint(condition=~Q(source="") & ~Q(currency=""), name="price_has_source_and_currency"),
        ]

    def __str__(self) -> str:
        return f"{self.item}: {write_amount(self.amount)} {self.currency} a {self.unit}"


class Item(models.Model):
    """One kind of goods or service in a pledge."""

    pledge = models.ForeignKey(Pledge, on_delete=models.CASCADE, related_name="items")
    category = models.CharField(max_length=32, choices=ItemCategory, default=ItemCategory.OTHER)
    name = models.CharField(max_length=300)
    subtype = models.CharField(max_length=100, blank=True, help_text="A finer kind, such as MBT or 155mm howitzer.")
    quantity = _quantity("Empty where no number is known.")
    quantity_to = _quantity("The upper end of a range.")
    quantity_qualifier = models.CharField(max_length=8, choices=Qualifier, default=Qualifier.EXACT)
    unit = models.CharField(max_length=40, blank=True, help_text="Pieces, tonnes, doses; empty for pieces.")
    unit_price = _unit_price(null=True, blank=True, help_text="What one unit costs, where the source or we can say.")
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
    amount = _amount("What moved, in the currency of the pledge; empty means the whole.")
    item = models.ForeignKey(
        Item, null=True, blank=True, on_delete=models.CASCADE, related_name="moves", help_text="Which goods moved."
    )
    units = _quantity("How many of them; empty means all.")
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
        return f"{self.donor}: {self.amount} {self.currency} by {self.day}"


class Part(models.TextChoices):
    """Whose part of a pledge a line is."""

    NAMED = "named", "A named party"
    JOINT = "joint", "Joint, not allocated"
    UNNAMED = "unnamed", "Not named"


class TotalLine(models.Model):
    """A published pledge's part in the totals, for one donor and one recipient, from one change until another.

    Derived: ``pledges.counting`` computes the lines from the record and ``pledges.services`` keeps them in the same
    transaction that changes it. ``left_out`` says why a line is not counted; empty means that it is.
    """

    pledge = models.ForeignKey(Pledge, on_delete=models.PROTECT, related_name="lines")
    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="+")
    since = models.ForeignKey(Change, on_delete=models.PROTECT, related_name="+")
    until = models.ForeignKey(Change, null=True, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(help_text="Its place among the pledge's lines, from 0.")
    left_out = models.CharField(max_length=24, blank=True)
    has_value = models.BooleanField(help_text="Whether an amount is known for this part, in whatever currency.")
    donor = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    donor_part = models.CharField(max_length=8, choices=Part)
    recipient = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    recipient_part = models.CharField(max_length=8, choices=Part)
    type = models.CharField(max_length=12)
    finance_type = models.CharField(max_length=12)
    in_kind = models.BooleanField()
    stage = models.CharField(max_length=10)
    refugee_costs = models.BooleanField()
    running_total = models.BooleanField()
    announced_on = models.DateField(null=True)
    valuation = models.CharField(max_length=9)
    up_to = models.BooleanField()
    high_open = models.BooleanField()
    eur_low = models.BigIntegerField(null=True)
    eur_central = models.BigIntegerField(null=True)
    eur_high = models.BigIntegerField(null=True)
    usd_low = models.BigIntegerField(null=True)
    usd_central = models.BigIntegerField(null=True)
    usd_high = models.BigIntegerField(null=True)

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
            models.Index(fields=["pledge", "until"], name="lines_of_a_pledge"),
        ]

    def __str__(self) -> str:
        return f"line of {self.pledge_id}"
