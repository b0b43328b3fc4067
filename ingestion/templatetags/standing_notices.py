"""The notices that stand, for the admin's front page."""

from __future__ import annotations

from typing import Any

from django import template

from ingestion.services.notices import standing

register = template.Library()
MOST = 6


@register.inclusion_tag("admin/ingestion/notice/list.html", takes_context=True)
def notices_for_staff(context: dict[str, Any]) -> dict[str, Any]:
    """The newest notices, in two queries at most; nothing for those who may not see notices."""
    request = context["request"]
    shown: dict[str, Any] = {"notices": [], "heading": "Notices", "request": request}
    if not request.user.has_perm("ingestion.view_notice"):
        return shown
    notices = list(standing().select_related("source")[: MOST + 1])
    more = standing().count() if len(notices) > MOST else 0
    return {**shown, "notices": notices[:MOST], "more": more, "perms": context["perms"],
            "csrf_token": context.get("csrf_token")}  # fmt: skip
