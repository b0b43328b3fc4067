"""Publishing, withdrawing and merging records: the base of the admin pages of pledges, measures and designations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from history.admin.past import is_closed
from history.admin.saving import SavingAdmin
from history.admin.shared import CLOSED
from history.record_forms import SHORT, KnownSelect


class MergeForm(forms.Form):
    """Into which record another one is merged."""

    into: forms.ModelChoiceField[Any]
    why = forms.CharField(required=False, max_length=2000, widget=forms.Textarea(attrs=SHORT), label="Why")


class WithdrawForm(forms.Form):
    """Why a record is withdrawn."""

    reason = forms.CharField(
        max_length=2000,
        label="Reason",
        widget=forms.Textarea(attrs={"rows": 3, "cols": 80}),
        help_text="The public is told this reason in place of the record.",
        error_messages={"required": "Say why it is withdrawn; the public is told this reason."},
    )


class RecordAdmin(SavingAdmin):
    """Base of the admin pages of what is published."""

    list_per_page = 50
    show_full_result_count = False
    actions = ["publish_selected"]
    merges = True

    # --- what each record's admin fills in ----------------------------------------------------------------------------
    def publish(self, request: HttpRequest, record_id: int) -> None:
        """Publish by the record's service."""
        raise NotImplementedError

    def withdraw(self, request: HttpRequest, record_id: int, reason: str) -> None:
        """Withdraw by the record's service."""
        raise NotImplementedError

    def merge(self, request: HttpRequest, record_id: int, into_id: int, why: str) -> None:
        """Merge by the record's service."""
        raise NotImplementedError

    # --- pages --------------------------------------------------------------------------------------------------------
    def get_urls(self) -> list[URLPattern]:
        """Django's pages, and those for withdrawing and merging."""
        views: dict[str, Callable[..., HttpResponse]] = {"withdraw": self.withdraw_view}
        if self.merges:
            views["merge"] = self.merge_view
        own = [
            path(f"<path:object_id>/{name}/", self.admin_site.admin_view(view), name=self.page_name(name))
            for name, view in views.items()
        ]
        return [*own, *super().get_urls()]

    def _can_merge(self) -> bool:
        return self.merges

    @admin.action(description="Publish the selected records", permissions=["publish"])
    def publish_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Publish each by itself; those that cannot be are named with the reason."""
        published = 0
        for record in queryset.order_by("pk"):
            try:
                self.publish(request, record.pk)
                published += 1
            except ValidationError as error:
                messages.error(request, f"{record} was not published. {' '.join(error.messages)}")
        if published:
            messages.success(request, f"{published} published.")

    def withdraw_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask for the public reason, then withdraw."""
        record = self._closable(request, object_id)
        form = WithdrawForm(request.POST or None)
        return self._act(
            request,
            record,
            form,
            lambda: self.withdraw(request, record.pk, form.cleaned_data["reason"]),
            words=("Withdraw", "It leaves the public record. Its address then answers with the reason.", "withdrawn"),
        )

    def merge_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask into which record, then merge."""
        record = self._closable(request, object_id)
        form = MergeForm(request.POST or None)
        candidates = self.model._default_manager.exclude(pk=record.pk).exclude(state__in=CLOSED)
        form.fields["into"] = forms.ModelChoiceField(
            candidates,
            label="Into",
            widget=KnownSelect(self.model._meta.get_field("merged_into"), self.admin_site),
            help_text="The record that stays. Evidence moves there, and the old address leads there.",
            error_messages={"required": "Choose the record that stays."},
        )
        form.order_fields(["into", "why"])
        return self._act(
            request,
            record,
            form,
            lambda: self.merge(request, record.pk, form.cleaned_data["into"].pk, form.cleaned_data["why"]),
            words=("Merge", "For two records of one and the same thing.", "merged"),
        )

    def _closable(self, request: HttpRequest, object_id: str) -> Any:
        if not self.has_publish_permission(request) or not self.has_view_or_change_permission(request):
            raise PermissionDenied
        record = self.get_object(request, unquote(object_id))
        if record is None or is_closed(record):
            raise PermissionDenied
        return record

    def _act(
        self,
        request: HttpRequest,
        record: Any,
        form: forms.Form,
        act: Callable[[], None],
        *,
        words: tuple[str, str, str],
    ) -> HttpResponse:
        if request.method == "POST" and form.is_valid():
            try:
                act()
            except ValidationError as error:
                form.add_error(None, error.messages)
            else:
                messages.success(request, f"{record.public_id} was {words[2]}.")
                return HttpResponseRedirect(self.address("change", record.pk))
        context = {
            **self.admin_site.each_context(request),
            "title": f"{words[0]} {record}",
            "explanation": words[1],
            "button": words[0],
            "form": form,
            "media": self.media + form.media,
            "opts": self.opts,
            "original": record,
        }
        return TemplateResponse(request, "history/record_action.html", context)
