"""What the reviewer makes of a proposal: the fields of the review screen, and the draft that they become.

A form starts from a proposed draft and gives back a draft; what it does not show stays as it was proposed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet, formset_factory

from pledges.drafts import ItemDraft, MoveDraft, PledgeDraft, ShareDraft
from pledges.models import AidType, FinanceType, ItemCategory, Pledge, PledgeDonor, Precision, Qualifier, Stage
from reference.dates import When, around
from reference.forms import AmountField, CurrencyField, WhenField
from reference.models import Party
from review.models import RejectReason
from sanctions.drafts import MeasureDraft, StepDraft
from sanctions.models import MeasureKind, StepKind, StepStatus, TargetKind

if TYPE_CHECKING:
    _ManyField = forms.ModelMultipleChoiceField[Party]
    _OneField = forms.ModelChoiceField[Party]
else:
    _ManyField, _OneField = forms.ModelMultipleChoiceField, forms.ModelChoiceField

# A move or a step keeps one day: the last on which it may have happened.
MOVE_DAY = (Precision.DAY, Precision.MONTH, Precision.QUARTER, Precision.YEAR, Precision.BEFORE)
STEP_DAY = (Precision.DAY, Precision.MONTH, Precision.QUARTER, Precision.YEAR)
Layout = list[tuple[str, list[list[str]]]]  # headings, lines, fields
LONG = {"rows": 2, "cols": 40}


class PartiesField(_ManyField):
    """Parties, found by typing a name or a code."""

    def __init__(self, **kwargs: Any) -> None:
        widget = AutocompleteSelectMultiple(PledgeDonor._meta.get_field("party"), admin.site)
        super().__init__(Party.objects.all(), required=False, widget=widget, **kwargs)


class PartyField(_OneField):
    """One party, found by typing a name or a code."""

    def __init__(self, **kwargs: Any) -> None:
        widget = AutocompleteSelect(Pledge._meta.get_field("channel"), admin.site)
        super().__init__(Party.objects.all(), required=False, widget=widget, **kwargs)


def _chosen(parties: Iterable[Party], proposed: Iterable[int]) -> list[int]:
    """The ids of chosen parties, those proposed first and in their order."""
    ids = [party.pk for party in parties]
    kept = [one for one in proposed if one in ids]
    return [*kept, *(one for one in ids if one not in kept)]


class ItemForm(forms.Form):
    """Goods or services of a pledge; a row without a name is left out."""

    name = forms.CharField(required=False, max_length=300, label="Goods or service")
    category = forms.ChoiceField(required=False, choices=[("", "–"), *ItemCategory.choices], initial="")
    qualifier = forms.ChoiceField(required=False, choices=Qualifier.choices, initial="exact", label="How exactly")
    quantity = AmountField(label="How many", max_digits=30, decimal_places=14)
    quantity_to = AmountField(label="Upper end", max_digits=30, decimal_places=14)
    unit = forms.CharField(required=False, max_length=40, label="Unit", widget=forms.TextInput(attrs={"size": 10}))

    def clean(self) -> dict[str, Any]:
        """A quantity needs to be of something."""
        data = super().clean() or self.cleaned_data
        if data.get("quantity") is not None and not data.get("name", "").strip():
            self.add_error("name", "Say what there are so many of, or clear the row.")
        return data


_ItemFormSet = formset_factory(ItemForm, extra=1)


def _item_rows(draft: PledgeDraft) -> list[dict[str, Any]]:
    return [
        {
            "name": item.name,
            "category": item.category,
            "qualifier": item.quantity_qualifier,
            "quantity": item.quantity,
            "quantity_to": item.quantity_to,
            "unit": item.unit,
        }
        for item in draft.items
    ]


class PledgeReviewForm(forms.Form):
    """A proposed pledge, to be corrected."""

    title = forms.CharField(max_length=300, widget=forms.Textarea(attrs=LONG), help_text="Readers see it.")
    donors = PartiesField()
    donors_as_written = forms.CharField(required=False, max_length=300, label="Donors in words")
    recipients = PartiesField()
    recipients_as_written = forms.CharField(required=False, max_length=300, label="Recipients in words")
    type = forms.ChoiceField(choices=AidType.choices)
    in_kind = forms.BooleanField(required=False, label="In kind", help_text="Goods or services instead of money.")
    finance_type = forms.ChoiceField(choices=FinanceType.choices, label="Finance type")
    qualifier = forms.ChoiceField(choices=Qualifier.choices, label="Amount")
    stated = AmountField(label="Stated amount", help_text="Such as 110m. Empty where none is stated.")
    stated_to = AmountField(label="Upper end", help_text="Only for “From … to …”.")
    currency = CurrencyField()
    announced = WhenField(help_text="2022-02-27, Feb 2022, by 2022-03-01; empty where unknown.")
    stage = forms.ChoiceField(choices=Stage.choices, help_text="How far it has come, by this article.")
    stage_on = WhenField(label="Stage reached on", allowed=MOVE_DAY, help_text="Where it is beyond “Pledged”.")
    channel = PartyField(label="Channel", help_text="The organisation that passes the aid on.")
    public_note = forms.CharField(required=False, label="Public note", widget=forms.Textarea(attrs=LONG))
    private_note = forms.CharField(required=False, label="Private note", widget=forms.Textarea(attrs=LONG))

    LAYOUT: Layout = [
        ("", [["title"]]),
        ("Who", [["donors", "donors_as_written"], ["recipients", "recipients_as_written"]]),
        ("What", [["type", "finance_type", "in_kind"], ["qualifier", "stated", "stated_to", "currency"]]),
        ("When", [["announced"], ["stage", "stage_on"]]),
        ("More", [["channel"], ["public_note"], ["private_note"]]),
    ]

    def __init__(self, data: Any = None, *, proposed: PledgeDraft) -> None:
        self.proposed = proposed
        super().__init__(data, initial=self._initial())
        self.items: BaseFormSet[ItemForm] = _ItemFormSet(data, prefix="items", initial=_item_rows(proposed))

    def _initial(self) -> dict[str, Any]:
        draft = self.proposed
        move = draft.moves[0] if draft.moves else None
        same = ("title", "donors_as_written", "recipients_as_written", "type", "in_kind", "finance_type", "qualifier")
        money = ("stated", "stated_to", "currency", "public_note", "private_note")
        return {
            **{name: getattr(draft, name) for name in (*same, *money)},
            "donors": [share.party_id for share in draft.donors],
            "recipients": [share.party_id for share in draft.recipients],
            "channel": draft.channel_id,
            "announced": When(draft.announced_earliest, draft.announced_latest, draft.announced_precision),
            "stage": move.stage if move else Stage.PLEDGE,
            "stage_on": around(move.day, move.precision) if move else When(),
        }

    @property
    def tables(self) -> list[BaseFormSet[ItemForm]]:
        """The tables beside the fields."""
        return [self.items]

    def is_valid(self) -> bool:
        """With the goods."""
        return super().is_valid() & self.items.is_valid()

    def draft(self) -> PledgeDraft:
        """The pledge as the reviewer wants it."""
        data, was = self.cleaned_data, self.proposed
        when: When = data["announced"]
        plain = ("title", "donors_as_written", "recipients_as_written", "type", "in_kind", "finance_type", "qualifier")
        money = ("stated", "stated_to", "currency", "public_note", "private_note")
        return replace(
            was,
            **{name: data[name] for name in (*plain, *money)},
            donors=_shares(data["donors"], was.donors),
            recipients=_shares(data["recipients"], was.recipients),
            channel_id=data["channel"].pk if data["channel"] else None,
            announced_earliest=when.earliest,
            announced_latest=when.latest,
            announced_precision=when.precision,
            deductions=was.deductions if data["stated"] is not None else (),
            moves=self._moves(),
            items=tuple(self._items()),
        )

    def _moves(self) -> tuple[MoveDraft, ...]:
        stage, when = self.cleaned_data["stage"], self.cleaned_data["stage_on"]
        if stage == Stage.PLEDGE:
            return ()
        first = self.proposed.moves[0] if self.proposed.moves else MoveDraft(stage=stage)
        return (replace(first, stage=stage, day=when.latest, precision=when.precision),)

    def _items(self) -> Iterable[ItemDraft]:
        for form in self.items.forms:
            row = form.cleaned_data
            if row.get("name", "").strip():
                yield ItemDraft(
                    name=row["name"],
                    category=row["category"] or ItemCategory.OTHER.value,
                    quantity=row["quantity"],
                    quantity_to=row["quantity_to"],
                    quantity_qualifier=row["qualifier"] or Qualifier.EXACT.value,
                    unit=row["unit"],
                )


def _shares(parties: Iterable[Party], proposed: tuple[ShareDraft, ...]) -> tuple[ShareDraft, ...]:
    known = {share.party_id: share for share in proposed}
    return tuple(known.get(one, ShareDraft(one)) for one in _chosen(parties, known))


class MeasureReviewForm(forms.Form):
    """A proposed measure, to be corrected."""

    title = forms.CharField(max_length=300, widget=forms.Textarea(attrs=LONG), help_text="Readers see it.")
    imposers = PartiesField()
    imposers_as_written = forms.CharField(required=False, max_length=300, label="Imposers in words")
    targets = PartiesField()
    targets_as_written = forms.CharField(required=False, max_length=300, label="Targets in words")
    target_kind = forms.ChoiceField(choices=TargetKind.choices, label="Kind of target")
    types = forms.MultipleChoiceField(
        choices=MeasureKind.choices,
        label="What is banned",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose what is banned; “Not specified” where the source does not say."},
    )
    sectors = forms.CharField(required=False, max_length=300, help_text="Such as oil or banking.")
    step = forms.ChoiceField(choices=StepKind.choices, label="Step", help_text="What happens to the measure.")
    status = forms.ChoiceField(choices=StepStatus.choices, help_text="Only an adopted step has an effect.")
    step_on = WhenField(label="Day of the step", allowed=STEP_DAY, help_text="Empty where unknown.")
    public_note = forms.CharField(required=False, label="Public note", widget=forms.Textarea(attrs=LONG))
    private_note = forms.CharField(required=False, label="Private note", widget=forms.Textarea(attrs=LONG))

    LAYOUT: Layout = [
        ("", [["title"]]),
        ("Who", [["imposers", "imposers_as_written"], ["targets", "targets_as_written", "target_kind"]]),
        ("What", [["types"], ["sectors"]]),
        ("When", [["step", "status", "step_on"]]),
        ("More", [["public_note"], ["private_note"]]),
    ]
    SAME = ("title", "imposers_as_written", "targets_as_written", "target_kind", "sectors")
    NOTES = ("public_note", "private_note")

    def __init__(self, data: Any = None, *, proposed: MeasureDraft) -> None:
        self.proposed = proposed
        super().__init__(data, initial=self._initial())

    def _initial(self) -> dict[str, Any]:
        draft = self.proposed
        step = draft.steps[0] if draft.steps else StepDraft(precision="unknown")
        return {
            **{name: getattr(draft, name) for name in (*self.SAME, *self.NOTES)},
            "imposers": list(draft.imposers),
            "targets": list(draft.targets),
            "types": list(draft.types),
            "step": step.step,
            "status": step.status,
            "step_on": around(step.adopted_on, step.precision),
        }

    @property
    def tables(self) -> list[BaseFormSet[ItemForm]]:
        """None."""
        return []

    def draft(self) -> MeasureDraft:
        """The measure as the reviewer wants it."""
        data, was = self.cleaned_data, self.proposed
        when: When = data["step_on"]
        step = was.steps[0] if was.steps else StepDraft()
        kept = [code for code in was.types if code in data["types"]]
        return replace(
            was,
            **{name: data[name] for name in (*self.SAME, *self.NOTES)},
            imposers=tuple(_chosen(data["imposers"], was.imposers)),
            targets=tuple(_chosen(data["targets"], was.targets)),
            types=(*kept, *(code for code in data["types"] if code not in kept)),
            steps=(
                replace(
                    step, step=data["step"], status=data["status"], adopted_on=when.latest, precision=when.precision
                ),
            ),
        )


ReviewForm = PledgeReviewForm | MeasureReviewForm

# Fields of the drafts that the forms show under another name.
PLACES = {
    "announced_earliest": "announced",
    "announced_latest": "announced",
    "announced_precision": "announced",
    "moves": "stage_on",
    "steps": "step_on",
}


def review_form(proposed: PledgeDraft | MeasureDraft, data: Any = None) -> ReviewForm:
    """The form for a proposal of either kind."""
    if isinstance(proposed, PledgeDraft):
        return PledgeReviewForm(data, proposed=proposed)
    return MeasureReviewForm(data, proposed=proposed)


def place_errors(form: forms.Form, error: ValidationError) -> None:
    """Put what a service refused beside the fields that it is about."""
    by_field = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    for name, sentences in by_field.items():
        place = PLACES.get(name, name)
        form.add_error(place if place in form.fields else None, sentences)


class MergeForm(forms.Form):
    """Which record a candidate tells of."""

    record = forms.CharField(required=False)  # the id of the chosen suggestion
    public_id = forms.CharField(
        required=False, max_length=20, label="or its id", widget=forms.TextInput(attrs={"size": 14}),
        help_text="Such as P7K3QX2M.",
    )  # fmt: skip
    with_move = forms.BooleanField(required=False)
    with_amount = forms.BooleanField(required=False)
    words = forms.CharField(required=False, max_length=2000, label="Remark")

    def chosen(self) -> str:
        """The public id of the record; what was typed goes before what was picked."""
        return str(self.cleaned_data["public_id"].strip() or self.cleaned_data["record"].strip()).upper()


class RejectForm(forms.Form):
    """Why a candidate is no record."""

    reason = forms.ChoiceField(choices=[("", "Choose a reason"), *RejectReason.choices], required=False)
    words = forms.CharField(required=False, max_length=2000, label="In words")


class StoryForm(forms.Form):
    """Which of a story's waiting candidates are decided at once, and how."""

    candidates = forms.TypedMultipleChoiceField(
        coerce=int, error_messages={"required": "Choose at least one of the claims."}
    )
    decision = forms.ChoiceField(choices=[("accept", "Accept"), ("reject", "Reject")])
    reason = forms.ChoiceField(choices=[("", "Choose a reason"), *RejectReason.choices], required=False)
    words = forms.CharField(required=False, max_length=2000)

    def __init__(self, data: Any = None, *, waiting: Iterable[int]) -> None:
        super().__init__(data)
        offered = self.fields["candidates"]
        if isinstance(offered, forms.ChoiceField):
            offered.choices = [(one, str(one)) for one in waiting]


class TakeBackForm(forms.Form):
    """Why a decision is undone or a candidate reopened, and which decision."""

    undoes = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    words = forms.CharField(required=False, max_length=2000)
