"""Parties, groups, datasets and exchange rates: what every other room refers to."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from reference.fields import ExactDecimalField


class PartyKind(models.TextChoices):
    """What a party is."""

    COUNTRY = "country", "Country"
    ORGANISATION = "organisation", "International organisation"
    GROUP = "group", "Group without a purse of its own"
    FUND = "fund", "Fund or institution of a party"
    AGENCY = "agency", "City, region or agency of a country"
    OTHER = "other", "Other"


class Party(models.Model):
    """A country, an organisation, a group or a fund: whoever gives, gets, imposes or is sanctioned."""

    code = models.CharField(
        max_length=20, unique=True, help_text="ISO 3166-1 alpha-2 for a country (XK for Kosovo), else a short code: EU."
    )
    alpha3 = models.CharField(max_length=3, null=True, blank=True, unique=True, help_text="ISO 3166-1 alpha-3.")
    name = models.CharField(max_length=200, help_text="The name shown to readers, in English.")
    kind = models.CharField(max_length=20, choices=PartyKind)
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
        help_text="Whose fund, institution, city or agency it is: the European Peace Facility has the EU.",
    )
    external_ids = models.JSONField(
        default=dict, blank=True, help_text='Its ids elsewhere, by scheme: {"fts": "2933", "wikidata": "Q…"}.'
    )

    class Meta:
        ordering = ["name", "id"]
        verbose_name_plural = "parties"
        constraints = [
            models.CheckConstraint(condition=~Q(code=""), name="party_has_a_code"),
            models.CheckConstraint(condition=~Q(name=""), name="party_has_a_name"),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="party_is_not_its_own_parent"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


class Membership(models.Model):
    """One party belongs to a group for a time."""

    group = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="memberships")
    member = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="groups")
    since = models.DateField(help_text="First day of membership.")
    until = models.DateField(null=True, blank=True, help_text="Last day of membership; empty while it lasts.")

    class Meta:
        ordering = ["group__code", "member__code", "since"]
        constraints = [
            models.UniqueConstraint(fields=["group", "member", "since"], name="membership_begins_once_a_day"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="membership_ends_after_it_began"
            ),
            models.CheckConstraint(condition=~Q(group=F("member")), name="group_is_not_its_own_member"),
        ]

    def __str__(self) -> str:
        return f"{self.member} in {self.group} since {self.since}"


class Rate(models.Model):
    """What one euro cost in a currency on a day. Append-only: a correction is a new row, the newest row holds."""

    currency = models.CharField(max_length=3, help_text="ISO 4217 code.")
    day = models.DateField(help_text="The day that the rate is of.")
    per_euro = ExactDecimalField(max_digits=20, decimal_places=8, help_text="Units of the currency for one euro.")
    source = models.CharField(max_length=300, help_text="Who published it: ECB, or a central bank and its address.")
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField(help_text="When the tracker learnt of it.")
    recorded_seq = models.BigIntegerField(
        default=0, editable=False, help_text="Number of the change by which the tracker learnt of it; 0: before them."
    )

    class Meta:
        ordering = ["-day", "currency", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(per_euro__gt=0), name="rate_is_positive"),
            models.CheckConstraint(condition=~Q(source=""), name="rate_has_a_source"),
            models.CheckConstraint(condition=~Q(currency="EUR"), name="no_rate_of_the_euro_to_itself"),
            models.UniqueConstraint(
                fields=["currency", "day", "source", "per_euro", "recorded_at"],
                name="one_rate_a_currency_day_source_and_moment",
            ),
        ]
        indexes = [models.Index(fields=["currency", "-day"], name="rate_by_currency_and_day")]

    def __str__(self) -> str:
        return f"1 EUR = {self.per_euro} {self.currency} on {self.day} ({self.source})"


class RateRefresh(models.Model):
    """One attempt to load exchange rates, and what came of it."""

    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    succeeded = models.BooleanField(default=False)
    words = models.TextField(help_text="What happened, for people.")
    added = models.PositiveIntegerField(default=0)
    last_day = models.DateField(null=True, blank=True, help_text="The newest day among the rates that were read.")

    class Meta:
        ordering = ["-started_at", "-id"]
        verbose_name_plural = "rate refreshes"

    def __str__(self) -> str:
        return self.words


class PartyFigure(models.Model):
    """A yearly figure of a party that totals can be set in relation to."""

    class Measure(models.TextChoices):
        """What the figure measures."""

        GDP = "gdp", "Gross domestic product"
        POPULATION = "population", "Population"

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="figures")
    measure = models.CharField(max_length=12, choices=Measure)
    year = models.PositiveSmallIntegerField()
    value = ExactDecimalField(max_digits=24, decimal_places=2, help_text="Persons, or units of the currency.")
    currency = models.CharField(max_length=3, blank=True, help_text="ISO 4217 code of a GDP figure.")
    source = models.CharField(max_length=300)

    class Meta:
        ordering = ["party__code", "measure", "-year"]
        constraints = [
            models.UniqueConstraint(fields=["party", "measure", "year"], name="one_figure_a_party_and_year"),
            models.CheckConstraint(condition=Q(value__gt=0), name="figure_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.party.code} {self.measure} {self.year}"


class AttributionShare(models.Model):
    """One member's share in a key by which the aid of an institution is attributed to its members, from a day on.

    All shares of one institution that begin on the same day make one key; it holds until the next one begins.
    """

    institution = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="attribution_shares")
    member = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateField(help_text="First day on which the key holds.")
    weight = ExactDecimalField(max_digits=20, decimal_places=6, help_text="Such as its gross national income.")
    source = models.CharField(max_length=300)

    class Meta:
        ordering = ["institution__code", "-valid_from", "member__code"]
        constraints = [
            models.UniqueConstraint(fields=["institution", "member", "valid_from"], name="one_share_a_member_and_key"),
            models.CheckConstraint(condition=Q(weight__gt=0), name="attribution_weight_is_positive"),
            models.CheckConstraint(condition=~Q(institution=F("member")), name="attribution_is_to_another"),
        ]

    def __str__(self) -> str:
        return f"{self.member} in {self.institution} from {self.valid_from}"


class Dataset(models.Model):
    """The tracker's own record, or one that was imported. An answer covers one dataset, so nothing is added twice."""

    key = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    publisher = models.CharField(max_length=200, blank=True)
    licence = models.CharField(max_length=200, help_text="The licence under which it may be used.")
    citation = models.TextField(blank=True, help_text="How its authors want to be cited.")
    url = models.URLField(max_length=500, blank=True)
    redistributable = models.BooleanField(help_text="Whether its rows may be given out in our own exports.")

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return self.name


class ImportBatch(models.Model):
    """One file that was taken in. Approving the batch is the review of its rows."""

    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="batches")
    file_name = models.CharField(max_length=300)
    file_hash = models.CharField(max_length=64, help_text="SHA-256 of the file, in hex.")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    report = models.JSONField(default=dict, help_text="Rows read, made, updated, unchanged, left out and why.")

    class Meta:
        ordering = ["-started_at", "-id"]
        verbose_name_plural = "import batches"

    def __str__(self) -> str:
        return f"{self.file_name} into {self.dataset_id}"
