"""Exchange rates that hold."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from api.filters import RateFilters
from api.records import valid_rates
from api.schema import problems
from api.serializers.rates import RateAnswer
from api.tables import RATES
from api.views.downloads import TableList
from api.walking import WalkByDay
from reference.models import Rate


class ExchangeRateList(TableList):
    """Exchange rates."""

    serializer_class = RateAnswer
    filterset_class = RateFilters
    flat = RATES
    walk = WalkByDay(Rate, "day")

    def get_queryset(self) -> QuerySet[Rate]:
        """Those that hold."""
        return valid_rates()

    @extend_schema(
        operation_id="listExchangeRates",
        tags=["exchange rates"],
        summary="Exchange rates to the euro, by day",
        description="The rate of each currency and day that holds now, newest day first: where one was corrected, the "
        "correction. Values of records keep the rate that they were converted by; a record tells which.",
        responses={200: RateAnswer(many=True), **problems(400, 404)},
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """A page of rates."""
        return self.list(request, *args, **kwargs)
