"""Filters of the lists of measures and designations."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest

from history.admin.filters import HasEvidenceFilter
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


class EvidenceFilter(HasEvidenceFilter):
    """By whether there is evidence."""

    table = Evidence
    record = "measure"
