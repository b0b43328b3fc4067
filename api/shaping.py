"""Which members of a record are asked for: ``fields`` leaves members out, ``expand`` adds what a list leaves out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from rest_framework import serializers

from api.filters import read_form
from api.parameters import Codes, Parameter


@dataclass(frozen=True, slots=True)
class Shape:
    """What of each record is told: ``fields`` empty means all of its usual members."""

    fields: tuple[str, ...] = ()
    expand: tuple[str, ...] = ()


class Shaping:
    """What can be asked for of the records of one endpoint.

    ``members`` are the names of the serializer's members; ``expansions`` maps a value of ``expand`` to the member that
    it adds (where ``always`` is set, only to those that ``fields`` names: without ``fields`` it is there anyway). A
    member that ``fields`` names is told, be it one that has to be expanded.
    """

    def __init__(
        self, serializer: type[serializers.Serializer[Any]], expansions: Mapping[str, str], *, always: bool
    ) -> None:
        self.members = tuple(serializer().fields)
        self.expansions = dict(expansions)
        self.always = always

    def parameters(self) -> dict[str, Parameter]:
        """The parameters by name."""
        found: dict[str, Parameter] = {
            "fields": Codes(allowed=self.members, about="Members that each record shall have; by default all of them.")
        }
        if self.expansions:
            told = ", ".join(f"`{name}` adds `{member}`" for name, member in self.expansions.items())
            when = "With `fields`, what shall be told besides" if self.always else "What shall be told of each record"
            found["expand"] = Codes(allowed=tuple(self.expansions), about=f"{when}: {told}.")
        return found

    def read(self, query: QueryDict) -> Shape:
        """What a query asks for. Raises ``WrongParameters`` that list the allowed names."""
        form: type[forms.Form] = type("ShapeQuery", (forms.Form,), dict(self.parameters()))
        asked = read_form(form, query)
        fields, expand = asked["fields"], asked.get("expand", ())
        named = tuple(name for name, member in self.expansions.items() if member in fields and name not in expand)
        return Shape(fields, (*expand, *named))

    def cut(self, members: Mapping[str, Any], shape: Shape) -> Iterable[str]:
        """The members of a serializer that are not told."""
        added = {self.expansions[name] for name in shape.expand}
        hidden = set() if self.always else set(self.expansions.values()) - added
        kept = set(shape.fields) | added if shape.fields else set(members) - hidden
        return [name for name in members if name not in kept]


def shaped(serializer: Any, shaping: Shaping, shape: Shape) -> Any:
    """The serializer, of one record or of many, without the members that are not told."""
    one = getattr(serializer, "child", serializer)
    for name in shaping.cut(one.fields, shape):
        one.fields.pop(name)
    return serializer
