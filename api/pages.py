"""Pages of lists: by number, with exact counts."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import NotFound
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.views import APIView

from api.parameters import whole_number

FURTHEST_PAGE = 1_000_000
LARGEST_PAGE = 200


class Pages(PageNumberPagination):
    """``page`` from 1 on, ``page_size`` up to 200 rows."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = LARGEST_PAGE

    names = ("page", "page_size")

    @staticmethod
    def documented_size() -> OpenApiParameter:
        """``page_size`` alone, for lists that are followed by a cursor."""
        return OpenApiParameter(
            "page_size", type={"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": 50},
            description="How many rows a page has.",
        )  # fmt: skip

    def get_page_size(self, request: Request) -> int:
        """How many rows the page has."""
        written = request.query_params.get("page_size")
        return 50 if written is None else whole_number("page_size", written, least=1, most=LARGEST_PAGE)

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> list[Any] | None:
        """The rows of the page; beyond the last one there is nothing to be found."""
        page = whole_number("page", request.query_params.get("page", "1"), least=1, most=FURTHEST_PAGE)
        paginator = self.django_paginator_class(queryset, self.get_page_size(request))
        if page > paginator.num_pages:
            raise NotFound(f"page: there is no page {page}. Allowed: 1 to {paginator.num_pages}.")
        self.page, self.request = paginator.page(page), request
        self.count: int = paginator.count
        return list(self.page)

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        """Documented by ``documented``, as all parameters are."""
        return []

    @classmethod
    def documented(cls) -> list[OpenApiParameter]:
        """The two parameters as OpenAPI has them."""
        return [
            OpenApiParameter(
                "page", type={"type": "integer", "minimum": 1, "maximum": FURTHEST_PAGE, "default": 1},
                description="Number of the page, from 1.",
            ),
            cls.documented_size(),
        ]  # fmt: skip

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """What a page of a list looks like."""
        address = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["count", "next", "previous", "results"],
            "properties": {
                "count": {"type": "integer", "description": "How many rows there are on all pages together."},
                "next": {**address, "description": "The address of the next page; null on the last."},
                "previous": {**address, "description": "The address of the page before; null on the first."},
                "results": schema,
            },
        }
