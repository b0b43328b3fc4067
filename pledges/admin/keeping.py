"""Plain admin pages of what pledges refer to: the price list, running totals that were claimed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin

from pledges.forms import PriceForm, RunningTotalForm
from pledges.models import Price, RunningTotalClaim

if TYPE_CHECKING:
    _ModelAdmin = admin.ModelAdmin[Any]
else:
    _ModelAdmin = admin.ModelAdmin


@admin.register(Price)
class PriceAdmin(_ModelAdmin):
    """Unit prices that staff keep. A value that was frozen by a price does not move with it."""

    form = PriceForm
    list_display = ["item", "unit", "amount", "currency", "valid_from", "source"]
    list_filter = ["currency"]
    search_fields = ["item", "source"]
    fields = ["item", "unit", ("amount", "currency"), "source", "valid_from"]


@admin.register(RunningTotalClaim)
class RunningTotalAdmin(_ModelAdmin):
    """Totals that somebody stated: checks on ours, never pledges."""

    form = RunningTotalForm
    list_display = ["donor", "recipient", "type", "amount", "currency", "day"]
    list_select_related = ["donor", "recipient"]
    list_filter = ["type", "currency"]
    search_fields = ["donor__name", "recipient__name", "quote"]
    autocomplete_fields = ["donor", "recipient"]
    fields = ["donor", "recipient", "type", ("qualifier", "amount", "currency"), ("day", "since"), "url", "quote"]
