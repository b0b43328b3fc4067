"""Why a number moved, in the shape that readers rely on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.reverse import reverse

from api.serializers.cumulative import Amounts
from pledges.cents import Cents
from pledges.diffing import NOTHING, REASONS, Moved
from pledges.models import Pledge, RecordState
from reference.currencies import format_minor_units

Fields = serializers.Serializer[Any]
SIGNED = r"^-?[0-9]+(\.[0-9]+)?$"


class Bounds(Fields):
    """Amounts in the currency of the answer; a change may be below zero."""

    low = serializers.RegexField(SIGNED, help_text="Lower bound.")
    central = serializers.RegexField(SIGNED, help_text="Central value.")
    high = serializers.RegexField(SIGNED, help_text="Upper bound, an open one at its floor.")


class Change(Bounds):
    """By how much a number of pledges and their sums changed."""

    count = serializers.IntegerField(help_text="By how many pledges.")


class OfReason(Fields):
    """All pledges with one reason."""

    reason = serializers.ChoiceField(choices=[reason.value for reason in REASONS], help_text="Its code.")
    words = serializers.CharField(help_text="What it means.")
    pledges = serializers.IntegerField(help_text="How many pledges moved for it.")
    change = Change(help_text="By how much they changed the total.")


class MovedAnswer(Fields):
    """One pledge that adds something else than before."""

    id = serializers.CharField(help_text="Its public id.")
    title = serializers.CharField(allow_null=True, help_text="Null for a record that is public no more.")
    url = serializers.URLField(help_text="Where it is, or where it says what became of it.")
    reason = serializers.ChoiceField(choices=[reason.value for reason in REASONS])
    before = Bounds(allow_null=True, help_text="What it added; null: it was not counted.")
    after = Bounds(allow_null=True, help_text="What it adds; null: it is not counted.")
    change = Change(help_text="After less before.")


class DiffAnswer(Fields):
    """From one total to the other."""

    meta = serializers.DictField(help_text="The question; `from` and `until` are moments in UTC.")
    before = Amounts(help_text="The total at the earlier moment.")
    after = Amounts(help_text="The total at the later moment.")
    change = Change(help_text="After less before: the sum of `by_reason`, and of all pledges that moved.")
    by_reason = OfReason(many=True)
    count = serializers.IntegerField(help_text="How many pledges moved.")
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = MovedAnswer(many=True, help_text="The pledges, the largest change first.")


def bounds(cents: Cents, currency: str) -> dict[str, str]:
    """Amounts as texts."""
    return {name: format_minor_units(getattr(cents, name), currency) for name in ("low", "central", "high")}


def change_of(moves: Iterable[Moved], currency: str) -> dict[str, Any]:
    """The sum of what pledges changed."""
    count, total = 0, NOTHING
    for one in moves:
        count, total = count + one.count, total.plus(one.change)
    return {"count": count, **bounds(total, currency)}


def by_reason(moves: Sequence[Moved], currency: str) -> list[dict[str, Any]]:
    """The same for each reason that there is, in the order of ``REASONS``."""
    told = []
    for reason, words in REASONS.items():
        own = [one for one in moves if one.reason is reason]
        if own:
            told.append({"reason": reason, "words": words, "pledges": len(own), "change": change_of(own, currency)})
    return told


def moved_answers(moves: Sequence[Moved], currency: str, request: Request) -> list[dict[str, Any]]:
    """Pledges as they are told; one query."""
    pledges = Pledge.objects.only("public_id", "title", "state").in_bulk([one.pledge_id for one in moves])
    return [_moved(one, pledges[one.pledge_id], currency, request) for one in moves]


def _moved(one: Moved, pledge: Pledge, currency: str, request: Request) -> dict[str, Any]:
    return {
        "id": pledge.public_id,
        "title": pledge.title if pledge.state == RecordState.PUBLISHED else None,
        "url": reverse("api:pledge", kwargs={"public_id": pledge.public_id}, request=request),
        "reason": one.reason,
        "before": None if one.before is None else bounds(one.before, currency),
        "after": None if one.after is None else bounds(one.after, currency),
        "change": change_of([one], currency),
    }
