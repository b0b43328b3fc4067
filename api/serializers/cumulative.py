"""Running series, in the shape that readers rely on."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from api.serializers.fields import ReportedCents
from api.serializers.totals import Meta, PartyGroup, Range, SumsAnswer
from pledges.cumulative import Series
from pledges.sums import Sums
from pledges.totals import PartyKey, Row
from reference.currencies import format_minor_units

Fields = serializers.Serializer[Any]


class Amounts(Fields):
    """How many pledges, and their sums."""

    count = serializers.IntegerField(help_text="How many pledges, each once.")
    low = ReportedCents(help_text="Sum of the lower bounds.")
    central = ReportedCents(help_text="Sum of the central values.")
    high = ReportedCents(help_text="Sum of the upper bounds, open ones at their floor.")


class PointAnswer(Fields):
    """One step of a series."""

    first_day = serializers.DateField(help_text="The first day of the step; weeks begin on Monday (ISO 8601).")
    added = Amounts(help_text="What was announced in this step.")
    running = Amounts(help_text="What had been announced by its end, from the beginning of the series.")


class SeriesAnswer(Fields):
    """A series of one group."""

    group = serializers.JSONField(
        allow_null=True, help_text="The value of `group_by` that it is of, as in `totals/`; null: all of them."
    )
    points = PointAnswer(many=True, help_text="Every step from the first to the last, also those in which nothing was.")
    undated = Range(help_text="What has no day of announcement: in `total`, and in no point.")
    total = SumsAnswer(help_text="The last point and what is undated.")


class CumulativeMeta(Meta):
    """What was asked, and what to know about the answer."""

    by = serializers.CharField(help_text="The length of a step: `day`, `week` or `month`.")


class CumulativeAnswer(Fields):
    """Running series, all over the same steps."""

    meta = CumulativeMeta()
    results = SeriesAnswer(many=True)
    total = SumsAnswer()


def cumulative_answer(series: list[Series], total: Sums, meta: dict[str, Any]) -> dict[str, Any]:
    """The answer as it travels. Points are written out plainly: there can be thousands."""
    currency = meta["currency"]
    context = {"currency": currency}
    return {
        "meta": CumulativeMeta(meta).data,
        "results": [
            {
                "group": _group(one),
                "points": [
                    {
                        "first_day": point.first.isoformat(),
                        "added": amounts_of_sums(point.added, currency),
                        "running": amounts_of_sums(point.running, currency),
                    }
                    for point in one.points
                ],
                "undated": Range(one.undated, context=context).data,
                "total": SumsAnswer(Row({}, one.total), context=context).data,
            }
            for one in series
        ],
        "total": SumsAnswer(Row({}, total), context=context).data,
    }


def _group(series: Series) -> Any:
    for value in series.keys.values():
        return PartyGroup(value).data if isinstance(value, PartyKey) else value
    return None


def amounts_of_sums(sums: Sums, currency: str) -> dict[str, Any]:
    """As ``Amounts`` has them, amounts as texts."""
    return {
        "count": sums.count,
        "low": format_minor_units(sums.low, currency),
        "central": format_minor_units(sums.central, currency),
        "high": format_minor_units(sums.high, currency),
    }
