"""The action with which staff take imported records into the tracker's own."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from history.admin import acting_user
from pledges.adopting import adopt_pledge
from pledges.models import Pledge


@admin.action(permissions=["add"], description="Adopt selected imported records as drafts of our own")
def adopt_selected(modeladmin: Any, request: HttpRequest, queryset: QuerySet[Pledge]) -> None:
    """Adopt each by itself, packages before their parts, and tell how many were and why others were not."""
    adopted = 0
    for pledge in queryset.order_by(F("package_id").asc(nulls_first=True), "pk"):
        try:
            adopt_pledge(pledge.pk, now=timezone.now(), acting_user=acting_user(request))
            adopted += 1
        except ValidationError as error:
            messages.warning(request, f"{pledge.public_id}: {' '.join(error.messages)}")
    if adopted:
        word = "record was adopted as a draft" if adopted == 1 else "records were adopted as drafts"
        messages.success(request, f"{adopted} {word} of our own.")
