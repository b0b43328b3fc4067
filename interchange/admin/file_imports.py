"""Handing in files, and watching how they are taken in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from history.admin import acting_user
from interchange import several, tasks, uploads
from interchange.admin.exporting import export_list
from interchange.models import FileImport, FileKind, ImportState
from interchange.own_form.importing import DESKS

if TYPE_CHECKING:
    _ModelAdmin = admin.ModelAdmin[FileImport]
    _ModelForm = forms.ModelForm[FileImport]
else:  # the classes themselves take no parameter when they run
    _ModelAdmin = admin.ModelAdmin
    _ModelForm = forms.ModelForm

UNFINISHED = (ImportState.QUEUED, ImportState.RUNNING)
SECONDS_BETWEEN_LOOKS = 2
COUNTS = ("rows", "made", "updated", "unchanged")


class SeveralFilesInput(forms.ClearableFileInput):
    """Takes one file or several."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One file or several, not larger together than what is taken."""

    widget = SeveralFilesInput

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Each file by itself; then all of them."""
        files = [super(FilesField, self).clean(one, initial) for one in data or [None]]
        size = sum(one.size for one in files)
        if size > uploads.LARGEST_UPLOAD:
            raise ValidationError(f"The file has {size:,} bytes; {uploads.LARGEST_UPLOAD:,} are the most.")
        return files


class UploadForm(_ModelForm):
    """A file and what it is."""

    file = FilesField(
        help_text="It is taken in as a whole or not at all; taken in again it changes nothing. "
        "Several pages of flows, or several tables of corrections, are handed in together."
    )

    class Meta:
        model = FileImport
        fields = ["kind", "why", "dry_run"]
        widgets = {"why": forms.Textarea(attrs={"rows": 2, "cols": 80})}

    def clean(self) -> dict[str, Any]:
        """Keep the files once all else is right."""
        found = super().clean() or self.cleaned_data
        kind, files = found.get("kind"), found.get("file")
        if kind == FileKind.RECORD and not (found.get("why") or "").strip():
            self.add_error("why", "Say why the records are corrected; the history keeps the reason.")
        if files and len(files) > 1 and kind not in uploads.OF_SEVERAL:
            self.add_error("file", "Hand in one file; only flows and corrections come in several.")
        if files and not self.errors:
            name, content = several.pack([(one.name, one.read()) for one in files])
            found["kept"] = uploads.keep_file(name, content)
        return found


@admin.register(FileImport)
class FileImportAdmin(_ModelAdmin):
    """Files that were handed in. Taking one in publishes records, so it needs the right to publish."""

    form = UploadForm
    list_display = ["file_name", "kind", "how_far", "dry_run", "by", "queued_at"]
    list_filter = ["state", "kind"]
    list_select_related = ["by"]
    actions = ["take_in_again"]
    told = ["file_name", "kind", "why", "dry_run", "by", "queued_at", "how_far", "progress", "words", "counts", "facts",
            "changes", "left_out", "remarks"]  # fmt: skip
    change_form_template = "interchange/file_import.html"

    @admin.display(description="State", ordering="state")
    def how_far(self, obj: FileImport) -> str:
        """How far it has come, in words."""
        return obj.how_far

    def has_add_permission(self, request: HttpRequest) -> bool:
        """For those who may take in something."""
        return bool(kinds_for(request))

    def has_change_permission(self, request: HttpRequest, obj: FileImport | None = None) -> bool:
        """A file that was handed in is looked at."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: FileImport | None = None) -> bool:
        """Never: it is told here who took in what."""
        return False

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Of the kinds those that the person may take in."""
        if db_field.name == "kind" and request is not None:
            kwargs["choices"] = [(code, label) for code, label in FileKind.choices if code in kinds_for(request)]
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_fields(self, request: HttpRequest, obj: FileImport | None = None) -> Any:
        """The form for a new file; the report for one that was handed in."""
        return ["kind", "file", "why", "dry_run"] if obj is None else self.told

    def get_readonly_fields(self, request: HttpRequest, obj: FileImport | None = None) -> Any:
        """All that is told."""
        return [] if obj is None else self.told

    def save_model(self, request: HttpRequest, obj: FileImport, form: Any, change: bool) -> None:
        """Queue by the service, and have a worker take it in."""
        made = uploads.queue_file(
            form.cleaned_data["kept"],
            kind=obj.kind,
            # Corrections are looked at before they are kept.
            dry_run=obj.dry_run or obj.kind == FileKind.RECORD,
            why=obj.why,
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
        """One button, as each file leads to a page of its own, which looks again while the file is unfinished."""
        obj = kwargs.get("obj")
        context |= {"show_save_and_add_another": False, "show_save_and_continue": False}
        if isinstance(obj, FileImport):
            went_well = obj.dry_run and obj.state == ImportState.DONE
            confirmed = FileImport.objects.filter(confirms=obj.pk).first()
            context["may_confirm"] = went_well and confirmed is None and obj.kind in kinds_for(request)
            context["confirmed"] = confirmed
        response = super().render_change_form(request, context, *args, **kwargs)
        if isinstance(obj, FileImport) and obj.state in UNFINISHED:
            response["Refresh"] = str(SECONDS_BETWEEN_LOOKS)
        return response

    # --- confirming a dry run, exporting lists ------------------------------------------------------------------------
    def get_urls(self) -> list[URLPattern]:
        """Django's pages, the confirming of a dry run, and the exports of lists."""
        own = [
            path(
                "<int:import_id>/confirm/",
                self.admin_site.admin_view(self.confirm_view),
                name="interchange_fileimport_confirm",
            ),
            path(
                "export/<str:app_label>/<str:model_name>.<str:form>",
                self.admin_site.admin_view(export_list),
                name="interchange_export",
            ),
        ]
        return [*own, *super().get_urls()]

    def confirm_view(self, request: HttpRequest, import_id: int) -> HttpResponse:
        """Take a file in for good whose dry run somebody has looked at."""
        row = self.get_object(request, str(import_id))
        if request.method != "POST" or row is None or row.kind not in kinds_for(request):
            raise PermissionDenied
        try:
            made = uploads.confirm_file(import_id, acting_user=acting_user(request), now=timezone.now())
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return HttpResponseRedirect(reverse("admin:interchange_fileimport_change", args=[import_id]))
        tasks.send(made.pk)
        messages.success(request, f"{made.file_name} is taken in now, as the dry run told.")
        return HttpResponseRedirect(reverse("admin:interchange_fileimport_change", args=[made.pk]))

    @admin.action(permissions=["add"], description="Take in again what was refused or left behind")
    def take_in_again(self, request: HttpRequest, queryset: QuerySet[FileImport]) -> None:
        """Queue anew; what is done or being done stays."""
        own = queryset.filter(kind__in=kinds_for(request))
        again = [pk for pk in own.values_list("pk", flat=True) if uploads.queue_again(pk, now=timezone.now())]
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

    @admin.display(description="What becomes of the rows")
    def changes(self, row: FileImport) -> SafeString:
        """What each row changes, or would change."""
        return _lines(row.report.get("changes", []))

    @admin.display(description="Left out")
    def left_out(self, row: FileImport) -> SafeString:
        """Rows that were not taken in, and why."""
        return _lines(row.report.get("left_out", []))

    @admin.display(description="Remarks")
    def remarks(self, row: FileImport) -> SafeString:
        """Rows that were taken in and are odd."""
        return _lines(row.report.get("remarks", []))


def kinds_for(request: HttpRequest) -> set[str]:
    """The kinds of files that a person may take in: sources by who publishes, corrections by who corrects by hand."""
    found: set[str] = set()
    both = ("interchange.add_fileimport", "pledges.publish_pledge", "sanctions.publish_measure")
    if request.user.has_perms(both):
        found |= {str(kind) for kind in FileKind if kind != FileKind.RECORD}
    if any(request.user.has_perm(f"{desk.room}.change_{desk.what}") for desk in DESKS):
        found.add(str(FileKind.RECORD))
    return found


def _lines(texts: Any) -> SafeString:
    return format_html_join("", "<div>{}</div>", ((text,) for text in texts))
