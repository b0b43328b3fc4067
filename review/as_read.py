"""What each field of the review form held as it was read, in words, to be shown beside what the reviewer made of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from review.forms import ReviewForm, review_form

NOTHING = "nothing"


def as_read(form: ReviewForm) -> dict[str, str]:
    """By the fields' names, as the page shows the values; parties and other choices by their labels."""
    fresh = review_form(form.proposed)
    read = {name: _words(fresh[name]) for name in fresh.fields}
    for table in fresh.tables:
        for row in table.forms:
            read |= {row[name].html_name: _words(row[name]) for name in row.fields}
    return read


def _words(bound: forms.BoundField) -> str:
    field, value = bound.field, bound.value()
    if isinstance(field, forms.BooleanField):
        return "yes" if value else "no"
    if isinstance(field, forms.ModelChoiceField):
        return _parties(field, value)
    if isinstance(field, forms.ChoiceField):
        chosen = value if isinstance(value, list) else [value]
        return ", ".join(str(label) for code, label in _flat(field.choices) if code in chosen) or NOTHING
    return str(field.widget.format_value(value) or "").strip() or NOTHING


def _parties(field: forms.ModelChoiceField[Any], value: Any) -> str:
    chosen = value if isinstance(value, list) else [value]
    ids = [one for one in chosen if one not in (None, "")]
    if not ids or field.queryset is None:
        return NOTHING
    names = {one.pk: field.label_from_instance(one) for one in field.queryset.filter(pk__in=ids)}
    return ", ".join(names[one] for one in ids if one in names) or NOTHING


def _flat(choices: Any) -> Iterable[tuple[Any, Any]]:
    for code, label in choices:
        yield from label if isinstance(label, list | tuple) else [(code, label)]
