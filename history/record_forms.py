"""Forms of records that are written by services alone.

A form cleans what was typed and nothing else: it touches no model instance and no database row, and it leaves the
judging to the checks of the record's own room, whose sentences are then placed beside the fields.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils import timezone

from history.models import Change
from history.selectors import versions_of

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Any]
    _InlineFormSet = forms.BaseInlineFormSet[Any, Any, Any]
else:
    _ModelForm = forms.ModelForm
    _InlineFormSet = forms.BaseInlineFormSet

SHORT = {"rows": 2, "cols": 80}
LONGEST_ID = 18
ABOUT_THE_CHANGE = {"based_on", "why", "public_reason"}


class UntouchingForm(_ModelForm):
    """A model form that leaves its instance alone: model checks are not run, services make them."""

    def clean(self) -> dict[str, Any]:
        """Nothing across fields; in particular no look at unique columns and constraints."""
        return self.cleaned_data

    def _post_clean(self) -> None:
        """Django would write the cleaned values into the instance here."""

    def stands(self, name: str) -> bool:
        """Whether a field of a stored row was left as it was shown."""
        return self.instance.pk is not None and name not in self.changed_data


class PublicReasonField(forms.CharField):
    """What the public is told of a change of a published record, if anything."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **{
                "required": False,
                "max_length": 2000,
                "label": "Reason for the public",
                "widget": forms.Textarea(attrs=SHORT),
                "help_text": "Optional: told with the correction to everybody. Name no colleague.",
                **kwargs,
            }
        )


class RecordForm(UntouchingForm):
    """The form of a record: says which change it builds on, and why this one is made."""

    based_on = forms.IntegerField(required=False, widget=forms.HiddenInput)
    why = forms.CharField(
        required=False,
        max_length=2000,
        label="Why this change",
        widget=forms.Textarea(attrs=SHORT),
        help_text="Kept in the record's history, for colleagues. Needed where the record is published.",
    )
    public_reason = PublicReasonField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            self.initial["based_on"] = self.instance.last_seq

    def clean(self) -> dict[str, Any]:
        """Refuse an edit of what somebody else changed meanwhile, and an unexplained one of what is public."""
        data = super().clean()
        if self.instance.pk is not None:
            if data.get("based_on") != self.instance.last_seq:
                raise ValidationError(who_was_quicker(self.instance))
            if self.instance.state == "published" and self.changed() and not data.get("why", "").strip():
                self.add_error("why", "The record is public. Say why you change it; its history keeps the reason.")
        return data

    def changed(self) -> set[str]:
        """Names of the record's own fields that differ from what was shown."""
        return set(self.changed_data) - ABOUT_THE_CHANGE

    def about_the_change(self) -> dict[str, str]:
        """The reason for colleagues and, of a published record, the one for the public."""
        public = self.instance.pk is not None and self.instance.state == "published"
        told = self.cleaned_data.get("public_reason", "") if public else ""
        return {"why": self.cleaned_data.get("why", ""), "public_reason": told}


class RowForm(_ModelForm):
    """The form of a row that records refer to: says which change it builds on, and why this one is made."""

    kind = ""  # of its history
    based_on = forms.IntegerField(required=False, widget=forms.HiddenInput)
    why = forms.CharField(
        required=False,
        max_length=2000,
        label="Why this change",
        widget=forms.Textarea(attrs=SHORT),
        help_text="Kept in the history, for colleagues.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            self.initial["based_on"] = self._last_seq()

    def _last_seq(self) -> int:
        last = versions_of(self.kind, self.instance.pk).values_list("since_id", flat=True).first()
        return last or 0

    def clean(self) -> dict[str, Any]:
        """Refuse an edit of what somebody else changed meanwhile."""
        data = super().clean() or self.cleaned_data
        if self.instance.pk is not None and (data.get("based_on") or 0) != self.initial["based_on"]:
            raise ValidationError(_who_was_quicker(self.initial["based_on"]))
        return data


def who_was_quicker(record: Model) -> str:
    """Tells the second of two editors who made the last change, and when."""
    return _who_was_quicker(getattr(record, "last_seq", 0))


def _who_was_quicker(last_seq: int) -> str:
    last = Change.objects.select_related("actor").filter(seq=last_seq).first()
    who = str(last.actor or last.job) if last else "Somebody"
    when = f" at {timezone.localtime(last.at):%H:%M on %d %B %Y}" if last else ""
    return (
        f"{who} changed this record{when}, after you opened it. Nothing of yours was saved. "
        "Open it again in another tab, compare, and enter your correction there."
    )


def _ids(value: Any) -> list[str]:
    """What may be an id among what was sent; Django's own widget would stumble over the rest when it is shown again."""
    return [one for one in map(str, value) if one.isascii() and one.isdecimal() and len(one) <= LONGEST_ID]


class KnownSelect(AutocompleteSelect):
    """A searching choice that need not ask the database for the name of what a stored row has chosen."""

    known: dict[str, str] = {}

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        """The chosen one alone, by its known name; else as Django has it."""
        chosen = _ids(value)
        if len(chosen) != 1 or chosen[0] not in self.known:
            return super().optgroups(name, chosen or [""], attr)
        options = [] if self.is_required else [self.create_option(name, "", "", False, 0)]
        options.append(self.create_option(name, chosen[0], self.known[chosen[0]], True, len(options)))
        return [(None, options, 0)]


class KnownSelectMultiple(AutocompleteSelectMultiple):
    """The same for several."""

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        """As Django has it, for what may be ids."""
        return super().optgroups(name, _ids(value), attr)


class KnownFormSet(_InlineFormSet):
    """The rows of one inline table, whose searching choices know what their rows have chosen."""

    def add_fields(self, form: Any, index: int | None) -> None:
        """Tell searching choices what their row has chosen."""
        super().add_fields(form, index)
        if form.instance.pk is None:
            return
        for name, one in form.fields.items():
            select = getattr(one.widget, "widget", one.widget)
            linked = getattr(form.instance, name) if isinstance(select, KnownSelect) else None
            if linked is not None:
                select.known = {str(linked.pk): str(linked)}


class RecordFormSet(KnownFormSet):
    """The rows of one inline table. Services write them; errors of the whole table can be added from outside."""

    def clean(self) -> None:
        """Nothing: that no row is named twice is checked with the record, in words."""

    def kept(self) -> list[Any]:
        """The forms of rows that shall stand after saving, in their order."""
        gone = set(map(id, self.deleted_forms))
        return [
            form for form in self.forms if id(form) not in gone and (form.instance.pk is not None or form.has_changed())
        ]

    def refuse(self, messages: Iterable[str]) -> None:
        """Show messages above the table."""
        self.non_form_errors().extend(messages)
