"""Forms for entering a measure: what was typed, cleaned. Nothing here judges a measure or writes one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.functional import cached_property

from history.record_forms import RecordForm, RecordFormSet, RowForm, UntouchingForm
from reference.dates import around
from reference.forms import WhenField
from reference.models import Party
from sanctions.designating import DesignationEntry
from sanctions.kept import PROGRAMME, ROUND, TARGET
from sanctions.models import (
    Designation,
    Evidence,
    Measure,
    MeasureKind,
    Precision,
    Programme,
    Round,
    Step,
    Target,
)

# A step keeps one day: the last on which it may have been taken.
ONE_DAY = (Precision.DAY, Precision.MONTH, Precision.QUARTER, Precision.YEAR)


class MeasureForm(RecordForm):
    """The measure's own fields, its imposers, targets and types."""

    types = forms.MultipleChoiceField(
        choices=MeasureKind.choices,
        required=False,
        label="What is banned",
        widget=forms.CheckboxSelectMultiple,
        help_text="“Not specified” where the source does not say.",
    )
    imposers = forms.ModelMultipleChoiceField(Party.objects.all(), required=False, help_text="Counted once, together.")
    targets = forms.ModelMultipleChoiceField(
        Party.objects.all(), required=False, help_text="The state, or another party, at which it is aimed."
    )

    class Meta:
        model = Measure
        fields = [
            "title",
            "imposers_as_written",
            "targets_as_written",
            "target_kind",
            "sectors",
            "programme",
            "round",
            "public_note",
            "private_note",
        ]
        error_messages = {"title": {"required": "Say in a few words what is banned."}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            self.initial["types"] = [row.type for row in self.instance.types.all()]
            self.initial["imposers"] = [row.party_id for row in self.instance.imposers.all()]
            self.initial["targets"] = [row.party_id for row in self.instance.targets.all()]


class StepForm(UntouchingForm):
    """A dated step."""

    when = WhenField(
        label="When",
        allowed=ONE_DAY,
        help_text="Day of the decision or announcement: 2022-02-25, Feb 2022, Q1 2022, 2022; empty where unknown.",
    )

    class Meta:
        model = Step
        fields = ["step", "status", "applies_from", "ends_on", "act", "note"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            self.initial["when"] = around(self.instance.adopted_on, self.instance.precision)


class MeasureEvidenceForm(UntouchingForm):
    """An address and the words that say so. A quote in a kept text or an imported row stays as it is."""

    step_number = forms.IntegerField(
        required=False,
        min_value=1,
        label="Proves step no.",
        help_text="Its number above, such as 2.",
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


class MeasureEvidenceFormSet(RecordFormSet):
    """Evidence, each row with the number of the step that it proves."""

    @cached_property
    def numbers(self) -> dict[int, int]:
        """The steps' places in their own table, by id."""
        rows = self.instance.steps.values_list("pk", flat=True) if self.instance.pk is not None else []
        return {pk: number for number, pk in enumerate(rows, 1)}

    def add_fields(self, form: Any, index: int | None) -> None:
        """With the number filled in."""
        super().add_fields(form, index)
        if form.instance.pk is not None:
            form.initial["step_number"] = self.numbers.get(form.instance.step_id)


class ProgrammeForm(RowForm):
    """A legal regime."""

    kind = PROGRAMME.name
    measures_provided = forms.MultipleChoiceField(
        choices=MeasureKind.choices,
        required=False,
        label="Measures that it provides for",
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Programme
        fields = [
            "key",
            "dataset",
            "name",
            "issuer",
            "issuer_as_written",
            "targets",
            "measures_provided",
            "url",
        ]


class RoundForm(RowForm):
    """A batch of measures that goes by one name."""

    kind = ROUND.name

    class Meta:
        model = Round
        fields = ["name", "number", "issuer", "target", "adopted_on"]


class TargetForm(RowForm):
    """A person, company, vessel or other thing that lists name."""

    kind = TARGET.name

    class Meta:
        model = Target
        fields = ["kind", "name", "countries", "details"]
        help_texts = {"details": 'As the acts give them, by name: {"birthDate": "7 October 1952"}.'}


class DesignationForm(RecordForm):
    """One target under one act."""

    class Meta:
        model = Designation
        fields = [
            "target",
            "programme",
            "act",
            "listing_act",
            "annex",
            "measure",
            "reason",
            "listed_on",
            "listed_as_written",
            "ended_on",
            "ended_by",
        ]
        widgets = {"reason": forms.Textarea(attrs={"rows": 4, "cols": 80})}

    def entry(self) -> DesignationEntry:
        """What the services take."""
        row = self.cleaned_data
        links = ("target", "programme", "act", "listing_act", "measure")
        values = {name: row[name] for name in self.Meta.fields if name not in links}
        values |= {f"{name}_id": row[name].pk if row[name] else None for name in links}
        return DesignationEntry(**values, based_on=row["based_on"] if self.instance.pk is not None else None)
