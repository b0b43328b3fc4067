"""Admin pages of what measures refer to: programmes with their acts, rounds."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest

from history.admin import ReadOnlyAdmin, RowAdmin, RowTable
from history.wording import Vocabulary
from sanctions.forms import ProgrammeForm, RoundForm
from sanctions.kept import PROGRAMME, ROUND
from sanctions.models import Designation, LegalAct, Measure, Programme, Round


def count_of(model: type[Measure] | type[Designation], link: str) -> Coalesce:
    """How many rows of a model point to a row of a list, without joining them."""
    rows = model._default_manager.filter(**{link: OuterRef("pk")}).order_by().values(link)
    return Coalesce(Subquery(rows.annotate(count=Count("pk")).values("count")), 0)


class Acts(RowTable):
    """The acts that a programme rests on."""

    model = LegalAct
    fields = ["title", "identifier", "adopted_on", "url"]
    verbose_name_plural = "legal acts"


@admin.register(Programme)
class ProgrammeAdmin(RowAdmin):
    """Legal regimes."""

    kind = PROGRAMME
    form = ProgrammeForm
    vocabulary = Vocabulary(labels={"legal_acts": "Legal act", "measures_provided": "Measures provided for"})
    list_display = ["key", "name", "issuer", "measures_count", "designations_count", "dataset"]
    list_display_links = ["key", "name"]
    list_select_related = ["issuer", "dataset"]
    list_filter = ["dataset", ("issuer", admin.RelatedOnlyFieldListFilter)]
    search_fields = ["key", "name", "issuer__name", "legal_acts__identifier", "legal_acts__title"]
    search_help_text = "Search by key, name, issuer or legal act."
    autocomplete_fields = ["issuer", "targets"]
    inlines = [Acts]
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet[Programme]:
        """For the list: with how many measures and designations each has."""
        rows = super().get_queryset(request)
        match = request.resolver_match
        if match is not None and match.url_name == "sanctions_programme_changelist":
            rows = rows.annotate(
                measures_found=count_of(Measure, "programme"), designations_found=count_of(Designation, "programme")
            )
        return rows

    @admin.display(description="Measures", ordering="measures_found")
    def measures_count(self, programme: Any) -> int:
        """How many measures it has."""
        return int(programme.measures_found)

    @admin.display(description="Designations", ordering="designations_found")
    def designations_count(self, programme: Any) -> int:
        """How many designations it has."""
        return int(programme.designations_found)


@admin.register(LegalAct)
class LegalActAdmin(ReadOnlyAdmin):
    """Regulations, decisions, orders: to look up. They are kept on the page of their programme, with its history."""

    list_display = ["title", "identifier", "adopted_on", "programme"]
    list_select_related = ["programme"]
    search_fields = ["title", "=identifier", "programme__name"]
    search_help_text = "Search by title, number or programme."
    list_per_page = 50


@admin.register(Round)
class RoundAdmin(RowAdmin):
    """Batches of measures that go by one name."""

    kind = ROUND
    form = RoundForm
    list_display = ["name", "number", "issuer", "target", "adopted_on"]
    list_select_related = ["issuer", "target"]
    list_filter = [("issuer", admin.RelatedOnlyFieldListFilter)]
    search_fields = ["name", "issuer__name"]
    autocomplete_fields = ["issuer", "target"]
    list_per_page = 50
