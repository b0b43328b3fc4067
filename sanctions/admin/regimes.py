"""Plain admin pages of what measures refer to: programmes with their acts, rounds, targets and designations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from sanctions.forms import ProgrammeForm
from sanctions.models import Designation, LegalAct, Programme, Round, Target, TargetIdentifier, TargetName

if TYPE_CHECKING:
    _ModelAdmin = admin.ModelAdmin[Any]
    _Tabular = admin.TabularInline[Any, Any]
else:
    _ModelAdmin = admin.ModelAdmin
    _Tabular = admin.TabularInline


class Acts(_Tabular):
    """The acts that a programme rests on."""

    model = LegalAct
    extra = 0
    fields = ["title", "identifier", "adopted_on", "url"]


@admin.register(Programme)
class ProgrammeAdmin(_ModelAdmin):
    """Legal regimes."""

    form = ProgrammeForm
    list_display = ["key", "name", "issuer", "dataset"]
    list_display_links = ["key", "name"]
    list_select_related = ["issuer", "dataset"]
    list_filter = ["dataset"]
    search_fields = ["key", "name", "issuer__name"]
    autocomplete_fields = ["issuer", "targets"]
    inlines = [Acts]


@admin.register(LegalAct)
class LegalActAdmin(_ModelAdmin):
    """Regulations, decisions, orders."""

    list_display = ["title", "identifier", "adopted_on", "programme"]
    list_select_related = ["programme"]
    search_fields = ["title", "=identifier", "programme__name"]
    autocomplete_fields = ["programme"]


@admin.register(Round)
class RoundAdmin(_ModelAdmin):
    """Batches of measures that go by one name."""

    list_display = ["name", "number", "issuer", "target", "adopted_on"]
    list_select_related = ["issuer", "target"]
    search_fields = ["name", "issuer__name"]
    autocomplete_fields = ["issuer", "target"]


class LookOnlyAdmin(_ModelAdmin):
    """To look at: lists are taken in by services, which number each change."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False


class Names(_Tabular):
    """The names of a target."""

    model = TargetName
    extra = 0


class Identifiers(_Tabular):
    """The numbers of a target."""

    model = TargetIdentifier
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the countries."""
        return super().get_queryset(request).select_related("country")


@admin.register(Target)
class TargetAdmin(LookOnlyAdmin):
    """Persons, companies, vessels that lists name."""

    list_display = ["public_id", "name", "kind"]
    list_filter = ["kind"]
    search_fields = ["name", "=public_id", "names__name", "=identifiers__value"]
    inlines = [Names, Identifiers]
    show_full_result_count = False


@admin.register(Designation)
class DesignationAdmin(LookOnlyAdmin):
    """One target under one act."""

    list_display = ["public_id", "target", "programme", "listed_on", "ended_on", "state"]
    list_select_related = ["target", "programme"]
    list_filter = ["state", "dataset"]
    search_fields = ["=public_id", "target__name"]
    show_full_result_count = False
