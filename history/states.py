"""Turns a record's rows into plain JSON, as versions keep them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import DecimalField, Field, Model


def fields_of(record: Model, left_out: Collection[str]) -> dict[str, Any]:
    """A row's columns by name, without those left out; amounts as texts without loss, days and moments in ISO form.

    An amount has the decimals that its column keeps, so that a row just written and the same row read again are equal.
    """
    return {
        field.attname: _plain(field, getattr(record, field.attname))
        for field in record._meta.concrete_fields
        if field.name not in left_out
    }


def _plain(field: Field[Any, Any], value: Any) -> Any:
    if isinstance(value, Decimal) and isinstance(field, DecimalField):
        return f"{value:.{field.decimal_places}f}"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value
