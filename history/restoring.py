"""Brings kept states back to values: what a version held, ready to be entered again.

A version may refer to a record that is gone, or that was closed since. That is refused in words that name it, so that
nobody restores half of what a version said.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field, ForeignKey, Model

from history.models import Version
from history.refusing import Problem, refuse

CLOSED = ("withdrawn", "merged")


def version_at(kind: str, object_id: int, seq: int) -> Version:
    """The version that a change left of a record. Raises ``ValidationError`` where that change left none."""
    found = Version.objects.filter(kind=kind, object_id=object_id, since_id=seq).select_related("since").first()
    if found is None:
        refuse([Problem("", f"Change {seq} left no version of this record.")])
        raise AssertionError  # ``refuse`` has raised
    return found


def values_of(model: type[Model], row: Mapping[str, Any], names: Collection[str] | None = None) -> dict[str, Any]:
    """The columns of a kept row as values of their kind; those that the row does not have yet as on a new one.

    ``names`` are the columns wanted; without them all that the row holds and the model still has.
    """
    wanted = row.keys() if names is None else names
    return {name: _value(column, row, name) for name in wanted if (column := _column(model, name)) is not None}


def _column(model: type[Model], name: str) -> Field[Any, Any] | None:
    try:
        found = model._meta.get_field(name)
    except FieldDoesNotExist:
        return next((one for one in model._meta.concrete_fields if one.attname == name), None)
    return found if isinstance(found, Field) and found.concrete else None


def _value(column: Field[Any, Any], row: Mapping[str, Any], name: str) -> Any:
    return column.to_python(row[name]) if name in row else column.get_default()


def missing(rows: Mapping[str, tuple[type[Model], list[Mapping[str, Any]]]]) -> Iterator[Problem]:
    """What kept rows refer to and what is gone or closed by now, by the name of their list ("" for the record).

    One query for each kind of record that is referred to.
    """
    wanted: dict[type[Model], dict[int, tuple[str, str]]] = {}
    for place, (model, kept) in rows.items():
        links = [one for one in model._meta.concrete_fields if isinstance(one, ForeignKey)]
        for row in kept:
            for link in links:
                if row.get(link.attname) is not None:
                    target = link.remote_field.model
                    wanted.setdefault(target, {}).setdefault(row[link.attname], (place, str(link.verbose_name)))
    for model, named in wanted.items():
        yield from _missing_of(model, named)


def _missing_of(model: type[Model], named: Mapping[int, tuple[str, str]]) -> Iterator[Problem]:
    found = model._default_manager.in_bulk(named)
    what = model._meta.verbose_name
    for pk, (place, link) in named.items():
        one = found.get(pk)
        state = getattr(one, "state", "")
        if one is None:
            words = f"That version refers to {what} no. {pk} ({link}), which is no longer there."
        elif state in CLOSED:
            words = f"That version refers to {one} ({link}), which is {state} by now."
        else:
            continue
        yield Problem(place, f"{words} Enter by hand what still holds of it.")
