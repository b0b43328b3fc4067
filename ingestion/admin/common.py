"""What the screens of this room share."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ingestion.wording import age


def staff(request: HttpRequest) -> AbstractBaseUser:
    """Who asks; the admin lets in nobody who is not logged in."""
    if not request.user.is_authenticated:
        raise PermissionDenied
    return request.user


def ago(moment: datetime | None) -> str:
    """How long ago a moment was; empty if it is none. Short enough for a list."""
    return f"{age(moment, timezone.now())} ago" if moment is not None else ""


def list_of(model: str, label: str, **filters: object) -> SafeString:
    """A link to a list of this room, filtered."""
    query = "&".join(f"{name}={value}" for name, value in filters.items())
    return format_html('<a href="{}?{}">{}</a>', reverse(f"admin:ingestion_{model}_changelist"), query, label)


class ReadOnlyAdmin:
    """What only the machine writes: to be looked at."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody adds one here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes one here."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is forgotten."""
        return False
