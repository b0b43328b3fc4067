"""The words of an article as they stood, and the bytes that they were read from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.views.decorators.http import require_GET

from ingestion import blobs
from ingestion.admin.common import ReadOnlyAdmin
from ingestion.models import Revision

if TYPE_CHECKING:
    _RevisionAdmin = admin.ModelAdmin[Revision]
else:  # the class itself takes no parameter when it runs
    _RevisionAdmin = admin.ModelAdmin


@admin.register(Revision)
class RevisionAdmin(ReadOnlyAdmin, _RevisionAdmin):
    """The words of an article as they stood."""

    list_display = ["title", "number", "published_at", "fetched_at", "extract_state", "extractor_version"]
    list_filter = ["extract_state", "article__source"]
    search_fields = ["title"]
    fields = [
        *("article", "number", "title", "text", "author", "language", "published_at", "fetched_at"),
        *("extract_state", "extractor_version", "extract_tries", "extract_error", "attempt"),
        *("bytes_link", "content_type", "found_at"),
    ]

    @admin.display(description="Bytes as fetched")
    def bytes_link(self, revision: Revision) -> str:
        """To the stored bytes, with what they are."""
        if not revision.blob:
            return "Not stored"
        kind = revision.get_blob_kind_display()
        address = reverse("admin:ingestion_revision_bytes", args=[revision.pk])
        return format_html('<a href="{}">Bytes as fetched</a> ({})', address, kind)

    def get_urls(self) -> list[URLPattern]:
        """The address of the bytes beside the usual ones."""
        mine = path(
            "<int:revision_id>/bytes/",
            self.admin_site.admin_view(require_GET(self.bytes_view)),
            name="ingestion_revision_bytes",
        )
        return [mine, *super().get_urls()]

    def bytes_view(self, request: HttpRequest, revision_id: int) -> HttpResponse:
        """The bytes as a file to be kept: whatever they hold, no browser runs or shows them."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        revision = get_object_or_404(Revision, pk=revision_id)
        if not revision.blob:
            raise Http404("The bytes of this revision were not stored.")
        try:
            body = blobs.read(revision.blob)
        except blobs.BlobError as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(reverse("admin:ingestion_revision_change", args=[revision_id]))
        return HttpResponse(
            body,
            content_type="application/octet-stream",
            headers={
                "Content-Disposition": f'attachment; filename="revision-{revision_id}.bin"',
                "X-Content-Type-Options": "nosniff",
            },
        )
