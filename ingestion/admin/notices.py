"""Notices: the list of all of them, and the button that puts one away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from ingestion import services
from ingestion.addresses import shorten
from ingestion.admin.common import ReadOnlyAdmin, ago, staff
from ingestion.models import Notice
from ingestion.services.notices import standing

if TYPE_CHECKING:
    _NoticeAdmin = admin.ModelAdmin[Notice]
else:  # the class itself takes no parameter when it runs
    _NoticeAdmin = admin.ModelAdmin


class StandingFilter(admin.SimpleListFilter):
    """Notices that staff should still see, unless others are asked for."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """All of them; those that stand are the choice without a parameter."""
        return [("all", "All")]

    def choices(self, changelist: Any) -> Any:
        """*Standing* where Django would say *All*."""
        first, *others = super().choices(changelist)
        yield {**first, "display": "Standing"}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet[Notice]) -> QuerySet[Notice]:
        """Those that stand, or all."""
        if self.value() == "all":
            return queryset
        return queryset.filter(over_at__isnull=True, put_away_by__isnull=True)


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin, _NoticeAdmin):
    """What the jobs told staff."""

    change_form_template = "admin/ingestion/notice/change_form.html"
    list_display = ["kind", "about", "first_words", "raised", "state"]
    list_filter = [StandingFilter, "kind"]
    list_select_related = ["source", "put_away_by"]
    search_fields = ["words", "source__name"]
    fields = ["kind", "source", "words", "raised_at", "state", "over_at", "mailed_at"]

    @admin.display(description="Source", ordering="source__name")
    def about(self, notice: Notice) -> str:
        """The source that it is about."""
        return shorten(notice.source.name, 60) if notice.source else ""

    @admin.display(description="Raised", ordering="raised_at")
    def raised(self, notice: Notice) -> str:
        """How long ago it was raised."""
        return ago(notice.raised_at)

    @admin.display(description="Words")
    def first_words(self, notice: Notice) -> str:
        """The beginning of what it says."""
        return shorten(notice.words, 160)

    @admin.display(description="State")
    def state(self, notice: Notice) -> str:
        """Whether it stands."""
        if notice.put_away_by:
            return f"Put away by {notice.put_away_by.get_username()}"
        return "Over" if notice.over_at else "Standing"

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Offer the button while it stands."""
        stands = object_id.isdigit() and standing().filter(pk=object_id).exists()
        offered = stands and request.user.has_perm("ingestion.change_notice")
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), "may_put_away": offered})

    def get_urls(self) -> list[URLPattern]:
        """The button's address beside the usual ones."""
        mine = path(
            "<int:notice_id>/put-away/",
            self.admin_site.admin_view(require_POST(self.put_away)),
            name="ingestion_notice_put_away",
        )
        return [mine, *super().get_urls()]

    def put_away(self, request: HttpRequest, notice_id: int) -> HttpResponse:
        """Put a notice away, and go back to where it was pressed."""
        if not request.user.has_perm("ingestion.change_notice"):
            raise PermissionDenied
        get_object_or_404(Notice, pk=notice_id)
        try:
            services.put_away_notice(notice_id, acting_user=staff(request), now=timezone.now())
        except ValidationError as error:
            messages.warning(request, " ".join(error.messages))
        else:
            messages.success(request, "The notice is put away. It is raised again if it happens anew.")
        back = request.POST.get("next", "")
        safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
        return HttpResponseRedirect(back if safe else reverse("admin:ingestion_notice_changelist"))
