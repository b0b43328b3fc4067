"""Spans of time in words, for notices and pages."""

from __future__ import annotations

from datetime import datetime

from django.utils.timesince import timesince


def age(since: datetime, now: datetime) -> str:
    """How long ago something was, in at most two units: "1 day, 3 hours"; "less than a minute" at the least."""
    words = timesince(since, now, depth=2).replace("\xa0", " ")
    return "less than a minute" if words == "0 minutes" else words


def span(seconds: float) -> str:
    """A length of time as people say it: "15 minutes", "6 hours", "90 seconds"."""
    whole = round(seconds)
    for unit, length in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        if whole >= length and whole % length == 0:
            return _many(whole // length, unit)
    if whole < 120:
        return _many(whole, "second")
    if whole < 7200:
        return _many(round(whole / 60), "minute")
    return _many(round(whole / 3600), "hour")


def every(seconds: float) -> str:
    """A pace: "every 15 minutes", "every hour"."""
    return f"every {span(seconds)}".replace("every 1 ", "every ")


def _many(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
