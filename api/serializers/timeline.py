"""The timeline of a party as it travels."""

from __future__ import annotations

from rest_framework import serializers

from api.serializers.pledges import PledgeRow
from api.serializers.sanctions import MeasureRow
from api.timeline import Entry, Role


class TimelineEntry(serializers.Serializer[Entry]):
    """A pledge or a measure in which the party has a role."""

    day = serializers.DateField(
        allow_null=True, help_text="The latest possible day of announcement, or the day of the first step."
    )
    role = serializers.ChoiceField(choices=[str(one) for one in Role], help_text="What the party is in the record.")
    pledge = PledgeRow(allow_null=True, help_text="The pledge, of a donor or recipient.")
    measure = MeasureRow(allow_null=True, help_text="The measure, of an imposer or target.")
