"""Handing in files, and watching how they are taken in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from history.admin import acting_user
from interchange import tasks, uploads
from interchange.models import FileImport, ImportState

if TYPE_CHECKING:
    _ModelAdmin = admin.ModelAdmin[FileImport]
    _ModelForm = forms.ModelForm[FileImport]
else:  # the classes themselves take no parameter when they run
    _ModelAdmin = admin.ModelAdmin
    _ModelForm = forms.ModelForm

UNFINISHED = (ImportState.QUEUED, ImportState.RUNNING)
SECONDS_BETWEEN_LOOKS = 2
COUNTS = ("rows", "made", "updated", "unchanged")


class UploadForm(_ModelForm):
    """A file and what it is."""

    file = forms.FileField(help_text="It is taken in as a whole or not at all; taken in again it changes nothing.")

    class Meta:
        model = FileImport
        fields = ["kind", "dry_run"]

    def clean_file(self) -> uploads.KeptFile:
        """The file, kept; not larger than what is taken."""
        file = self.cleaned_data["file"]
        if file.size > uploads.LARGEST_UPLOAD:
            raise ValidationError(f"The file has {file.size:,} bytes; {uploads.LARGEST_UPLOAD:,} are the most.")
        return uploads.keep_file(file.name, file.read())


@admin.register(FileImport)
class FileImportAdmin(_ModelAdmin):
    """Files that were handed in. Taking one in publishes records, so it needs the right to publish."""

    form = UploadForm
    list_display = ["file_name", "kind", "state", "dry_run", "by", "queued_at"]
    list_filter = ["state", "kind"]
    list_select_related = ["by"]
    actions = ["take_in_again"]
    told = ["file_name", "kind", "dry_run", "by", "queued_at", "state", "progress", "words", "counts", "facts",
            "left_out", "remarks"]  # fmt: skip

    def has_add_permission(self, request: HttpRequest) -> bool:
        """For those who may publish."""
        both = ("pledges.publish_pledge", "sanctions.publish_measure")
        return super().has_add_permission(request) and request.user.has_perms(both)

    def has_change_permission(self, request: HttpRequest, obj: FileImport | None = None) -> bool:
        """A file that was handed in is looked at."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: FileImport | None = None) -> bool:
        """Never: it is told here who took in what."""
        return False

    def get_fields(self, request: HttpRequest, obj: FileImport | None = None) -> Any:
        """The form for a new file; the report for one that was handed in."""
        return ["kind", "file", "dry_run"] if obj is None else self.told

    def get_readonly_fields(self, request: HttpRequest, obj: FileImport | None = None) -> Any:
        """All that is told."""
        return [] if obj is None else self.told

    def save_model(self, request: HttpRequest, obj: FileImport, form: Any, change: bool) -> None:
        """Queue by the service, and have a worker take it in."""
        made = uploads.queue_file(
            form.cleaned_data["file"],
            kind=obj.kind,
            dry_run=obj.dry_run,
            acting_user=acting_user(request),
            now=timezone.now(),
        )
        obj.pk, obj.file_name, obj.state = made.pk, made.file_name, made.state
        tasks.send(made.pk)

    def response_add(self, request: HttpRequest, obj: FileImport, post_url_continue: str | None = None) -> HttpResponse:
        """To the page of the file, where its progress is seen."""
        messages.success(request, f"{obj.file_name} was handed in; a worker takes it in.")
        return HttpResponseRedirect(reverse("admin:interchange_fileimport_change", args=[obj.pk]))

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """While it is unfinished, the page looks again every other second."""
        response = super().render_change_form(request, context, *args, **kwargs)
        obj = kwargs.get("obj")
        if isinstance(obj, FileImport) and obj.state in UNFINISHED:
            response["Refresh"] = str(SECONDS_BETWEEN_LOOKS)
        return response

    @admin.action(permissions=["add"], description="Take in again what was refused or left behind")
    def take_in_again(self, request: HttpRequest, queryset: QuerySet[FileImport]) -> None:
        """Queue anew; what is done or being done stays."""
        again = [pk for pk in queryset.values_list("pk", flat=True) if uploads.queue_again(pk, now=timezone.now())]
        for pk in again:
            tasks.send(pk)
        messages.info(request, f"{len(again)} of {queryset.count()} files are taken in again.")

    @admin.display(description="Progress")
    def progress(self, row: FileImport) -> str:
        """How many records are done."""
        if row.state not in UNFINISHED:
            return "finished"
        found = uploads.progress_of(row.pk)
        return f"{found[0]:,} of {found[1]:,} records" if found else "reading the file"

    @admin.display(description="Records")
    def counts(self, row: FileImport) -> str:
        """Rows read, records made, updated and unchanged."""
        return ", ".join(f"{name} {row.report[name]:,}" for name in COUNTS if name in row.report)

    @admin.display(description="To be known")
    def facts(self, row: FileImport) -> SafeString:
        """What the import says of the whole."""
        return _lines(f"{name}: {words}" for name, words in row.report.get("facts", {}).items())

    @admin.display(description="Left out")
    def left_out(self, row: FileImport) -> SafeString:
        """Rows that were not taken in, and why."""
        return _lines(row.report.get("left_out", []))

    @admin.display(description="Remarks")
    def remarks(self, row: FileImport) -> SafeString:
        """Rows that were taken in and are odd."""
        return _lines(row.report.get("remarks", []))


def _lines(texts: Any) -> SafeString:
    return format_html_join("", "<div>{}</div>", ((text,) for text in texts))
