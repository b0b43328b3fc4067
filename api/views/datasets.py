"""The datasets: the tracker's own record and those that were imported, with their licences."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from api.filters import DatasetFilters
from api.problems import shortened
from api.schema import problems
from api.serializers.reference import DatasetAnswer
from api.tables import DATASETS
from api.views.downloads import TableList
from api.views.shaped import Shaped
from api.walking import Walk
from reference.models import Dataset


class DatasetList(TableList):
    """Datasets."""

    serializer_class = DatasetAnswer
    filterset_class = DatasetFilters
    flat = DATASETS
    walk = Walk(Dataset, "key")

    def get_queryset(self) -> QuerySet[Dataset]:
        """All of them: totals can be asked for of each."""
        return Dataset.objects.order_by("key")

    @extend_schema(
        operation_id="listDatasets",
        tags=["start"],
        summary="The datasets and their licences",
        description="The tracker's own record, and imported ones beside it. An answer covers one of them, so that "
        "nothing is added twice. Single records are given out where `redistributable` is true, totals of each.",
        responses={200: DatasetAnswer(many=True), **problems(400, 404)},
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """A page of datasets."""
        return self.list(request, *args, **kwargs)


class DatasetRecord(Shaped):
    """One dataset."""

    serializer_class = DatasetAnswer
    lookup_field = "key"

    def get_queryset(self) -> QuerySet[Dataset]:
        """All of them."""
        return Dataset.objects.all()

    @extend_schema(
        operation_id="getDataset",
        tags=["start"],
        summary="One dataset with its licence",
        description="Who published it, under which licence it may be used, and how it wants to be cited.",
        responses={200: DatasetAnswer, **problems(400, 404)},
    )
    def get(self, request: Request, key: str) -> Response:
        """The dataset."""
        found = self.get_queryset().filter(key=key).first()
        if found is None:
            raise NotFound(f"No dataset has the key “{shortened(key)}”. Keys are listed at /api/v1/datasets/.")
        return Response(self.get_serializer(found).data)
