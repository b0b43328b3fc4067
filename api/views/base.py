"""What all endpoints have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from drf_spectacular.utils import OpenApiParameter
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.conditional import RecordVersion, is_held, record_version
from api.filters import parameters_of
from api.fingerprints import tag_by_content
from api.formats import JSON_ALONE, PARAMETER, Negotiation, format_parameter
from api.pages import Pages
from api.parameters import Parameter, check_names
from api.problems import ParameterError, WrongParameters, problem_response
from api.schema import PublicSchema
from api.throttling import COUNTING, REQUESTS, Budget, Limit, TooManyRequests, headers_of
from pledges.totals import TooManyRowsError, TooSlowError, at_most
from pledges.totals.asking import TooManyLinesError

# Long enough to carry a crowd of readers, short enough that a correction is seen soon. A cache between may give out
# an answer while it fetches the next one, and for a day if we do not answer.
FRESH_FOR_SECONDS = 60
KEPT = (
    f"public, max-age={FRESH_FOR_SECONDS}, s-maxage={FRESH_FOR_SECONDS}, "
    f"stale-while-revalidate={FRESH_FOR_SECONDS}, stale-if-error=86400"
)
CACHEABLE = {200, 301, 304, 404, 410}
READING = {"GET", "HEAD"}
# What takes a question off the sums that are kept, the likeliest to be slow first.
OFF_THE_SUMS = (
    "q", "donor_group", "item_category", "stage_reached", "amount_min", "amount_max", "valued", "valuation",
    "has_delivery", "as_of", "value_basis", "currency", "rates", "attribute_eu", "include", "group_by",
)  # fmt: skip


def slow_parameters(asked: Mapping[str, str], words: str) -> list[ParameterError]:
    """Which parameters make an answer slow, each with what to ask instead."""
    names = [name for name in OFF_THE_SUMS if name in asked] or ["dataset"]
    return [ParameterError(name, asked.get(name, ""), f"{name}: {words}") for name in names[:1]]


class ReadOnly(APIView):
    """Reads only, and counts who asks; errors are problem details whatever format was asked for.

    Answers say how long they may be kept and what they depend on.
    """

    http_method_names = ["get", "head", "options"]
    content_negotiation_class = Negotiation
    budgets: Sequence[Budget] = ()
    counted = False

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Count the request before anything is done for it."""
        if not self.counted:
            self.count(request._request, REQUESTS)
        self.refuse_if_spent()
        super().initial(request, *args, **kwargs)

    def spend(self, request: Request, limit: Limit) -> None:
        """Take one from what the address may ask for. Raises ``TooManyRequests`` where nothing is left."""
        self.count(request._request, limit)
        self.refuse_if_spent()

    def count(self, request: HttpRequest, limit: Limit) -> None:
        """Take one from what the address may ask for, and remember what is left."""
        self.counted = True
        budget = COUNTING.spend(request, limit)
        if budget is not None:
            self.budgets = [*self.budgets, budget]

    @property
    def spent(self) -> Budget | None:
        """A limit of which nothing is left."""
        return next((one for one in self.budgets if one.remaining < 0), None)

    def refuse_if_spent(self) -> None:
        """Raises ``TooManyRequests`` where nothing is left."""
        if self.spent is not None:
            raise TooManyRequests(self.spent)

    def get_exception_handler(self) -> Callable[[Exception, dict[str, Any]], Response | None]:
        """Problem details for everything that goes wrong."""
        return problem_response

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Say how long the answer may be kept, what it depends on, and how often one may ask."""
        response = super().finalize_response(request, response, *args, **kwargs)
        if getattr(response, "exception", False):
            response.accepted_renderer = JSONRenderer()
        self.say_how_long(request, response)
        return response

    def say_how_long(self, request: Request | HttpRequest, response: HttpResponseBase) -> None:
        """The headers that every answer has."""
        kept = request.method in READING and response.status_code in CACHEABLE
        response.headers.setdefault("Cache-Control", KEPT if kept else "no-store")
        for name, value in headers_of(self.budgets).items():
            response.headers[name] = value
        patch_vary_headers(response, ["Accept", "Accept-Encoding"])


class PublicView(ReadOnly):
    """An endpoint that refuses parameters which it does not know."""

    renderer_classes: Sequence[type[BaseRenderer]] = JSON_ALONE
    schema = PublicSchema()
    query_form: type[forms.Form] | None = None
    # Whether every change of what it answers has a number in history: then an unchanged answer is not made again.
    follows_history = False
    version: RecordVersion | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer at once where nothing has to be made; only then is the request worth its checks."""
        answer = self.at_once(request) if self.follows_history and request.method in READING else None
        if answer is not None:
            return answer
        with at_most(settings.API_SECONDS_OF_SUMMING):
            return super().dispatch(request, *args, **kwargs)

    def at_once(self, request: HttpRequest) -> HttpResponseBase | None:
        """The answer that the reader holds already, or that was made before.

        Its validator names the whole address and was given with an answer to it, so nothing is left to be checked.
        """
        self.count(request, REQUESTS)
        if self.spent is not None:
            return None
        self.version = record_version(request, now=timezone.now())
        answer = HttpResponse(status=304) if is_held(request, self.version) else self.made_before(self.version)
        if answer is None:
            return None
        if answer.status_code == 304:
            del answer.headers["Content-Type"]
        answer.headers["Allow"] = ", ".join(self.allowed_methods)
        self.say_how_long(request, answer)
        for name, value in self.version.headers().items():
            answer.headers[name] = value
        return answer

    def made_before(self, version: RecordVersion) -> HttpResponse | None:
        """The answer, where it is kept."""
        return None

    def parameters(self) -> dict[str, Parameter]:
        """The parameters that the endpoint knows, by name."""
        return parameters_of(self.query_form) if self.query_form else {}

    def known_names(self) -> list[str]:
        """The names of all parameters that may come."""
        return [*self.parameters(), PARAMETER]

    def documented_parameters(self) -> list[OpenApiParameter]:
        """The parameters as the schema has them."""
        told = [parameter.documented(name) for name, parameter in self.parameters().items()]
        return [*told, format_parameter(self.renderer_classes).documented(PARAMETER)]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse what is not known before the record is looked at."""
        super().initial(request, *args, **kwargs)
        if request.method in READING:
            check_names(request.query_params, self.known_names())

    def handle_exception(self, exc: Exception) -> Response:
        """What is worked out record by record has its limit; the message says what to ask instead."""
        if isinstance(exc, TooManyLinesError):
            asked = self.request.query_params
            name = next((one for one in ("rates", "attribute_eu", "currency") if one in asked), "currency")
            exc = WrongParameters([ParameterError(name, asked.get(name, ""), f"{name}: {exc}")])
        if isinstance(exc, TooManyRowsError):
            grouped = self.request.query_params.get("group_by", "")
            exc = WrongParameters([ParameterError("group_by", grouped, f"group_by: {exc}.")])
        if isinstance(exc, TooSlowError):
            exc = WrongParameters(slow_parameters(self.request.query_params, str(exc)))
        return super().handle_exception(exc)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Name the version of what was answered."""
        response = super().finalize_response(request, response, *args, **kwargs)
        if self.version is not None and response.status_code == 200:
            for name, value in self.version.headers().items():
                response.headers[name] = value
        elif self.version is None:
            tag_by_content(request, response)
        return response


class PagedView(PublicView):
    """An endpoint whose answer comes in pages, beside whatever else it takes."""

    def known_names(self) -> list[str]:
        """The question and the pages."""
        return [*super().known_names(), *Pages.names]

    def documented_parameters(self) -> list[OpenApiParameter]:
        """The question and the pages."""
        return [*super().documented_parameters(), *Pages.documented()]
