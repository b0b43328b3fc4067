"""Hosts that are asked, with the pause between two requests, and what their robots.txt says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from ingestion.addresses import shorten
from ingestion.admin.common import ReadOnlyAdmin, staff
from ingestion.models import HostSlot, RobotsFile
from ingestion.services.hosts import set_host_delay
from ingestion.wording import age

if TYPE_CHECKING:
    _HostAdmin = admin.ModelAdmin[HostSlot]
    _RobotsAdmin = admin.ModelAdmin[RobotsFile]
    _HostForm = forms.ModelForm[HostSlot]
else:  # the classes themselves take no parameter when they run
    _HostAdmin = _RobotsAdmin = admin.ModelAdmin
    _HostForm = forms.ModelForm


class HostForm(_HostForm):
    """The pause between two requests to a host."""

    class Meta:
        model = HostSlot
        fields = ["delay_seconds"]
        labels = {"delay_seconds": "Pause between two requests (seconds)"}

    delay_seconds = forms.FloatField(
        label="Pause between two requests (seconds)",
        required=False,
        min_value=0,
        max_value=3600,
        help_text="From 0 to 3,600. Empty: as HOST_DELAY_SECONDS says for the whole installation.",
    )


class RestingFilter(admin.SimpleListFilter):
    """Hosts that asked us to come back later."""

    title = "wish"
    parameter_name = "resting"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """One choice beside all."""
        return [("yes", "Asked us to wait")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[HostSlot]) -> QuerySet[HostSlot]:
        """Those whose pause is not over."""
        return queryset.filter(not_before__gt=timezone.now()).exclude(asked_to_wait="") if self.value() else queryset


@admin.register(HostSlot)
class HostAdmin(_HostAdmin):
    """Hosts. Only their pause is for people to set; the rest is the workers'."""

    form = HostForm
    list_display = ["host", "pause", "free_again", "why", "refusals"]
    list_filter = [RestingFilter]
    search_fields = ["host"]
    fields = ["host", "delay_seconds", "not_before", "asked_to_wait", "refusals", "last_request_at", "claimed_until"]
    readonly_fields = ["host", "not_before", "asked_to_wait", "refusals", "last_request_at", "claimed_until"]

    @admin.display(description="Pause", ordering="delay_seconds")
    def pause(self, slot: HostSlot) -> str:
        """The pause that staff have set for it."""
        return "Usual" if slot.delay_seconds is None else f"{slot.delay_seconds:g} s"

    @admin.display(description="Asked again", ordering="not_before")
    def free_again(self, slot: HostSlot) -> str:
        """How long it is left alone yet."""
        now = timezone.now()
        return f"In {age(now, slot.not_before)}" if slot.not_before is not None and slot.not_before > now else ""

    @admin.display(description="Why it is not asked")
    def why(self, slot: HostSlot) -> str:
        """The beginning of what it said."""
        return shorten(slot.asked_to_wait, 120)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A host comes in by being asked."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: HostSlot | None = None) -> bool:
        """A host that asked for a pause is not to be forgotten."""
        return False

    def save_model(self, request: HttpRequest, obj: HostSlot, form: Any, change: bool) -> None:
        """Hand over to the service that writes and keeps history."""
        delay = form.cleaned_data["delay_seconds"]
        set_host_delay(obj.host, delay_seconds=delay, acting_user=staff(request), now=timezone.now())


@admin.register(RobotsFile)
class RobotsFileAdmin(ReadOnlyAdmin, _RobotsAdmin):
    """What sites allow, as they said last."""

    list_display = ["origin", "state", "first_words", "fetched_at", "expires_at"]
    list_filter = ["state"]
    search_fields = ["origin"]
    fields = ["origin", "state", "words", "text", "fetched_at", "expires_at", "unavailable_since"]

    @admin.display(description="What happened")
    def first_words(self, robots: RobotsFile) -> str:
        """The beginning of what happened when it was asked for."""
        return shorten(robots.words, 120)
