"""Filters of the lists of measures and designations."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from reference.models import Party
from sanctions.models import Evidence, MeasureImposer, MeasureKind, MeasureTarget, MeasureType


class ImposerFilter(admin.SimpleListFilter):
    """By an imposer that occurs."""

    title = "imposer"
    parameter_name = "imposer"
    table: type[MeasureImposer] | type[MeasureTarget] = MeasureImposer

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The parties that occur."""
        occurs = Exists(self.table._default_manager.filter(party=OuterRef("pk")))
        return list(Party.objects.filter(occurs).order_by("name").values_list("code", "name"))

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Measures that name it."""
        if not self.value():
            return queryset
        named = self.table._default_manager.filter(measure=OuterRef("pk"), party__code=self.value())
        return queryset.filter(Exists(named))


class TargetFilter(ImposerFilter):
    """By a target that occurs."""

    title = "target"
    parameter_name = "target"
    table = MeasureTarget


class TypeFilter(admin.SimpleListFilter):
    """By what is banned."""

    title = "type"
    parameter_name = "type"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """All types."""
        return [(str(code), str(label)) for code, label in MeasureKind.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Measures of the type."""
        if not self.value():
            return queryset
        return queryset.filter(Exists(MeasureType.objects.filter(measure=OuterRef("pk"), type=self.value())))


class EvidenceFilter(admin.SimpleListFilter):
    """By whether there is evidence."""

    title = "evidence"
    parameter_name = "evidence"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """With or without."""
        return [("no", "No evidence"), ("yes", "Has evidence")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Measures with or without it."""
        has = Exists(Evidence.objects.filter(measure=OuterRef("pk")))
        if self.value() == "no":
            return queryset.filter(~has)
        return queryset.filter(has) if self.value() == "yes" else queryset


class ChangedFilter(admin.SimpleListFilter):
    """By when it was changed last."""

    title = "last change"
    parameter_name = "changed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Short spans that end now."""
        return [("1", "In the last day"), ("7", "In the last week"), ("30", "In the last 30 days")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Records that were changed since."""
        days = {"1": 1, "7": 7, "30": 30}.get(self.value() or "")
        return queryset if days is None else queryset.filter(modified_at__gte=timezone.now() - timedelta(days=days))
