"""What was given out: editions and releases, to be looked at. They are made by the schedule and by commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from interchange.publishing.models import Edition

if TYPE_CHECKING:
    _ModelAdmin = admin.ModelAdmin[Edition]
else:  # the class itself takes no parameter when it runs
    _ModelAdmin = admin.ModelAdmin


@admin.register(Edition)
class EditionAdmin(_ModelAdmin):
    """Nothing is added, changed or deleted here: a release is frozen for ever."""

    list_display = ["key", "scope", "release", "seq", "made_at", "confirmed_at"]
    list_filter = ["scope", ("release", admin.EmptyFieldListFilter)]
    search_fields = ["key", "release", "note"]
    readonly_fields = ["listed_files"]
    fields = ["key", "scope", "release", "note", "seq", "changed_at", "licence", "citation", "listed_files", "rows",
              "remarks", "software", "made_at", "confirmed_at", "by"]  # fmt: skip

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never: ``manage.py release`` makes one."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Edition | None = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Edition | None = None) -> bool:
        """Never: old nights are taken away by the schedule, releases by nobody."""
        return False

    @admin.display(description="Files")
    def listed_files(self, row: Edition) -> SafeString:
        """Each file with its size and hash, to be downloaded."""
        files: Any = row.files.all()
        return format_html_join(
            "",
            "<div>{} {} <code>{}</code></div>",
            (
                (format_html('<a href="/api/v1/downloads/{}/{}">{}</a>', row.key, file.name, file.name),
                 filesizeformat(file.bytes), file.sha256)
                for file in files
            ),
        )  # fmt: skip
