"""Pages of lists: by number, with exact counts; or by a cursor, for walks over the whole list."""

from __future__ import annotations

from typing import Any

from django import forms
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import NotFound
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from api.filters import read_form
from api.paging import QuickPaginator
from api.parameters import whole_number
from api.problems import ParameterError, WrongParameters
from api.walking import START, Cursor, Walk

FURTHEST_PAGE = 1_000_000
LARGEST_PAGE = 200
TOTAL_COUNT = "X-Total-Count"


CURSOR = Cursor(
    about=f"For a walk over the whole list, whatever changes meanwhile: `{START}`, then follow `next`. Rows come in "
    "the order of their entry, and `count` is null."
)


class CursorQuery(forms.Form):
    """Where in a walk the reader is."""

    cursor = CURSOR


class Pages(PageNumberPagination):
    """``page`` from 1 on, ``page_size`` up to 200 rows; with ``page_size=0`` the count alone."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = LARGEST_PAGE

    names = ("page", "page_size")
    # What ``paginate_queryset`` finds: the page, how many rows there are, and where a walk goes on.
    page: Any = None
    asked: Request
    count: int | None = None
    onward: str | None = None

    @staticmethod
    def documented_size(least: int = 1) -> OpenApiParameter:
        """``page_size`` alone, for lists that are followed by a cursor."""
        alone = " With 0 there is the count alone, which is cheap." if least == 0 else ""
        return OpenApiParameter(
            "page_size", type={"type": "integer", "minimum": least, "maximum": LARGEST_PAGE, "default": 50},
            description=f"How many rows a page has.{alone}",
        )  # fmt: skip

    def get_page_size(self, request: Request, least: int = 1) -> int:
        """How many rows the page has."""
        written = request.query_params.get("page_size")
        return 50 if written is None else whole_number("page_size", written, least=least, most=LARGEST_PAGE)

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> list[Any] | None:
        """The rows of the page; beyond the last one there is nothing to be found."""
        page = whole_number("page", request.query_params.get("page", "1"), least=1, most=FURTHEST_PAGE)
        size = self.get_page_size(request, least=0)
        self.request = self.asked = request
        walk: Walk | None = getattr(view, "walk", None)
        if walk is not None and "cursor" in request.query_params:
            return self._walked(walk, queryset, size)
        paginator = QuickPaginator(queryset, size or 1)
        known = getattr(view, "known_count", None)
        paginator.known_count = None if known is None else known()
        self.count = paginator.count
        if size == 0:
            return []
        if page > paginator.num_pages:
            raise NotFound(f"page: there is no page {page}. Allowed: 1 to {paginator.num_pages}.")
        self.page = paginator.page(page)
        return list(self.page)

    def _walked(self, walk: Walk, rows: Any, size: int) -> list[Any]:
        """The rows behind a place of a walk."""
        for name in ("page", "ordering"):
            if name in self.asked.query_params:
                raise self._wrong(name, "a walk by cursor has an order of its own. Leave this or the cursor out")
        if size == 0:
            raise self._wrong("page_size", "a walk by cursor has at least one row a page")
        cursor = read_form(CursorQuery, self.asked.query_params)["cursor"]
        behind = walk.after(rows, cursor)
        if behind is None:
            raise self._wrong("cursor", f"“{cursor}” is no place in this list. Allowed: {START}, or that of an answer")
        found = list(behind[: size + 1])
        if len(found) > size:
            self.onward = replace_query_param(self.asked.build_absolute_uri(), "cursor", walk.cursor_of(found[-2]))
        return found[:size]

    def get_next_link(self) -> str | None:
        """The address of the next page; ``None`` on the last."""
        return self.onward if self.page is None else super().get_next_link()

    def get_previous_link(self) -> str | None:
        """The address of the page before; ``None`` on the first."""
        return None if self.page is None else super().get_previous_link()

    def get_paginated_response(self, data: Any) -> Response:
        """The page with its count and its neighbours."""
        body = {"count": self.count, "next": self.get_next_link(), "previous": self.get_previous_link()}
        return Response({**body, "results": data}, headers=self.count_header())

    def count_header(self) -> dict[str, str]:
        """How many rows there are, for whoever reads the headers alone."""
        return {} if self.count is None else {TOTAL_COUNT: str(self.count)}

    def _wrong(self, name: str, words: str) -> WrongParameters:
        return WrongParameters([ParameterError(name, self.asked.query_params.get(name, ""), f"{name}: {words}.")])

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        """Documented by ``documented``, as all parameters are."""
        return []

    @classmethod
    def documented(cls) -> list[OpenApiParameter]:
        """The parameters as OpenAPI has them."""
        return [
            OpenApiParameter(
                "page", type={"type": "integer", "minimum": 1, "maximum": FURTHEST_PAGE, "default": 1},
                description="Number of the page, from 1.",
            ),
            cls.documented_size(0),
        ]  # fmt: skip

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """What a page of a list looks like."""
        address = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["count", "next", "previous", "results"],
            "properties": {
                "count": {
                    "type": ["integer", "null"],
                    "description": "How many rows there are on all pages together; null in a walk by cursor.",
                },
                "next": {**address, "description": "The address of the next page; null on the last."},
                "previous": {**address, "description": "The address of the page before; null on the first."},
                "results": schema,
            },
        }
