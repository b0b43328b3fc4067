"""The tables of rows on a record's page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from history.admin.shared import CLOSED, without_side_doors
from history.record_forms import KnownSelect, RecordFormSet

if TYPE_CHECKING:
    _Inline = admin.options.InlineModelAdmin[Any, Any]
    _Tabular = admin.TabularInline[Any, Any]
    _Stacked = admin.StackedInline[Any, Any]
else:
    _Inline = admin.options.InlineModelAdmin
    _Tabular = admin.TabularInline
    _Stacked = admin.StackedInline


class RecordInline(_Inline):
    """A table of rows that belong to a record: who may change the record may change them."""

    formset = RecordFormSet
    extra = 0
    rows_when_new = 0

    def _parent_permission(self, request: HttpRequest, action: str, obj: Model | None) -> bool:
        if obj is not None and getattr(obj, "state", "") in CLOSED and action != "view":
            return False
        options = self.parent_model._meta
        return request.user.has_perm(f"{options.app_label}.{action}_{options.model_name}")

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """As for the record."""
        return self._parent_permission(request, "view", obj) or self._parent_permission(request, "change", obj)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """As for the record; who may add a record fills in its tables."""
        return self._parent_permission(request, "change" if obj is not None and obj.pk else "add", obj)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """As for changing the record."""
        return self.has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """As for changing the record."""
        return self.has_change_permission(request, obj)

    def get_extra(self, request: HttpRequest, obj: Model | None = None, **kwargs: Any) -> int:
        """Empty rows to begin with: only on a new record, and only where most records have one."""
        return self.rows_when_new if obj is None or obj.pk is None else 0

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """A table of many rows asks for the names of what they chose once, not row by row."""
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", KnownSelect(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Choices of other records stay choices."""
        return without_side_doors(super().formfield_for_dbfield(db_field, request, **kwargs))


class RecordTable(RecordInline, _Tabular):
    """One row a line."""


class RecordStack(RecordInline, _Stacked):
    """One row a block, for rows with many fields."""
