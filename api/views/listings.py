"""Sanctions programmes and designations: lists, and single records."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from api.filters import DesignationFilters, ProgrammeFilters
from api.problems import NotGivenOut, shortened
from api.records import designations_in_full, programmes_in_full, public_programmes, published_designations
from api.schema import NOT_MODIFIED, problems
from api.serializers.listings import DesignationFull, DesignationRow, ProgrammeFull, ProgrammeRow
from api.tables import DESIGNATIONS, PROGRAMMES
from api.views.downloads import TableList
from api.views.records import PublicRecord
from api.views.shaped import Shaped
from api.walking import Walk
from sanctions.models import Designation, Programme


class ProgrammeList(TableList):
    """Legal regimes."""

    serializer_class = ProgrammeRow
    filterset_class = ProgrammeFilters
    flat = PROGRAMMES
    walk = Walk(Programme, "key")

    def get_queryset(self) -> QuerySet[Programme]:
        """What may be given out."""
        return public_programmes()

    @extend_schema(
        operation_id="listProgrammes",
        tags=["sanctions"],
        summary="Legal regimes of sanctions",
        description="Programmes of all datasets that may be given out, in order of their keys. What a programme bans "
        "is a measure; whom it lists, a designation: the three are counted apart.",
        responses={200: ProgrammeRow(many=True), **problems(400, 404)},
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """A page of programmes."""
        return self.list(request, *args, **kwargs)


class ProgrammeRecord(Shaped):
    """One legal regime."""

    serializer_class = ProgrammeFull
    lookup_field = "key"

    def get_queryset(self) -> QuerySet[Programme]:
        """What may be given out."""
        return programmes_in_full()

    @extend_schema(
        operation_id="getProgramme",
        tags=["sanctions"],
        summary="One legal regime with its acts",
        description="Its issuer, targets, acts, and how many published measures and designations belong to it.",
        responses={200: ProgrammeFull, **problems(400, 403, 404)},
    )
    def get(self, request: Request, key: str) -> Response:
        """The programme."""
        programme = self.get_queryset().filter(key=key).first()
        if programme is None:
            kept = Programme.objects.select_related("dataset").filter(key=key).first()
            if kept is not None:
                raise NotGivenOut(key, kept.dataset.name, kept.dataset.licence)
            raise NotFound(f"No programme has the key “{shortened(key)}”. Keys are listed at /api/v1/programmes/.")
        return Response(self.get_serializer(programme).data)


class DesignationList(TableList):
    """Names on lists."""

    serializer_class = DesignationRow
    filterset_class = DesignationFilters
    flat = DESIGNATIONS
    walk = Walk(Designation, "public_id")
    follows_history = True

    def get_queryset(self) -> QuerySet[Designation]:
        """What the public may see."""
        return published_designations()

    @extend_schema(
        operation_id="listDesignations",
        tags=["sanctions"],
        summary="Names on sanctions lists",
        description="Designations of all datasets that may be given out, ended ones too. One target that several acts "
        "list has several designations.",
        responses={200: DesignationRow(many=True), **NOT_MODIFIED, **problems(400, 404)},
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """A page of designations."""
        return self.list(request, *args, **kwargs)


class DesignationRecord(PublicRecord):
    """A designation with every name of its target."""

    serializer_class = DesignationFull
    view_name = "api:designation"
    words = "designation"
    may_be_merged = False

    def states(self) -> QuerySet[Designation]:
        """All designations."""
        return Designation.objects.all()

    def get_queryset(self) -> QuerySet[Designation]:
        """What the public may see of each."""
        return designations_in_full()

    @extend_schema(
        operation_id="getDesignation",
        tags=["sanctions"],
        summary="One designation with all names and numbers",
        description="Who or what is listed under which act and programme, since when and until when.",
        responses={200: DesignationFull, **NOT_MODIFIED, **problems(400, 403, 404, 410)},
    )
    def get(self, request: Request, public_id: str) -> Response:
        """The designation."""
        return self.answer(request, public_id)
