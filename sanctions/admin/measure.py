"""The admin pages of measures. They write by ``sanctions.services`` alone."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html

from history.admin import RecordAdmin, RecordStack, acting_user
from history.admin.filters import ChangedFilter
from history.record_forms import KnownSelectMultiple, RecordForm, RecordFormSet
from history.searching import search
from history.services import UnchangedError, recording
from history.wording import Vocabulary
from reference.dates import around, write_when
from reference.models import Party
from sanctions import services
from sanctions.admin.drafting import draft_of
from sanctions.admin.filters import EvidenceFilter, ImposerFilter, TargetFilter, TypeFilter
from sanctions.forms import MeasureEvidenceForm, MeasureEvidenceFormSet, MeasureForm, StepForm
from sanctions.models import Evidence, Measure, MeasureImposer, MeasureTarget, Step
from sanctions.restoring import restore_measure
from sanctions.state import ENTERED, KIND


class Steps(RecordStack):
    """Dated steps: only adopted ones have an effect."""

    model = Step
    form = StepForm
    autocomplete_fields = ["act"]
    rows_when_new = 1
    verbose_name_plural = "steps: only adopted ones have an effect"
    fields = [("step", "status", "when"), ("applies_from", "ends_on"), ("act", "note")]

    @admin.display(description="When")
    def when(self, step: Step) -> str:
        """The day as text, for those who may only look."""
        return write_when(around(step.adopted_on, step.precision)) or "unknown"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the legal acts."""
        return super().get_queryset(request).select_related("act")


class EvidenceTable(RecordStack):
    """What the measure rests on."""

    model = Evidence
    form = MeasureEvidenceForm
    formset = MeasureEvidenceFormSet
    rows_when_new = 1
    verbose_name_plural = "evidence: needed before publishing"
    fields = ["url", "quote", ("publisher", "published_on", "official", "step_number")]

    @admin.display(description="Proves")
    def step_number(self, evidence: Evidence) -> str:
        """Which step it proves, for those who may only look."""
        return str(evidence.step) if evidence.step is not None else "–"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the steps that are proved."""
        return super().get_queryset(request).select_related("step")


@admin.register(Measure)
class MeasureAdmin(RecordAdmin):
    """Entering, correcting, publishing, withdrawing and merging measures."""

    form = MeasureForm
    record_kind = KIND
    entered = ENTERED
    vocabulary = Vocabulary(hidden=frozenset({"import_batch_id"}))
    inlines = [Steps, EvidenceTable]
    autocomplete_fields = ["programme", "round"]
    error_places = {"programme_id": "programme", "round_id": "round"}
    fieldsets = [
        (None, {"fields": ["title", "imposers", "targets", "types"]}),
        (
            "More: parties in words, kind of target, sectors",
            {
                "classes": ["collapse"],
                "fields": [("imposers_as_written", "targets_as_written"), ("target_kind", "sectors")],
            },
        ),
        ("Programme and round", {"fields": [("programme", "round")]}),
        ("Notes", {"classes": ["collapse"], "fields": ["public_note", "private_note"]}),
    ]
    list_display = ["name", "parties", "kinds", "in_force", "status"]
    list_filter = [
        "state",
        "last_action",
        "adopted",
        EvidenceFilter,
        ChangedFilter,
        ImposerFilter,
        TargetFilter,
        TypeFilter,
        "target_kind",
        "dataset",
    ]
    search_fields = ["=public_id", "title", "=origin_key"]
    search_help_text = "Search by id, title, imposer or target."

    def get_queryset(self, request: HttpRequest) -> QuerySet[Measure]:
        """For the list: with imposers, targets and types, in a fixed number of queries."""
        rows = super().get_queryset(request)
        match = request.resolver_match
        if match is not None and match.url_name == "sanctions_measure_changelist":
            rows = rows.prefetch_related("imposers__party", "targets__party", "types")
        return rows

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """With searching choices for imposers and targets."""
        made = super().get_form(request, obj, change, **kwargs)
        for name, table in (("imposers", MeasureImposer), ("targets", MeasureTarget)):
            field = made.base_fields.get(name)
            if isinstance(field, forms.ModelMultipleChoiceField):
                field.widget = KnownSelectMultiple(table._meta.get_field("party"), self.admin_site)
                field.widget.choices = field.choices
        return made

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        """By id, title, or a party that is named; quick in a long list as well."""
        return search(
            queryset,
            search_term,
            own=lambda word: Q(public_id__iexact=word) | Q(title__icontains=word) | Q(origin_key__iexact=word),
            parties=lambda word: Party.objects.filter(name__icontains=word),
            tables=[(MeasureImposer, "measure"), (MeasureTarget, "measure")],
        ), False

    # --- writing ------------------------------------------------------------------------------------------------------
    def write(self, request: HttpRequest, form: RecordForm, rows: dict[str, RecordFormSet], *, publish: bool) -> Model:
        """Enter or correct, and publish where asked, as one numbered change."""
        draft = draft_of(form, rows)
        who, now, said = acting_user(request), timezone.now(), form.about_the_change()
        measure_id = form.instance.pk
        action = "measure.publish" if publish else "measure.create" if measure_id is None else "measure.correct"
        with recording(action=action, now=now, acting_user=who, **said) as change:
            if measure_id is None:
                saved = services.create_measure(draft, now=now, acting_user=who, change=change)
            else:
                saved = services.correct_measure(measure_id, draft, now=now, acting_user=who, change=change)
            if publish:
                saved = services.publish_measure(saved.pk, now=now, acting_user=who, change=change)
            if saved.last_seq != change.seq:
                raise UnchangedError
        return saved

    def publish(self, request: HttpRequest, record_id: int) -> None:
        """By the service."""
        services.publish_measure(record_id, now=timezone.now(), acting_user=acting_user(request))

    def withdraw(self, request: HttpRequest, record_id: int, reason: str) -> None:
        """By the service."""
        services.withdraw_measure(record_id, reason=reason, now=timezone.now(), acting_user=acting_user(request))

    def merge(self, request: HttpRequest, record_id: int, into_id: int, why: str) -> None:
        """By the service."""
        services.merge_measure(
            record_id, into_id=into_id, now=timezone.now(), acting_user=acting_user(request), why=why
        )

    def restore(self, request: HttpRequest, record: Any, seq: int, said: dict[str, Any]) -> None:
        """By the service."""
        restore_measure(record.pk, seq=seq, now=timezone.now(), acting_user=acting_user(request), **said)

    def told_after_saving(self, record: Any) -> tuple[str, list[str]]:
        """Whether it is in force, by its steps."""
        return force_words(record), []

    def panel(self, record: Any) -> dict[str, Any]:
        """In force since when, and the last step."""
        return {
            "template": "sanctions/panel.html",
            "measure": record,
            "force": force_words(record),
            "designations": record.designations.count(),
            "may_designate": record.state in ("draft", "published"),
        }

    # --- columns, and what is shown to those who may only look --------------------------------------------------------
    @admin.display(description="Measure", ordering="title")
    def name(self, measure: Measure) -> str:
        """Title and id."""
        return format_html("{} <small>{}</small>", measure.title, measure.public_id)

    @admin.display(description="State", ordering="state")
    def status(self, measure: Measure) -> str:
        """Whether the public sees it, and what was done last."""
        return format_html("{} <small>{}</small>", measure.get_state_display(), measure.last_action)

    @admin.display(description="From and against")
    def parties(self, measure: Measure) -> str:
        """Names of imposers and targets, or the words for them."""
        return f"{self.imposers(measure)} → {self.targets(measure)}"

    @admin.display(description="Imposers")
    def imposers(self, measure: Measure) -> str:
        """Names of the imposers, or the words for them."""
        return ", ".join(row.party.name for row in measure.imposers.all()) or measure.imposers_as_written or "?"

    @admin.display(description="Targets")
    def targets(self, measure: Measure) -> str:
        """Names of the targets, or the words for them."""
        return ", ".join(row.party.name for row in measure.targets.all()) or measure.targets_as_written or "?"

    @admin.display(description="Types")
    def types(self, measure: Measure) -> str:
        """What is banned."""
        return self.kinds(measure)

    @admin.display(description="Types")
    def kinds(self, measure: Measure) -> str:
        """What is banned."""
        return ", ".join(row.get_type_display() for row in measure.types.all())

    @admin.display(description="In force", ordering="in_force_from")
    def in_force(self, measure: Measure) -> str:
        """From when until when."""
        if not measure.adopted:
            return "–"
        return f"{measure.in_force_from or '?'} – {measure.in_force_until or ''}".strip()


def force_words(measure: Measure) -> str:
    """One sentence on whether the measure is in force."""
    if not measure.adopted:
        return "Not in force: no step of it was adopted."
    begun = f"since {measure.in_force_from}" if measure.in_force_from else "its first day is not known"
    return f"Adopted, in force {begun}" + (f", until {measure.in_force_until}." if measure.in_force_until else ".")
