"""Columns that stand in several tables of the aid record: what they hold, and how exactly."""

from __future__ import annotations

from typing import Any

from django.db import models

from reference.fields import ExactDecimalField


def unit_price_column(**options: Any) -> ExactDecimalField:
    """Prices in published price lists have up to 16 decimals."""
    return ExactDecimalField(max_digits=34, decimal_places=16, **options)


def quantity_column(help_text: str = "") -> ExactDecimalField:
    """Quantities in published workbooks have up to 14 decimals (averages of several lots)."""
    return ExactDecimalField(max_digits=30, decimal_places=14, null=True, blank=True, help_text=help_text)


def amount_column(help_text: str) -> ExactDecimalField:
    return ExactDecimalField(max_digits=24, decimal_places=4, null=True, blank=True, help_text=help_text)


def minor_units_column(help_text: str) -> models.BigIntegerField[int | None, int | None]:
    return models.BigIntegerField(null=True, blank=True, editable=False, help_text=help_text)
