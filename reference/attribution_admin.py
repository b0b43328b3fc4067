"""The admin page of attribution keys: to look at, as they are loaded whole from a file."""

from __future__ import annotations

from django.contrib import admin

from history.admin import ReadOnlyAdmin
from reference.models import AttributionShare


@admin.register(AttributionShare)
class AttributionShareAdmin(ReadOnlyAdmin):
    """By which shares an institution's aid is attributed to its members; ``manage.py load_attribution`` loads them."""

    list_display = ["institution", "valid_from", "member", "weight", "source"]
    list_select_related = ["institution", "member"]
    list_filter = ["valid_from"]
    search_fields = ["=institution__code", "=member__code", "source"]
