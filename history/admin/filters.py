"""Filters that the lists of all records have in common."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Exists, Model, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone


class HasEvidenceFilter(admin.SimpleListFilter):
    """By whether there is evidence; a list says in which table, and what there names the record."""

    title = "evidence"
    parameter_name = "evidence"
    table: type[Model]
    record = ""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """With or without."""
        return [("no", "No evidence"), ("yes", "Has evidence")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Records with or without it."""
        has = Exists(self.table._default_manager.filter(**{self.record: OuterRef("pk")}))
        if self.value() == "no":
            return queryset.filter(~has)
        return queryset.filter(has) if self.value() == "yes" else queryset


class ChangedFilter(admin.SimpleListFilter):
    """By when a record was changed last."""

    title = "last change"
    parameter_name = "changed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Short spans that end now."""
        return [("1", "In the last day"), ("7", "In the last week"), ("30", "In the last 30 days")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Records that were changed since."""
        days = {"1": 1, "7": 7, "30": 30}.get(self.value() or "")
        return queryset if days is None else queryset.filter(modified_at__gte=timezone.now() - timedelta(days=days))
