"""Pledges and sanctions measures: lists, and single records with their evidence."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from api.filters import MeasureFilters, PledgeFilters
from api.problems import Gone, NotGivenOut, shortened
from api.records import measures_in_full, measures_with, pledges_in_full, pledges_with
from api.schema import NOT_MODIFIED, problems
from api.serializers.pledges import PledgeFull, PledgeListed
from api.serializers.sanctions import MeasureFull, MeasureListed
from api.tables import MEASURES, PLEDGES
from api.views.downloads import TableList
from api.views.shaped import Shaped
from api.walking import Walk
from pledges.models import Pledge
from pledges.summing.reading import published_count
from reference.services import TRACKER_DATASET
from sanctions.models import Measure

MOVED = {301: OpenApiResponse(description="It was merged into another record, whose address is in `Location`.")}


class PublicRecord(Shaped):
    """One record by its public id: as it is, or where it went, or that it is gone and why."""

    lookup_field = "public_id"
    follows_history = True
    view_name = ""
    words = ""
    may_be_merged = True

    def states(self) -> QuerySet[Any]:
        """All records of the kind, public or not."""
        raise NotImplementedError

    def answer(self, request: Request, public_id: str) -> Response:
        """The record in full; 301 to its successor, 410 with the reason, or 404."""
        links = ("dataset", "merged_into") if self.may_be_merged else ("dataset",)
        columns = ["public_id", "state", "published_at", "withdrawn_reason"]
        columns += [f"dataset__{name}" for name in ("name", "licence", "redistributable")]
        columns += ["merged_into__public_id"] if self.may_be_merged else []
        standing = self.states().select_related(*links).only(*columns).filter(public_id=public_id).first()
        # What was never published is not admitted to exist, whatever became of it.
        if standing is None or standing.published_at is None or standing.state == "draft":
            raise NotFound(f"There is no published {self.words} with the id “{shortened(public_id)}”.")
        if not standing.dataset.redistributable:
            raise NotGivenOut(public_id, standing.dataset.name, standing.dataset.licence)
        if standing.state == "withdrawn":
            raise Gone(public_id, standing.withdrawn_reason)
        if standing.state == "merged":
            successor = standing.merged_into.public_id
            address = reverse(self.view_name, kwargs={"public_id": successor}, request=request)
            return Response({"id": public_id, "merged_into": successor}, status=301, headers={"Location": address})
        record = self.get_queryset().get(pk=standing.pk)
        return Response(self.get_serializer(record).data)


# Parameters that leave the number of rows as it is, and the dataset, by which it is kept.
COUNTED_BY_DATASET = {"dataset", "ordering", "page", "page_size", "fields", "expand", "format"}
PLEDGE_EXPANSIONS = {"evidence": "evidence", "items": "items", "stages": "moves", "deductions": "deductions"}
MEASURE_EXPANSIONS = {"evidence": "evidence", "stages": "steps"}


class PledgeList(TableList):
    """Published pledges."""

    serializer_class = PledgeListed
    filterset_class = PledgeFilters
    flat = PLEDGES
    follows_history = True
    walk = Walk(Pledge, "public_id")
    expansions = PLEDGE_EXPANSIONS

    def get_queryset(self) -> QuerySet[Pledge]:
        """What the public may see."""
        return pledges_with(self.shape.expand)

    def known_count(self) -> int | None:
        """How many there are, where nothing but the dataset is asked for: that is kept."""
        if set(self.request.query_params) - COUNTED_BY_DATASET:
            return None
        return published_count(self.request.query_params.get("dataset", TRACKER_DATASET))

    @extend_schema(
        operation_id="listPledges",
        tags=["pledges"],
        summary="Published pledges",
        description="Pledges of aid that a person has reviewed and published. Drafts and candidates are never shown.",
        responses={200: PledgeListed(many=True), **NOT_MODIFIED, **problems(400, 404)},
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """A page of pledges."""
        return self.list(request, *args, **kwargs)


class PledgeRecord(PublicRecord):
    """A pledge with its evidence."""

    serializer_class = PledgeFull
    expansions = PLEDGE_EXPANSIONS
    view_name = "api:pledge"
    words = "pledge"

    def states(self) -> QuerySet[Pledge]:
        """All pledges."""
        return Pledge.objects.all()

    def get_queryset(self) -> QuerySet[Pledge]:
        """What the public may see of each."""
        return pledges_in_full()

    @extend_schema(
        operation_id="getPledge",
        tags=["pledges"],
        summary="One pledge with its evidence",
        description="Everything that is public about a pledge: amounts as stated and as counted, the exchange rate, "
        "deductions, items, moves, package and parts, and the words that it rests on.",
        responses={200: PledgeFull, **MOVED, **NOT_MODIFIED, **problems(400, 403, 404, 410)},
    )
    def get(self, request: Request, public_id: str) -> Response:
        """The pledge."""
        return self.answer(request, public_id)


class MeasureList(TableList):
    """Published sanctions measures."""

    serializer_class = MeasureListed
    filterset_class = MeasureFilters
    flat = MEASURES
    follows_history = True
    walk = Walk(Measure, "public_id")
    expansions = MEASURE_EXPANSIONS

    def get_queryset(self) -> QuerySet[Measure]:
        """What the public may see."""
        return measures_with(self.shape.expand)

    @extend_schema(
        operation_id="listSanctions",
        tags=["sanctions"],
        summary="Published sanctions measures",
        description="Measures that a person has reviewed and published. What several imposers impose together is one "
        "measure.",
        responses={200: MeasureListed(many=True), **NOT_MODIFIED, **problems(400, 404)},
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """A page of measures."""
        return self.list(request, *args, **kwargs)


class MeasureRecord(PublicRecord):
    """A measure with its steps and evidence."""

    serializer_class = MeasureFull
    expansions = MEASURE_EXPANSIONS
    view_name = "api:sanction"
    words = "sanctions measure"

    def states(self) -> QuerySet[Measure]:
        """All measures."""
        return Measure.objects.all()

    def get_queryset(self) -> QuerySet[Measure]:
        """What the public may see of each."""
        return measures_in_full()

    @extend_schema(
        operation_id="getSanction",
        tags=["sanctions"],
        summary="One measure with its steps and evidence",
        description="Everything that is public about a measure: who imposes what on whom, its dated steps, and the "
        "words that it rests on.",
        responses={200: MeasureFull, **MOVED, **NOT_MODIFIED, **problems(400, 403, 404, 410)},
    )
    def get(self, request: Request, public_id: str) -> Response:
        """The measure."""
        return self.answer(request, public_id)
