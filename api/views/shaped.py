"""Lists of records, and single records, of which the reader says which members are told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django.utils.functional import cached_property
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.serializers import Serializer

from api.filters import Filtering, StrictFilterSet
from api.pages import CURSOR, Pages
from api.parameters import Parameter
from api.shaping import Shape, Shaping, shaped
from api.views.base import PagedView, PublicView
from api.walking import Walk


class Shaped(PublicView, generics.GenericAPIView[Any]):
    """An endpoint that takes ``fields``, and ``expand`` where there is something to be added."""

    # Which member each value of ``expand`` adds.
    expansions: Mapping[str, str] = {}
    # Whether those members are told anyway.
    expanded = True

    @cached_property
    def shaping(self) -> Shaping:
        """What the records can be asked for."""
        return Shaping(cast(type[Serializer[Any]], self.get_serializer_class()), self.expansions, always=self.expanded)

    @cached_property
    def shape(self) -> Shape:
        """What of the records is asked for."""
        return self.shaping.read(self.request.query_params)

    def parameters(self) -> dict[str, Parameter]:
        """The parameters of the endpoint, and those of the records' shape."""
        return {**super().parameters(), **self.shaping.parameters()}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse members that nobody knows, whether or not there is a record."""
        super().initial(request, *args, **kwargs)
        self.shape  # noqa: B018  # read once, for its errors

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        """A serializer of what is asked for of each record."""
        return shaped(super().get_serializer(*args, **kwargs), self.shaping, self.shape)


class PublicList(Shaped, PagedView, generics.ListAPIView[Any]):
    """A list with filters, pages and walks."""

    filterset_class: type[StrictFilterSet]
    filter_backends = [Filtering]
    pagination_class = Pages
    walk: Walk
    expanded = False

    def parameters(self) -> dict[str, Parameter]:
        """The parameters of the filters, of the rows' shape, and of walks."""
        return {**self.filterset_class.parameters(), **super().parameters(), "cursor": CURSOR}

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """A page of the list."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        return self.get_paginated_response(self.told(page))

    def told(self, page: Sequence[Any]) -> Any:
        """The rows of a page as they are told."""
        return self.get_serializer(page, many=True).data
