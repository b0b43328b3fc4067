"""An exchange rate as the public sees it."""

from __future__ import annotations

from rest_framework import serializers

from api.serializers.fields import Number
from reference.models import Rate


class RateAnswer(serializers.Serializer[Rate]):
    """What one euro cost in a currency on a day."""

    currency = serializers.CharField(help_text="ISO 4217 code.")
    day = serializers.DateField(help_text="The day that the rate is of.")
    per_euro = Number(help_text="Units of the currency for one euro.")
    source = serializers.CharField(help_text="Who published it.")  # type: ignore[assignment]
    recorded_at = serializers.DateTimeField(help_text="When the tracker learnt of it.")
