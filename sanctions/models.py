"""The sanctions record: programmes (legal regimes), measures (what is banned), their dated steps, and designations.

A programme, a measure, a designation and a round are four things and are counted apart.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from ingestion.models import EvidenceFields
from reference.models import Dataset, ImportBatch, Party


class RecordState(models.TextChoices):
    """Whether the public sees a record."""

    DRAFT = "draft", "Draft"
    PUBLISHED = "published", "Published"
    WITHDRAWN = "withdrawn", "Withdrawn"
    MERGED = "merged", "Merged into another"


class MeasureKind(models.TextChoices):
    """What is banned: the fourteen of OpenSanctions programmes, then what news speaks of besides."""

    ASSET_FREEZE = "asset_freeze", "Asset freeze"
    TRAVEL_BAN = "travel_ban", "Travel ban"
    ARMS_EMBARGO = "arms_embargo", "Arms embargo"
    ARMS_RESTRICTIONS = "arms_restrictions", "Arms restrictions"
    EXPORT_CONTROL = "export_control", "Export control"
    IMPORT_RESTRICTIONS = "import_restrictions", "Import restrictions"
    FINANCIAL_RESTRICTIONS = "financial_restrictions", "Financial restrictions"
    INVESTMENT_BAN = "investment_ban", "Investment ban"
    SERVICES_BAN = "services_ban", "Services ban"
    TRANSPORTATION_RESTRICTIONS = "transportation_restrictions", "Transportation restrictions"
    SECTORAL_SANCTIONS = "sectoral_sanctions", "Sectoral sanctions"
    DEBARMENT = "debarment", "Debarment"
    AID_SUSPENSION = "aid_suspension", "Aid suspension"
    PROHIBITION_TO_SATISFY_CLAIMS = "prohibition_to_satisfy_claims", "Prohibition to satisfy claims"
    TRADE_RESTRICTIONS = "trade_restrictions", "Trade restrictions, direction not said"
    TARIFF = "tariff", "Tariff"
    PRICE_CAP = "price_cap", "Price cap"
    VISA_RESTRICTIONS = "visa_restrictions", "Visa restrictions"
    MEDIA_BAN = "media_ban", "Media ban"
    DIPLOMATIC_MEASURE = "diplomatic_measure", "Diplomatic measure"
    DESIGNATION = "designation", "Designation, effect not said"
    UNSPECIFIED = "unspecified", "Not specified"


class TargetKind(models.TextChoices):
    """What is sanctioned (FollowTheMoney schemata, and countries and sectors)."""

    COUNTRY = "country", "Country"
    SECTOR = "sector", "Sector"
    PERSON = "Person", "Person"
    ORGANIZATION = "Organization", "Organisation"
    COMPANY = "Company", "Company"
    VESSEL = "Vessel", "Vessel"
    AIRPLANE = "Airplane", "Aircraft"
    ASSET = "Asset", "Asset"
    LEGAL_ENTITY = "LegalEntity", "Legal entity"


class StepKind(models.TextChoices):
    """What a step does to a measure."""

    IMPOSE = "impose", "Impose"
    EXTEND = "extend", "Extend"
    WIDEN = "widen", "Widen"
    EASE = "ease", "Ease"
    LIFT = "lift", "Lift"


class StepStatus(models.TextChoices):
    """How binding a step is. Only adopted steps have an effect."""

    PROPOSED = "proposed", "Proposed"
    ANNOUNCED = "announced", "Announced"
    ADOPTED = "adopted", "Adopted"


class Precision(models.TextChoices):
    """How exactly a step's day is known."""

    DAY = "day", "Day"
    MONTH = "month", "Month"
    QUARTER = "quarter", "Quarter"
    YEAR = "year", "Year"
    UNKNOWN = "unknown", "Unknown"


class Programme(models.Model):
    """A legal regime, such as the EU's restrictive measures over Ukraine's territorial integrity."""

    key = models.SlugField(max_length=60, unique=True)
    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="programmes")
    name = models.CharField(max_length=400)
    issuer = models.ForeignKey(Party, null=True, blank=True, on_delete=models.PROTECT, related_name="issued_programmes")
    issuer_as_written = models.CharField(max_length=200, blank=True)
    targets = models.ManyToManyField(Party, blank=True, related_name="targeted_by_programmes")
    measures_provided = models.JSONField(
        default=list, blank=True, help_text="Codes of the measures that it provides for."
    )
    url = models.CharField(max_length=2000, blank=True)

    class Meta:
        ordering = ["key"]
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="programme_has_a_name")]

    def __str__(self) -> str:
        return self.name


class LegalAct(models.Model):
    """A regulation, decision, act or order that a programme rests on."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="legal_acts")
    title = models.CharField(max_length=500, help_text="Such as Regulation (EU) No 833/2014.")
    identifier = models.CharField(max_length=100, blank=True, help_text="CELEX or another official number.")
    adopted_on = models.DateField(null=True, blank=True)
    url = models.CharField(max_length=2000, blank=True)

    class Meta:
        ordering = ["adopted_on", "id"]

    def __str__(self) -> str:
        return self.title


class Round(models.Model):
    """A batch of measures that goes by one name, such as the EU's 17th package."""

    name = models.CharField(max_length=200)
    number = models.PositiveSmallIntegerField(null=True, blank=True)
    issuer = models.ForeignKey(Party, null=True, blank=True, on_delete=models.PROTECT, related_name="sanctions_rounds")
    target = models.ForeignKey(Party, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    adopted_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["issuer__code", "number", "id"]

    def __str__(self) -> str:
        return self.name


class Measure(models.Model):
    """What one or several imposers ban, together: counted once."""

    public_id = models.CharField(max_length=12, unique=True, editable=False)
    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="measures")
    import_batch = models.ForeignKey(
        ImportBatch, null=True, blank=True, on_delete=models.PROTECT, related_name="measures"
    )
    origin_key = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=RecordState, default=RecordState.DRAFT)
    title = models.CharField(max_length=300, help_text="What is banned, in a few words; readers see it.")
    public_note = models.TextField(blank=True)
    private_note = models.TextField(blank=True, help_text="For staff alone; never leaves the admin.")
    programme = models.ForeignKey(Programme, null=True, blank=True, on_delete=models.PROTECT, related_name="measures")
    round = models.ForeignKey(Round, null=True, blank=True, on_delete=models.PROTECT, related_name="measures")
    imposers_as_written = models.CharField(
        max_length=300, blank=True, help_text="Where imposers are not named: western powers."
    )
    targets_as_written = models.CharField(max_length=300, blank=True)
    target_kind = models.CharField(max_length=12, choices=TargetKind, default=TargetKind.COUNTRY)
    sectors = models.CharField(max_length=300, blank=True, help_text="Sectors concerned, such as oil or banking.")

    # --- computed by the services from the steps ----------------------------------------------------------------------
    adopted = models.BooleanField(
        default=False, editable=False, help_text="Whether it was ever adopted: a proposal alone is not in force."
    )
    in_force_from = models.DateField(null=True, blank=True, editable=False)
    in_force_until = models.DateField(null=True, blank=True, editable=False, help_text="Last day in force, if known.")
    last_action = models.CharField(
        max_length=10, blank=True, editable=False, help_text="proposed, announced, imposed, …"
    )
    first_step_on = models.DateField(null=True, blank=True, editable=False, help_text="Day of its first step.")

    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged", editable=False
    )
    withdrawn_reason = models.TextField(blank=True, help_text="Told to the public.")
    last_seq = models.BigIntegerField(
        default=0, editable=False, help_text="Number of the last change of this record; edits say which they build on."
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    created_at = models.DateTimeField(editable=False)
    modified_at = models.DateTimeField(editable=False)
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    reviewed_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-first_step_on", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="measure_has_a_title"),
            models.CheckConstraint(
                condition=Q(state="merged", merged_into__isnull=False)
                | (~Q(state="merged") & Q(merged_into__isnull=True)),
                name="merged_measure_names_its_successor",
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | ~Q(withdrawn_reason=""), name="withdrawn_measure_gives_a_reason"
            ),
            models.UniqueConstraint(
                fields=["dataset", "origin_key"], condition=~Q(origin_key=""), name="an_imported_row_is_one_measure"
            ),
        ]
        indexes = [models.Index(fields=["state", "dataset", "-first_step_on", "-id"], name="measure_by_date")]
        permissions = [
            ("publish_measure", "Can publish, withdraw and merge measures"),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.title}"


class MeasureImposer(models.Model):
    """A party that imposes a measure."""

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="imposers")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="imposed_measures")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["measure", "party"], name="an_imposer_imposes_once")]

    def __str__(self) -> str:
        return str(self.party)


class MeasureTarget(models.Model):
    """The state, or another party, at which a measure is aimed."""

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="targets")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="aimed_measures")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["measure", "party"], name="a_target_is_named_once")]

    def __str__(self) -> str:
        return str(self.party)


class MeasureType(models.Model):
    """One kind of ban in a measure."""

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="types")
    type = models.CharField(max_length=32, choices=MeasureKind)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["measure", "type"], name="a_type_is_named_once")]

    def __str__(self) -> str:
        return self.get_type_display()


class Step(models.Model):
    """A dated step of a measure. A plan to lift lifts nothing: only adopted steps have an effect."""

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="steps")
    step = models.CharField(max_length=8, choices=StepKind, default=StepKind.IMPOSE)
    status = models.CharField(max_length=10, choices=StepStatus, default=StepStatus.ADOPTED)
    adopted_on = models.DateField(null=True, blank=True, help_text="Day of the decision or announcement.")
    precision = models.CharField(max_length=8, choices=Precision, default=Precision.DAY)
    applies_from = models.DateField(null=True, blank=True, help_text="First day of effect, if another.")
    ends_on = models.DateField(null=True, blank=True, help_text="Last day of effect, where the act sets one.")
    act = models.ForeignKey(LegalAct, null=True, blank=True, on_delete=models.PROTECT, related_name="steps")
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["adopted_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(applies_from__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=F("applies_from")),
                name="step_ends_after_it_applies",
            ),
            models.CheckConstraint(
                condition=Q(precision="unknown", adopted_on__isnull=True)
                | (~Q(precision="unknown") & Q(adopted_on__isnull=False)),
                name="unknown_step_has_no_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_step_display()} ({self.get_status_display()}) {self.adopted_on or 'undated'}"


class Target(models.Model):
    """A person, company, vessel or other thing that lists name, however many lists and acts name it."""

    public_id = models.CharField(max_length=12, unique=True, editable=False)
    kind = models.CharField(max_length=12, choices=TargetKind)
    name = models.CharField(max_length=500, help_text="The name shown to readers.")
    countries = models.ManyToManyField(Party, blank=True, related_name="sanctioned_targets")
    details = models.JSONField(
        default=dict, blank=True, help_text="Birth dates, places, addresses and the like, as the acts give them."
    )

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="target_has_a_name")]

    def __str__(self) -> str:
        return self.name


class TargetName(models.Model):
    """A name by which a target goes."""

    class Kind(models.TextChoices):
        """What kind of name it is."""

        NAME = "name", "Name"
        ALIAS = "alias", "Alias"
        WEAK = "weak", "Weak alias"
        PREVIOUS = "previous", "Previous name"

    target = models.ForeignKey(Target, on_delete=models.CASCADE, related_name="names")
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.NAME)
    name = models.CharField(max_length=1000)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["target", "kind", "name"], name="a_name_is_given_once")]

    def __str__(self) -> str:
        return self.name


class TargetIdentifier(models.Model):
    """A number by which a target is known: identity is by these and birth dates, not by name alone."""

    target = models.ForeignKey(Target, on_delete=models.CASCADE, related_name="identifiers")
    kind = models.CharField(max_length=40, help_text="imo, tax_number, passport, registration, …")
    value = models.CharField(max_length=200, help_text="Without blanks and remarks.")
    raw = models.CharField(max_length=500, blank=True, help_text="As the list has it.")
    country = models.ForeignKey(Party, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["target", "kind", "value"], name="an_identifier_is_given_once")]
        indexes = [models.Index(fields=["kind", "value"], name="target_by_identifier")]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"


class Designation(models.Model):
    """One target under one act, ended when a later list drops it."""

    public_id = models.CharField(max_length=12, unique=True, editable=False)
    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="designations")
    import_batch = models.ForeignKey(
        ImportBatch, null=True, blank=True, on_delete=models.PROTECT, related_name="designations"
    )
    origin_key = models.CharField(max_length=500, blank=True, help_text="Act, annex and entry in its dataset.")
    origin_hash = models.CharField(
        max_length=64,
        blank=True,
        editable=False,
        help_text="SHA-256 of what the import read; the same again changes nothing.",
    )
    state = models.CharField(max_length=10, choices=RecordState, default=RecordState.DRAFT)
    target = models.ForeignKey(Target, on_delete=models.PROTECT, related_name="designations")
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="designations")
    act = models.ForeignKey(
        LegalAct,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="designations",
        help_text="The act whose annex lists it.",
    )
    listing_act = models.ForeignKey(
        LegalAct,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The amending act that put it there, where known.",
    )
    annex = models.CharField(max_length=100, blank=True, help_text="Annex and entry of the act.")
    measure = models.ForeignKey(Measure, null=True, blank=True, on_delete=models.PROTECT, related_name="designations")
    reason = models.TextField(blank=True)
    listed_on = models.DateField(null=True, blank=True)
    listed_as_written = models.CharField(max_length=100, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    ended_by = models.CharField(max_length=300, blank=True, help_text="The act or list that ended it.")
    withdrawn_reason = models.TextField(blank=True, help_text="Told to the public.")
    last_seq = models.BigIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(editable=False)
    modified_at = models.DateTimeField(editable=False)
    published_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-listed_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(listed_on__isnull=True) | Q(ended_on__isnull=True) | Q(ended_on__gte=F("listed_on")),
                name="designation_ends_after_it_began",
            ),
            models.UniqueConstraint(
                fields=["dataset", "origin_key"], condition=~Q(origin_key=""), name="an_imported_row_is_one_designation"
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | ~Q(withdrawn_reason=""), name="withdrawn_designation_gives_a_reason"
            ),
        ]
        indexes = [models.Index(fields=["-listed_on", "-id"], name="designation_by_day")]
        permissions = [
            ("publish_designation", "Can publish and withdraw designations"),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.target}"


class Evidence(EvidenceFields):
    """What a measure, or one of its steps, rests on."""

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="evidence")
    step = models.ForeignKey(Step, null=True, blank=True, on_delete=models.SET_NULL, related_name="evidence")

    class Meta(EvidenceFields.Meta):
        ordering = ["id"]
        verbose_name_plural = "evidence"

    def __str__(self) -> str:
        return self.quote[:80] or self.dataset_row
