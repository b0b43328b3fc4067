"""The way in, and the way out: what there is, and the answer where there is nothing."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from api.schema import problems
from api.serializers.shared import Endpoints
from api.throttling import REQUESTS
from api.views.base import PublicView


class Root(PublicView):
    """Where everything is."""

    @extend_schema(
        operation_id="getRoot",
        tags=["start"],
        summary="Where everything is",
        responses={200: Endpoints, **problems(400)},
    )
    def get(self, request: Request) -> Response:
        """The addresses of the endpoints."""
        names = {
            "pledges": "pledges",
            "totals": "totals",
            "totals_explain": "totals-explain",
            "items_totals": "items-totals",
            "totals_diff": "totals-diff",
            "totals_cumulative": "totals-cumulative",
            "sanctions": "sanctions",
            "sanctions_totals": "sanctions-totals",
            "programmes": "programmes",
            "designations": "designations",
            "parties": "parties",
            "articles": "articles",
            "changes": "changes",
            "corrections": "corrections",
            "pledge_feed": "pledge-feed",
            "correction_feed": "correction-feed",
            "datasets": "datasets",
            "downloads": "downloads",
            "exchange_rates": "exchange-rates",
            "vocabularies": "vocabularies",
            "schema": "schema",
            "docs": "docs",
        }
        return Response({key: reverse(f"api:{name}", request=request) for key, name in names.items()})


@extend_schema(exclude=True)
class NothingHere(PublicView):
    """Every other address of the API."""

    def known_names(self) -> list[str]:
        """Nothing is taken here; the address itself is what is wrong."""
        return []

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """The same sentence whatever the method and the parameters are."""
        self.spend(request, REQUESTS)
        start = reverse("api:root", request=request)
        raise NotFound(f"There is nothing at this address. {start} lists what there is.")

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Never reached: ``initial`` answers."""
        raise NotFound
