"""Aid and sanctions of one party in one dated list."""

from __future__ import annotations

from typing import Any

from django import forms
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from api.filters import read_form
from api.pages import Pages
from api.parameters import Codes, DatasetKey, Day, check_order
from api.problems import shortened
from api.schema import NOT_MODIFIED, problems
from api.serializers.timeline import TimelineEntry
from api.timeline import Role, entries, places
from api.views.base import PagedView
from reference.models import Party


class TimelineQuery(forms.Form):
    """What of the timeline is asked for."""

    dataset = DatasetKey(rows=True)
    role = Codes(allowed=[str(one) for one in Role], about="What the party is in the record: any of these.")
    day_from = Day(about="Of this day or a later one; undated left out.")
    day_until = Day(about="Of this day or an earlier one; undated left out.")

    def clean(self) -> dict[str, Any]:
        """A range ends after it begins."""
        check_order(self, "day_from", "day_until")
        return self.cleaned_data


class PartyTimeline(PagedView, GenericAPIView[Any]):
    """The records in which a party has a role."""

    query_form = TimelineQuery
    serializer_class = TimelineEntry
    pagination_class = Pages
    follows_history = True

    @extend_schema(
        operation_id="getPartyTimeline",
        tags=["parties"],
        summary="Aid and sanctions of one party in one dated list",
        description="Published pledges that the party gives or gets and measures that it imposes or is the target of, "
        "newest first, undated last. A record in which it has two roles stands twice.",
        responses={200: TimelineEntry(many=True), **NOT_MODIFIED, **problems(400, 404)},
    )
    def get(self, request: Request, code: str) -> Response:
        """A page of the timeline."""
        asked = read_form(TimelineQuery, request.query_params)
        party = Party.objects.filter(code=code).first()
        if party is None:
            raise NotFound(f"No party has the code “{shortened(code)}”. Codes are listed at /api/v1/parties/.")
        found = places(
            party, dataset=asked["dataset"], roles=asked["role"], since=asked["day_from"], until=asked["day_until"]
        )
        rows = self.paginate_queryset(found) or []
        return self.get_paginated_response(self.get_serializer(entries(rows), many=True).data)
