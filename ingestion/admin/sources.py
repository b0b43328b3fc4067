"""Sources, how they are doing, and what staff can do with them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_GET, require_POST

from history.admin import HistoryAdmin
from ingestion import services, tasks
from ingestion.addresses import shorten
from ingestion.admin import health, watching
from ingestion.admin.common import ago, list_of, staff
from ingestion.forms import FORM_FIELDS, SourceForm
from ingestion.models import Source, SourceKind
from ingestion.services.notices import standing
from ingestion.services.sources import EXPECTATIONS
from ingestion.wording import every

HOW_IT_IS_DOING = (
    *("state", "last_success_at", "last_error_at", "last_error", "failures", "hard_failures", "present_pace"),
    *("next_poll_at", "moved_from", "attempts_link", "articles_link", "created_at"),
)
PACE_HELP = "Each source has a pace of its own, between these two: the more often it brings something, the quicker."
EXPECTATION_HELP = (
    "Once an hour it is looked whether it brings as much as you expect; a notice tells you if not. A new source is "
    "given its first week, or month, before it can bring too little."
)


@admin.register(Source)
class SourceAdmin(HistoryAdmin):
    """Sources, how they are doing, and what staff can do with them."""

    record_kind = "source"
    form = SourceForm
    change_form_template = "admin/ingestion/source/change_form.html"
    change_list_template = "admin/ingestion/source/change_list.html"
    list_display = ["name", "short_kind", "state", "last_success", "last_trouble", "next_poll"]
    list_filter = ["state", "kind"]
    search_fields = ["name", "url", "publisher"]
    actions = ["fetch_now", "pause", "resume"]
    readonly_fields = [*HOW_IT_IS_DOING]
    fieldsets = [
        (None, {"fields": ["name", "kind", "url", "link_selector", "publisher", "official", "fetch_pages"]}),
        (
            "How often it is polled",
            {"fields": ["poll_floor", "poll_ceiling"], "description": PACE_HELP},
        ),
        (
            "What is expected of it",
            {"fields": list(EXPECTATIONS), "description": EXPECTATION_HELP},
        ),
        ("How it is doing", {"fields": [*HOW_IT_IS_DOING]}),
    ]

    class Media:
        css = {"all": ["ingestion/admin.css"]}

    @admin.display(description="Kind", ordering="kind")
    def short_kind(self, source: Source) -> str:
        """The kind in one word."""
        return source.kind.capitalize()

    @admin.display(description="Last success", ordering="last_success_at")
    def last_success(self, source: Source) -> str:
        """How long ago it was read with success."""
        return ago(source.last_success_at)

    @admin.display(description="Next poll", ordering="next_poll_at")
    def next_poll(self, source: Source) -> str:
        """When it is looked at again, in words."""
        return health.next_poll(source, timezone.now()) if source.kind != SourceKind.SINGLE else ""

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

    @admin.display(description="Present pace")
    def present_pace(self, source: Source) -> str:
        """How often it is polled just now."""
        return every(source.poll_interval).capitalize() if source.poll_interval is not None else "Not known yet"

    @admin.display(description="Moved from")
    def moved_from(self, source: Source) -> str:
        """Its address before its server sent us elsewhere for good."""
        if source.moved_at is None:
            return ""
        return f"{source.former_url} ({source.moved_at:%Y-%m-%d})"

    def get_fieldsets(self, request: HttpRequest, obj: Source | None = None) -> Any:
        """A new source has nothing to report yet; one that is there has only the fields of its kind."""
        if obj is None:
            return self.fieldsets[:3]
        if obj.kind == SourceKind.SINGLE:
            return [(None, {"fields": ["name", "kind", "publisher", "official", "articles_link", "created_at"]})]
        unfit = {"link_selector"} if obj.kind != SourceKind.INDEX else set()
        unfit |= {"fetch_pages"} if obj.kind != SourceKind.FEED else set()
        first = [field for field in self.fieldsets[0][1]["fields"] if field not in unfit]
        return [(None, {"fields": first}), *self.fieldsets[1:]]

    def get_readonly_fields(self, request: HttpRequest, obj: Source | None = None) -> Any:
        """The kind of a source never changes: its articles came in that way."""
        return ["kind", *self.readonly_fields] if obj else self.readonly_fields

    def has_delete_permission(self, request: HttpRequest, obj: Source | None = None) -> bool:
        """A source is paused, never deleted: its articles rest on it."""
        return False

    def save_model(self, request: HttpRequest, obj: Source, form: Any, change: bool) -> None:
        """Hand over to the service that writes and keeps history."""
        now = timezone.now()
        values: Any = {name: getattr(obj, name) for name in ("name", "url", *FORM_FIELDS)}
        if change:
            services.change_source(obj.pk, **values, acting_user=staff(request), now=now)
        else:
            obj.pk = services.create_source(kind=obj.kind, **values, acting_user=staff(request), now=now).pk
        if obj.kind != SourceKind.SINGLE:
            tasks.enqueue_poll(obj.pk)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """With the notices that stand for it."""
        may_see = object_id.isdigit() and request.user.has_perm("ingestion.view_notice")
        notices = list(standing().filter(source_id=object_id).select_related("source")) if may_see else []
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), "notices": notices})

    def get_urls(self) -> list[URLPattern]:
        """The pages and the buttons' addresses beside the usual ones."""
        shown = [
            path("health/", self.admin_site.admin_view(self.health_view), name="ingestion_source_health"),
            path("<int:source_id>/watch/", self.admin_site.admin_view(self.watch_view), name="ingestion_source_watch"),
            path(
                "<int:source_id>/watch/progress/",
                self.admin_site.admin_view(require_GET(self.progress_view)),
                name="ingestion_source_progress",
            ),
        ]
        pressed = [
            path(f"<int:source_id>/{name}/", self.admin_site.admin_view(require_POST(view)), name=f"source_{name}")
            for name, view in (
                ("fetch_now", self._press_fetch),
                ("pause", self._press_pause),
                ("resume", self._press_resume),
            )
        ]
        return [*shown, *pressed, *super().get_urls()]

    def health_view(self, request: HttpRequest) -> HttpResponse:
        """How each source is doing."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        shown = health.context(request, now=timezone.now())
        return self._show(request, "health", "Source health", may_change=self.has_change_permission(request), **shown)

    def watch_view(self, request: HttpRequest, source_id: int) -> HttpResponse:
        """How far a fetch is that someone asked for."""
        source, now = self._source_to_see(request, source_id), timezone.now()
        since = watching.since_of(request, now)
        address = reverse("admin:ingestion_source_progress", args=[source_id])
        return self._show(
            request,
            "watch",
            f"Fetching {source.name}",
            source=source,
            state=watching.state(request, source, now=now),
            address=f"{address}?{urlencode({'since': since.isoformat()})}",
            stop_after=int(watching.STOP_AFTER.total_seconds()),
            now=now,
        )

    def progress_view(self, request: HttpRequest, source_id: int) -> HttpResponse:
        """The same for the page's script."""
        source = self._source_to_see(request, source_id)
        answer = watching.state(request, source, now=timezone.now())
        return JsonResponse(answer, headers={"Cache-Control": "no-store"})

    def _source_to_see(self, request: HttpRequest, source_id: int) -> Source:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return get_object_or_404(Source, pk=source_id)

    def _show(self, request: HttpRequest, template: str, title: str, **shown: Any) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "title": title, "opts": self.opts, **shown}
        return TemplateResponse(request, f"admin/ingestion/source/{template}.html", context)

    def _press_fetch(self, request: HttpRequest, source_id: int) -> HttpResponse:
        source, now = self._source_to_change(request, source_id), timezone.now()
        if not self._fetch(request, source, now):
            return HttpResponseRedirect(reverse("admin:ingestion_source_change", args=[source_id]))
        return HttpResponseRedirect(watching.watch_address(source_id, now))

    def _press_pause(self, request: HttpRequest, source_id: int) -> HttpResponse:
        self._pause(request, self._source_to_change(request, source_id))
        return HttpResponseRedirect(reverse("admin:ingestion_source_change", args=[source_id]))

    def _press_resume(self, request: HttpRequest, source_id: int) -> HttpResponse:
        self._resume(request, self._source_to_change(request, source_id))
        return HttpResponseRedirect(reverse("admin:ingestion_source_change", args=[source_id]))

    def _source_to_change(self, request: HttpRequest, source_id: int) -> Source:
        source = get_object_or_404(Source, pk=source_id)
        if not self.has_change_permission(request, source):
            raise PermissionDenied
        return source

    @admin.action(description="Fetch now", permissions=["change"])
    def fetch_now(self, request: HttpRequest, queryset: QuerySet[Source]) -> None:
        """Poll the chosen sources as soon as a worker is free."""
        now = timezone.now()
        for source in queryset:
            if self._fetch(request, source, now):
                said = '{} is fetched as soon as a worker is free. <a href="{}">Watch it</a>.'
                messages.success(request, format_html(said, source.name, watching.watch_address(source.pk, now)))

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

    def _fetch(self, request: HttpRequest, source: Source, now: datetime) -> bool:
        """Whether it can be fetched; if not, a message says why."""
        try:
            services.request_fetch(source.pk, acting_user=staff(request), now=now)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return False
        tasks.enqueue_poll(source.pk)
        return True

    def _pause(self, request: HttpRequest, source: Source) -> None:
        services.pause_source(source.pk, acting_user=staff(request), now=timezone.now())
        messages.success(request, f"{source.name} is paused. It is not polled until you resume it.")

    def _resume(self, request: HttpRequest, source: Source) -> None:
        services.resume_source(source.pk, acting_user=staff(request), now=timezone.now())
        tasks.enqueue_poll(source.pk)
        messages.success(request, f"{source.name} is polled again.")
