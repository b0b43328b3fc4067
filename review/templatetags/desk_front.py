"""What needs doing, for the admin's front page."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils import timezone

from review.front import WEEKS, blocks

register = template.Library()


@register.inclusion_tag("review/front.html", takes_context=True)
def what_needs_doing(context: dict[str, Any]) -> dict[str, Any]:
    """The blocks that the person who is logged in may see."""
    return {"blocks": blocks(context["request"].user, now=timezone.now()), "weeks": WEEKS}
