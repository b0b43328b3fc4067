"""Atom feeds: new pledges, and published figures that moved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.feedgenerator import Atom1Feed
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from api.changes import VIEWS, before, public_changes
from api.corrections import corrections
from api.filters import Filtering, PledgeChoice, read_form
from api.parameters import Parameter
from api.records import published_pledges
from api.schema import NOT_MODIFIED, problems
from api.views.base import PublicView
from api.views.changes import CorrectionsQuery
from api.words import as_html, correction_summary, correction_title, pledge_summary, pledge_title

MEDIA_TYPE = "application/atom+xml"
NAME = "urn:aid-and-sanctions-tracker:"
ENTRIES = 50
# How many of the latest changes are looked through for those that moved a figure.
CHANGES_LOOKED_AT = 200
FEED = {(200, MEDIA_TYPE): OpenApiResponse(OpenApiTypes.STR, description="A feed in Atom (RFC 4287).")}


class AtomRenderer(BaseRenderer):
    """Gives out a feed that is written already."""

    media_type, format, charset = MEDIA_TYPE, "atom", "utf-8"

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The feed itself."""
        return data


class FeedView(PublicView):
    """A feed of the newest entries; its address is its own id, whatever it is filtered by."""

    renderer_classes = [AtomRenderer]
    follows_history = True

    def feed(self, request: Request, title: str, subtitle: str, source: str) -> Atom1Feed:
        """An empty feed with its names and links."""
        own = request.build_absolute_uri()
        return Atom1Feed(
            title, reverse(source, request=request), subtitle, language="en", feed_url=own, feed_guid=own,
            author_name="Aid and sanctions pledge tracker", subtitle=subtitle,
        )  # fmt: skip


class PledgeFeed(FeedView):
    """Newly published pledges."""

    filterset_class = PledgeChoice

    def parameters(self) -> dict[str, Parameter]:
        """Those of the list of pledges, without its order."""
        return self.filterset_class.parameters()

    @extend_schema(
        operation_id="getPledgeFeed",
        tags=["feeds"],
        summary="Newly published pledges, as an Atom feed",
        description="The 50 pledges that were published last, in words. Takes the filters of `pledges/`: "
        "`?donor=IT` is a feed of what Italy pledges. Entries keep their ids.",
        responses={**FEED, **NOT_MODIFIED, **problems(400)},
    )
    def get(self, request: Request) -> Response:
        """The feed."""
        newest = published_pledges().order_by("-published_at", "-pk")
        rows = Filtering().filter_queryset(request, newest, self)[:ENTRIES]
        donors = request.query_params.get("donor", "")
        title = f"New pledges of {donors.replace(',', ', ')}" if donors else "New pledges"
        feed = self.feed(request, title, "Pledges of aid as they are published, each reviewed.", "api:pledges")
        for pledge in rows:
            feed.add_item(
                pledge_title(pledge),
                reverse("api:pledge", kwargs={"public_id": pledge.public_id}, request=request),
                as_html(pledge_summary(pledge)),
                unique_id=f"{NAME}pledge:{pledge.public_id}",
                pubdate=pledge.published_at,
                updateddate=pledge.modified_at,
            )
        return Response(feed.writeString("utf-8"))


class CorrectionFeed(FeedView):
    """Published figures that moved."""

    class Query(CorrectionsQuery):
        """Which corrections are asked for."""

        before = None  # type: ignore[assignment]  # Django's way to leave out a field of the form above
        figures_moved = None  # type: ignore[assignment]

    query_form = Query

    @extend_schema(
        operation_id="getCorrectionFeed",
        tags=["feeds"],
        summary="Published figures that moved, as an Atom feed",
        description="Corrections that changed an amount, and records that were withdrawn or merged, the latest first: "
        "up to 50 of the last 200 changes of published records. All others are in `corrections/`.",
        responses={**FEED, **NOT_MODIFIED, **problems(400)},
    )
    def get(self, request: Request) -> Response:
        """The feed."""
        asked = read_form(self.Query, request.query_params)
        rows = before(public_changes(asked["dataset"], asked["kind"], of_published=True), None)[:CHANGES_LOOKED_AT]
        moved = [one for one in corrections(rows) if one.figures_moved][:ENTRIES]
        feed = self.feed(
            request, "Corrections", "Published figures that were corrected, withdrawn or merged.", "api:corrections"
        )
        for one in moved:
            version = one.version
            feed.add_item(
                correction_title(one),
                reverse(VIEWS[version.kind], kwargs={"public_id": version.public_id}, request=request),
                as_html(correction_summary(one)),
                unique_id=f"{NAME}correction:{version.since_id}:{version.public_id}",
                pubdate=version.since.at,
                updateddate=version.since.at,
            )
        return Response(feed.writeString("utf-8"))
