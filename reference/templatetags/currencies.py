"""The list of currencies that fields of ``reference.forms.CurrencyField`` offer."""

from __future__ import annotations

from typing import Any

from django import template

from reference.currencies import currency_names
from reference.forms import CURRENCY_LIST

register = template.Library()


@register.inclusion_tag("reference/currencies.html")
def currency_list() -> dict[str, Any]:
    """A ``<datalist>`` of codes and names; once on each page that asks for a currency."""
    return {"id": CURRENCY_LIST, "currencies": currency_names().items()}
