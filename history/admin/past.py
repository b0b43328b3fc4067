"""The history page of a record, and the page that brings an earlier version back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from history.admin.shared import CLOSED
from history.models import Version
from history.record_forms import SHORT, PublicReasonField
from history.selectors import versions_of
from history.wording import FieldWords, Vocabulary, entries, words_between

if TYPE_CHECKING:
    _ModelAdmin = admin.ModelAdmin[Any]
else:
    _ModelAdmin = admin.ModelAdmin

VERSIONS_A_PAGE = 50


class RestoreForm(forms.Form):
    """Why an earlier version comes back."""

    based_on = forms.IntegerField(widget=forms.HiddenInput)
    why = forms.CharField(
        max_length=2000,
        label="Why",
        widget=forms.Textarea(attrs=SHORT),
        help_text="Kept in the record's history, for colleagues.",
        error_messages={"required": "Say why the earlier version comes back; the history keeps the reason."},
    )
    public_reason = PublicReasonField()


class HistoryAdmin(_ModelAdmin):
    """Base of the admin pages of all that has a history: who changed what, when and why; and back to a version."""

    record_kind = ""
    vocabulary = Vocabulary()
    entered: tuple[str, ...] = ()  # what people enter, by the names in the kept state: this is what comes back

    class Media:
        """How records look, on their list and on their page."""

        css = {"all": ["history/records.css"]}

    def restore(self, request: HttpRequest, record: Any, seq: int, said: dict[str, Any]) -> None:
        """Restore by the record's service. ``said``: the cleaned ``RestoreForm``. Raises ``ValidationError``."""
        raise NotImplementedError

    def may_restore(self, request: HttpRequest, record: Any) -> bool:
        """Who may change a record may restore it, unless it is closed."""
        return bool(self.entered) and self.has_change_permission(request, record)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: nothing that has a history is forgotten."""
        return False

    def message_user(
        self, request: HttpRequest, message: Any, level: Any = messages.INFO, *args: Any, **kw: Any
    ) -> Any:
        """Do not say that something was changed where nothing was."""
        if level == messages.SUCCESS and getattr(request, "nothing_was_saved", False):
            return None
        return super().message_user(request, message, level, *args, **kw)

    def nothing_to_save(self, request: HttpRequest) -> None:
        """Tell that a form said what stands already."""
        request.nothing_was_saved = True  # type: ignore[attr-defined]
        messages.info(request, "Nothing was changed, so nothing was saved.")

    # --- pages --------------------------------------------------------------------------------------------------------
    def get_urls(self) -> list[URLPattern]:
        """Django's pages, and the one that restores, where there is something to restore."""
        if not self.entered:
            return super().get_urls()
        view = self.admin_site.admin_view(self.restore_view)
        return [
            path("<path:object_id>/restore/<int:seq>/", view, name=self.page_name("restore")),
            *super().get_urls(),
        ]

    def page_name(self, page: str) -> str:
        """The name of one of this record's pages."""
        return f"{self.opts.app_label}_{self.opts.model_name}_{page}"

    def address(self, page: str, *args: Any) -> str:
        """The address of one of this record's pages."""
        return reverse(f"{self.admin_site.name}:{self.page_name(page)}", args=args)

    def _record(self, request: HttpRequest, object_id: str) -> Any:
        record = self.get_object(request, unquote(object_id))
        if record is None:
            raise Http404(f"There is no {self.opts.verbose_name} with the id {object_id}.")
        return record

    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> Any:
        """Who changed what, when and why, field by field."""
        record = self._record(request, object_id)
        if not self.has_view_or_change_permission(request, record):
            raise PermissionDenied
        versions = versions_of(self.record_kind, record.pk)
        page = Paginator(versions, VERSIONS_A_PAGE).get_page(request.GET.get("p"))
        first = page.start_index() - 1 if page.paginator.count else 0
        # One more than the page shows: the oldest on it is told against the one before.
        shown = list(versions[first : first + VERSIONS_A_PAGE + 1])
        context = {
            **self.admin_site.each_context(request),
            "title": f"History of {record}",
            "entries": entries(
                self.model,
                shown,
                self.vocabulary,
                shown=VERSIONS_A_PAGE,
                restore=self._restorable(request, record, shown),
            ),
            "told_as": ("Before", "After"),
            "page": page,
            "opts": self.opts,
            "original": record,
            **(extra_context or {}),
        }
        return TemplateResponse(request, "history/record_history.html", context)

    def _restorable(self, request: HttpRequest, record: Any, versions: list[Version]) -> dict[int, str]:
        """The addresses at which versions can be restored, by change: of all but those that say what stands."""
        if not self.may_restore(request, record):
            return {}
        current = versions_of(self.record_kind, record.pk).first()
        stands = self._content(current) if current is not None else {}
        return {
            version.since_id: self.address("restore", record.pk, version.since_id)
            for version in versions
            if self._content(version) != stands
        }

    def _content(self, version: Version) -> dict[str, Any]:
        return {name: version.state.get(name) for name in self.entered}

    def restore_view(self, request: HttpRequest, object_id: str, seq: int) -> HttpResponse:
        """Show what would change, ask why, and restore."""
        record = self._record(request, object_id)
        if not self.may_restore(request, record):
            raise PermissionDenied
        version = versions_of(self.record_kind, record.pk).filter(since_id=seq).first()
        current = versions_of(self.record_kind, record.pk).first()
        if version is None or current is None:
            raise Http404(f"Change {seq} left no version of {record}.")
        form = RestoreForm(request.POST or None, initial={"based_on": current.since_id})
        if getattr(record, "state", "") != "published":
            del form.fields["public_reason"]
        if request.method == "POST" and form.is_valid():
            try:
                self.restore(request, record, seq, {"public_reason": "", **form.cleaned_data})
            except ValidationError as error:
                form.add_error(None, error.messages)
            else:
                messages.success(request, f"The version of change {seq} holds again.")
                return HttpResponseRedirect(self.address("change", record.pk))
        return self._ask(request, record, version, form, self._to_change(current, version))

    def _to_change(self, current: Version, version: Version) -> list[FieldWords]:
        return words_between(self.model, self._content(current), self._content(version), self.vocabulary)

    def _ask(
        self, request: HttpRequest, record: Any, version: Version, form: forms.Form, changes: list[FieldWords]
    ) -> HttpResponse:
        who = version.since.actor or version.since.job
        state = "It stays published." if getattr(record, "state", "") == "published" else ""
        context = {
            **self.admin_site.each_context(request),
            "title": f"Restore an earlier version of {record}",
            "explanation": (
                f"As it stood after change {version.since_id} by {who}, on {version.since.at:%d %B %Y at %H:%M} UTC. "
                f"This becomes a new change; nothing is taken out of the history. {state}"
            ).strip(),
            "changes": changes,
            "told_as": ("Now", "Restored"),
            "button": "Restore",
            "form": form,
            "media": self.media + form.media,
            "opts": self.opts,
            "original": record,
        }
        return TemplateResponse(request, "history/record_action.html", context)


def is_closed(record: Any) -> bool:
    """Whether a record can only be looked at."""
    return getattr(record, "state", "") in CLOSED
