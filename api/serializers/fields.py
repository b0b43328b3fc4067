"""Fields that several answers share: exact amounts as texts, codes with a named component in the schema."""

from __future__ import annotations

from typing import Any

from django.db.models import TextChoices
from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.amounts import amount_text, number_text
from reference.currencies import format_minor_units

AMOUNT = {"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?$", "examples": ["110000000.00"]}
NUMBER = {"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?$", "examples": ["12"]}


@extend_schema_field(AMOUNT)
class Amount(serializers.Field[Any, Any, Any, Any]):
    """An attribute in the currency that another attribute names; null where it is not known."""

    def __init__(self, attribute: str, currency: str, **kwargs: Any) -> None:
        self.attribute, self.currency = attribute, currency
        super().__init__(source="*", allow_null=True, **kwargs)

    def to_representation(self, value: Any) -> str | None:
        """The amount as a text with the decimals of its currency."""
        amount = getattr(value, self.attribute)
        return None if amount is None else amount_text(amount, getattr(value, self.currency))


@extend_schema_field(AMOUNT)
class Cents(serializers.Field[Any, Any, Any, Any]):
    """An attribute in minor units of a fixed currency."""

    def __init__(self, attribute: str, currency: str, **kwargs: Any) -> None:
        self.attribute, self.currency = attribute, currency
        super().__init__(source="*", **kwargs)

    def to_representation(self, value: Any) -> str | None:
        """The amount as a text with the decimals of the currency; null where there is none."""
        units = getattr(value, self.attribute)
        return None if units is None else format_minor_units(units, self.currency)


@extend_schema_field(AMOUNT)
class ReportedCents(serializers.Field[Any, Any, Any, Any]):
    """An attribute in minor units of the currency that the answer is in (``currency`` of the context)."""

    def to_representation(self, value: int) -> str:
        """The amount as a text with the decimals of that currency."""
        return format_minor_units(value, self.context["currency"])


@extend_schema_field(NUMBER)
class Number(serializers.Field[Any, Any, Any, Any]):
    """An exact number, such as a rate, a weight or a quantity, as a text."""

    def to_representation(self, value: Any) -> str:
        """The number without trailing zeros."""
        return number_text(value)


class Coded(serializers.Field[Any, Any, Any, Any]):
    """A code of the vocabulary; an empty one is told as null, or as another code that stands for it."""

    def __init__(self, codes: type[TextChoices], name: str = "", instead: str | None = None, **kwargs: Any) -> None:
        self.codes, self.component, self.instead = codes, name or codes.__name__, instead
        super().__init__(**kwargs)

    def to_representation(self, value: str) -> str | None:
        """The code itself."""
        return str(value) or self.instead


class OrNull(serializers.CharField):
    """A text that is told as null where it is empty."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_null=True, **kwargs)

    def to_representation(self, value: Any) -> str | None:  # type: ignore[override]
        """The text, or null."""
        return super().to_representation(value) or None


class CodedExtension(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """Gives each vocabulary one component of the schema, with the meaning of its codes."""

    target_class = "api.serializers.fields.Coded"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> Any:
        """A reference to the vocabulary's component."""
        codes = [choice for choice in self.target.codes if choice.value]
        meaning = "\n".join(f"* `{choice.value}`: {choice.label}" for choice in codes)
        component = ResolvedComponent(  # type: ignore[no-untyped-call]
            name=self.target.component,
            type=ResolvedComponent.SCHEMA,
            object=self.target.codes,
            schema={
                "type": "string",
                "enum": [str(choice.value) for choice in codes],
                "description": f"{(self.target.codes.__doc__ or '').strip()}\n\n{meaning}",
            },
        )
        auto_schema.registry.register_on_missing(component)
        return component.ref
