"""Files of addresses that the command ``backfill`` took, with what became of each line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from ingestion.addresses import shorten
from ingestion.admin.common import ReadOnlyAdmin, list_of
from ingestion.models import Backfill, BackfillLine, LineState

if TYPE_CHECKING:
    _BackfillAdmin = admin.ModelAdmin[Backfill]
    _LineAdmin = admin.ModelAdmin[BackfillLine]
else:  # the classes themselves take no parameter when they run
    _BackfillAdmin = _LineAdmin = admin.ModelAdmin


@admin.register(Backfill)
class BackfillAdmin(ReadOnlyAdmin, _BackfillAdmin):
    """Each file, how far it is, and the way to its lines."""

    list_display = ["name", "source", "started_at", "finished_at", "how_far", "lines_link"]
    list_select_related = ["source"]
    fields = ["name", "source", "started_at", "finished_at", "how_far", "lines_link", "digest"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Backfill]:
        """With the numbers of lines, in one query."""
        return (
            super()
            .get_queryset(request)
            .annotate(
                lines_all=Count("lines"),
                lines_waiting=Count("lines", filter=Q(lines__state=LineState.WAITING)),
                lines_failed=Count("lines", filter=Q(lines__state=LineState.FAILED)),
            )
        )

    @admin.display(description="How far")
    def how_far(self, backfill: Backfill) -> str:
        """How many lines are answered for."""
        total, waiting = int(getattr(backfill, "lines_all", 0)), int(getattr(backfill, "lines_waiting", 0))
        failed = int(getattr(backfill, "lines_failed", 0))
        told = f"{total - waiting:,} of {total:,} lines"
        return f"{told}, {failed:,} could not be had" if failed else told

    @admin.display(description="Lines")
    def lines_link(self, backfill: Backfill) -> SafeString:
        """To what became of each line."""
        return list_of("backfillline", "Lines", backfill__id__exact=backfill.pk)


@admin.register(BackfillLine)
class BackfillLineAdmin(ReadOnlyAdmin, _LineAdmin):
    """Each line and what became of it."""

    list_display = ["number", "first_written", "state", "first_words", "tries"]
    list_display_links = ["number", "first_written"]
    list_filter = ["state", "backfill"]
    search_fields = ["written"]
    fields = ["backfill", "number", "written", "host", "state", "words", "tries", "due_at", "article"]
    show_full_result_count = False

    @admin.display(description="Line", ordering="written")
    def first_written(self, line: BackfillLine) -> str:
        """The beginning of what it says."""
        return shorten(line.written, 100)

    @admin.display(description="What happened")
    def first_words(self, line: BackfillLine) -> str:
        """The beginning of what happened."""
        return shorten(line.words, 120)
