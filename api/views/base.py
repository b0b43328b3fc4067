"""What all endpoints have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter
from rest_framework import generics
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.conditional import RecordVersion, Unchanged, is_held, record_version
from api.filters import Filtering, StrictFilterSet, parameters_of
from api.pages import Pages
from api.parameters import Parameter, check_names
from api.problems import problem_response
from api.schema import PublicSchema

# Long enough to carry a crowd of readers, short enough that a correction is seen soon.
FRESH_FOR_SECONDS = 60
CACHEABLE = {200, 301, 304, 404, 410}


class ReadOnly(APIView):
    """Reads only; errors are problem details whatever format was asked for; answers say how long they may be kept."""

    http_method_names = ["get", "head", "options"]

    def get_exception_handler(self) -> Callable[[Exception, dict[str, Any]], Response | None]:
        """Problem details for everything that goes wrong."""
        return problem_response

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Say how long the answer may be kept."""
        response = super().finalize_response(request, response, *args, **kwargs)
        if getattr(response, "exception", False):
            response.accepted_renderer = JSONRenderer()
        kept = request.method in {"GET", "HEAD"} and response.status_code in CACHEABLE
        response.headers.setdefault("Cache-Control", f"public, max-age={FRESH_FOR_SECONDS}" if kept else "no-store")
        return response


class PublicView(ReadOnly):
    """An endpoint that refuses parameters which it does not know."""

    renderer_classes = [JSONRenderer]
    schema = PublicSchema()
    query_form: type[forms.Form] | None = None
    # Whether every change of what it answers has a number in history: then an unchanged answer is not made again.
    follows_history = False
    version: RecordVersion | None = None

    def parameters(self) -> dict[str, Parameter]:
        """The parameters that the endpoint knows, by name."""
        return parameters_of(self.query_form) if self.query_form else {}

    def known_names(self) -> list[str]:
        """The names of all parameters that may come."""
        return list(self.parameters())

    def documented_parameters(self) -> list[OpenApiParameter]:
        """The parameters as the schema has them."""
        return [parameter.documented(name) for name, parameter in self.parameters().items()]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse what is not known before anything else is done."""
        if request.method in {"GET", "HEAD"}:
            check_names(request.query_params, self.known_names())
        super().initial(request, *args, **kwargs)
        if self.follows_history and request.method in {"GET", "HEAD"}:
            self.version = record_version(request, now=timezone.now())
            if is_held(request, self.version):
                raise Unchanged(self.version)

    def handle_exception(self, exc: Exception) -> Response:
        """An answer that the reader holds already has no body and is no error."""
        if isinstance(exc, Unchanged):
            return Response(status=exc.status_code)
        return super().handle_exception(exc)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Name the version of what was answered."""
        response = super().finalize_response(request, response, *args, **kwargs)
        if self.version is not None and response.status_code in {200, 304}:
            for name, value in self.version.headers().items():
                response.headers[name] = value
        return response


class PagedView(PublicView):
    """An endpoint whose answer comes in pages, beside whatever else it takes."""

    def known_names(self) -> list[str]:
        """The question and the pages."""
        return [*super().known_names(), *Pages.names]

    def documented_parameters(self) -> list[OpenApiParameter]:
        """The question and the pages."""
        return [*super().documented_parameters(), *Pages.documented()]


class PublicList(PagedView, generics.ListAPIView[Any]):
    """A list with filters and pages."""

    filterset_class: type[StrictFilterSet]
    filter_backends = [Filtering]
    pagination_class = Pages

    def parameters(self) -> dict[str, Parameter]:
        """The parameters of the filters."""
        return self.filterset_class.parameters()
