"""What all admin pages of records share: who acts, which records are closed, choices without side doors."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from history.restoring import CLOSED

__all__ = ["CLOSED", "acting_user", "without_side_doors"]


def acting_user(request: HttpRequest) -> AbstractBaseUser:
    """The person who is logged in."""
    if not isinstance(request.user, AbstractBaseUser):
        raise PermissionDenied
    return request.user


def without_side_doors(field: Any) -> Any:
    """A choice of another record without the links that add, change or delete that one from here."""
    if isinstance(getattr(field, "widget", None), RelatedFieldWidgetWrapper):
        wrapper = field.widget
        wrapper.can_add_related = wrapper.can_change_related = wrapper.can_delete_related = False
        wrapper.can_view_related = False
    return field
