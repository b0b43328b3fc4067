"""The admin pages of reference data: parties, memberships, rates, datasets, yearly figures."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone

import reference.attribution_admin  # noqa: F401 - registers its page
from history.admin import ReadOnlyAdmin, RowAdmin, RowTable, acting_user
from history.wording import Vocabulary
from reference.forms import DatasetForm, PartyFigureForm, PartyForm, RateForm
from reference.kept import DATASET, PARTY, PARTY_FIGURE, RATE
from reference.models import Dataset, Membership, Party, PartyFigure, Rate, RateRefresh
from reference.services import enter_rate


class Memberships(RowTable):
    """The groups that a party belongs to, with dates."""

    model = Membership
    fk_name = "member"
    autocomplete_fields = ["group"]
    verbose_name_plural = "groups that it belongs to"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With group and member, as each row names both."""
        return super().get_queryset(request).select_related("group", "member")


@admin.register(Party)
class PartyAdmin(RowAdmin):
    """Countries, organisations, groups, funds."""

    kind = PARTY
    form = PartyForm
    vocabulary = Vocabulary(labels={"groups": "Groups that it belongs to"}, hidden=frozenset({"member_id"}))
    list_display = ["code", "name", "kind", "parent"]
    list_display_links = ["code", "name"]
    list_select_related = ["parent"]
    list_filter = ["kind"]
    search_fields = ["name", "=code", "=alpha3"]
    search_help_text = "Search by name or code."
    autocomplete_fields = ["parent"]
    inlines = [Memberships]
    list_per_page = 50


@admin.register(Rate)
class RateAdmin(ReadOnlyAdmin):
    """Exchange rates. One that the ECB lacks can be added with its source; a correction is added again."""

    record_kind = RATE.name
    form = RateForm
    list_display = ["day", "currency", "per_euro", "source", "entered_by", "recorded_at"]
    list_select_related = ["entered_by"]
    list_filter = ["currency"]
    search_fields = ["=currency", "source"]
    date_hierarchy = "day"
    show_full_result_count = False
    fields = ["currency", "day", "per_euro", "source"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """As Django has it."""
        return request.user.has_perm("reference.add_rate")

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        """By the service that keeps rates; the form has made its checks."""
        kept = enter_rate(**form.entered(), acting_user=acting_user(request), now=timezone.now())
        obj.pk = kept.pk
        obj.refresh_from_db()
        self.message_user(request, "Pledges that waited for this rate are converted within a few minutes.")


@admin.register(RateRefresh)
class RateRefreshAdmin(ReadOnlyAdmin):
    """What came of each attempt to load rates."""

    list_display = ["started_at", "succeeded", "added", "last_day", "words"]
    list_filter = ["succeeded"]


@admin.register(Dataset)
class DatasetAdmin(RowAdmin):
    """The tracker's own record, and imported ones."""

    kind = DATASET
    form = DatasetForm
    list_display = ["key", "name", "publisher", "licence", "redistributable"]
    search_fields = ["key", "name"]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        """The key is what answers and imports go by; it stays."""
        return ["key"] if obj is not None else []


@admin.register(PartyFigure)
class PartyFigureAdmin(RowAdmin):
    """Gross domestic product and population by year."""

    kind = PARTY_FIGURE
    form = PartyFigureForm
    list_display = ["party", "measure", "year", "value", "currency", "source"]
    list_select_related = ["party"]
    list_filter = ["measure", "year"]
    search_fields = ["party__name", "=party__code"]
    autocomplete_fields = ["party"]
