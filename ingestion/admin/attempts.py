"""Each fetch and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin

from ingestion.addresses import shorten
from ingestion.admin.common import ReadOnlyAdmin
from ingestion.models import FetchAttempt

if TYPE_CHECKING:
    _AttemptAdmin = admin.ModelAdmin[FetchAttempt]
else:  # the class itself takes no parameter when it runs
    _AttemptAdmin = admin.ModelAdmin


@admin.register(FetchAttempt)
class FetchAttemptAdmin(ReadOnlyAdmin, _AttemptAdmin):
    """Each fetch and what came of it."""

    list_display = ["started_at", "source", "outcome", "first_words", "added", "revised", "unchanged", "unusable"]
    list_filter = ["outcome", "source"]
    list_select_related = ["source"]
    date_hierarchy = "started_at"

    @admin.display(description="Words")
    def first_words(self, attempt: FetchAttempt) -> str:
        """The beginning of what happened."""
        return shorten(attempt.words, 160)
