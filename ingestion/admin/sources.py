"""Sources, how they are doing, and what staff can do with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from ingestion import services, tasks
from ingestion.addresses import shorten
from ingestion.admin.common import list_of, staff
from ingestion.forms import SourceForm
from ingestion.models import Source, SourceKind

if TYPE_CHECKING:
    _SourceAdmin = admin.ModelAdmin[Source]
else:  # the class itself takes no parameter when it runs
    _SourceAdmin = admin.ModelAdmin


@admin.register(Source)
class SourceAdmin(_SourceAdmin):
    """Sources, how they are doing, and what staff can do with them."""

    form = SourceForm
    change_form_template = "admin/ingestion/source/change_form.html"
    list_display = ["name", "short_kind", "state", "last_success_at", "last_trouble", "next_poll_at", "attempts_link"]
    list_filter = ["state", "kind"]
    search_fields = ["name", "url", "publisher"]
    actions = ["fetch_now", "pause", "resume"]
    readonly_fields = [
        *("state", "next_poll_at", "last_success_at", "last_error_at", "last_error", "failures"),
        *("attempts_link", "articles_link", "created_at"),
    ]
    fieldsets = [
        (None, {"fields": ["name", "kind", "url", "publisher", "official", "fetch_pages", "poll_floor"]}),
        (
            "How it is doing",
            {
                "fields": [
                    *("state", "next_poll_at", "last_success_at", "last_error_at", "last_error", "failures"),
                    *("attempts_link", "articles_link", "created_at"),
                ]
            },
        ),
    ]

    class Media:
        css = {"all": ["ingestion/admin.css"]}

    @admin.display(description="Kind", ordering="kind")
    def short_kind(self, source: Source) -> str:
        """The kind in one word."""
        return source.kind.capitalize()

    @admin.display(description="Last error")
    def last_trouble(self, source: Source) -> str:
        """The last failure, as long as no success has followed it."""
        recovered = source.last_success_at and source.last_error_at and source.last_success_at > source.last_error_at
        return "" if recovered else shorten(source.last_error, 120)

    @admin.display(description="Attempts")
    def attempts_link(self, source: Source) -> str:
        """To what its fetches came."""
        return list_of("fetchattempt", "Attempts", source__id__exact=source.pk) if source.pk else ""

    @admin.display(description="Articles")
    def articles_link(self, source: Source) -> str:
        """To its articles."""
        return list_of("article", "Articles", source__id__exact=source.pk) if source.pk else ""

    def get_fieldsets(self, request: HttpRequest, obj: Source | None = None) -> Any:
        """A new source has nothing to report yet."""
        return self.fieldsets if obj else self.fieldsets[:1]

    def get_readonly_fields(self, request: HttpRequest, obj: Source | None = None) -> Any:
        """The kind of a source never changes: its articles came in that way."""
        return ["kind", *self.readonly_fields] if obj else self.readonly_fields

    def has_delete_permission(self, request: HttpRequest, obj: Source | None = None) -> bool:
        """A source is paused, never deleted: its articles rest on it."""
        return False

    def save_model(self, request: HttpRequest, obj: Source, form: Any, change: bool) -> None:
        """Hand over to the service that writes and keeps history."""
        now, values = timezone.now(), form.cleaned_data
        common = {name: values[name] for name in ("name", "url", "publisher", "official", "fetch_pages", "poll_floor")}
        if change:
            services.change_source(obj.pk, **common, acting_user=staff(request), now=now)
        else:
            made = services.create_source(kind=values["kind"], **common, acting_user=staff(request), now=now)
            obj.pk = made.pk
        if obj.kind != SourceKind.SINGLE:
            tasks.enqueue_poll(obj.pk)

    def get_urls(self) -> list[URLPattern]:
        """The buttons' addresses beside the usual ones."""
        mine = [
            path(f"<int:source_id>/{name}/", self.admin_site.admin_view(require_POST(view)), name=f"source_{name}")
            for name, view in (
                ("fetch_now", self._press_fetch),
                ("pause", self._press_pause),
                ("resume", self._press_resume),
            )
        ]
        return [*mine, *super().get_urls()]

    def _press_fetch(self, request: HttpRequest, source_id: int) -> HttpResponse:
        return self._press(request, source_id, self._fetch)

    def _press_pause(self, request: HttpRequest, source_id: int) -> HttpResponse:
        return self._press(request, source_id, self._pause)

    def _press_resume(self, request: HttpRequest, source_id: int) -> HttpResponse:
        return self._press(request, source_id, self._resume)

    def _press(self, request: HttpRequest, source_id: int, act: Any) -> HttpResponse:
        source = get_object_or_404(Source, pk=source_id)
        if not self.has_change_permission(request, source):
            raise PermissionDenied
        act(request, source)
        return HttpResponseRedirect(reverse("admin:ingestion_source_change", args=[source_id]))

    @admin.action(description="Fetch now", permissions=["change"])
    def fetch_now(self, request: HttpRequest, queryset: QuerySet[Source]) -> None:
        """Poll the chosen sources as soon as a worker is free."""
        for source in queryset:
            self._fetch(request, source)

    @admin.action(description="Pause", permissions=["change"])
    def pause(self, request: HttpRequest, queryset: QuerySet[Source]) -> None:
        """Stop polling the chosen sources."""
        for source in queryset:
            self._pause(request, source)

    @admin.action(description="Resume", permissions=["change"])
    def resume(self, request: HttpRequest, queryset: QuerySet[Source]) -> None:
        """Poll the chosen sources again."""
        for source in queryset:
            self._resume(request, source)

    def _fetch(self, request: HttpRequest, source: Source) -> None:
        try:
            services.request_fetch(source.pk, acting_user=staff(request), now=timezone.now())
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return
        tasks.enqueue_poll(source.pk)
        said = format_html(
            "{} is fetched as soon as a worker is free. {} tell what came of it.",
            source.name,
            list_of("fetchattempt", "Its attempts", source__id__exact=source.pk),
        )
        messages.success(request, said)

    def _pause(self, request: HttpRequest, source: Source) -> None:
        services.pause_source(source.pk, acting_user=staff(request), now=timezone.now())
        messages.success(request, f"{source.name} is paused. It is not polled until you resume it.")

    def _resume(self, request: HttpRequest, source: Source) -> None:
        services.resume_source(source.pk, acting_user=staff(request), now=timezone.now())
        tasks.enqueue_poll(source.pk)
        messages.success(request, f"{source.name} is polled again.")
