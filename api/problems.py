"""Errors as problem details (RFC 9457): each says in a sentence what is wrong, where, and what is allowed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions, status
from rest_framework.response import Response

MEDIA_TYPE = "application/problem+json"
KIND = "urn:aid-and-sanctions-tracker:problem:"
# A value is told back to the person who sent it, but not by the kilobyte.
LONGEST_ECHO = 80


@dataclass(frozen=True, slots=True)
class ParameterError:
    """One parameter that cannot be taken: its name, what was sent, and what would be allowed."""

    parameter: str
    value: str
    detail: str
    allowed: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The member of ``errors``."""
        return {
            "parameter": self.parameter,
            "value": shortened(self.value),
            "detail": self.detail,
            "allowed": list(self.allowed),
        }


def shortened(value: str) -> str:
    """A value as it may be echoed: cut where it is long."""
    return value if len(value) <= LONGEST_ECHO else value[: LONGEST_ECHO - 1] + "…"


class WrongParameters(exceptions.APIException):
    """One or several query parameters that cannot be taken."""

    status_code = status.HTTP_400_BAD_REQUEST

    def __init__(self, errors: Sequence[ParameterError]) -> None:
        super().__init__(" ".join(error.detail for error in errors))
        self.errors = tuple(errors)


class Gone(exceptions.APIException):
    """A record that was public and was withdrawn, with the reason that the public is told."""

    status_code = status.HTTP_410_GONE

    def __init__(self, public_id: str, reason: str) -> None:
        super().__init__(f"{public_id} was withdrawn. Reason: {reason}")
        self.reason = reason


class NotGivenOut(exceptions.APIException):
    """A record of an imported dataset whose licence does not let us give out its rows."""

    status_code = status.HTTP_403_FORBIDDEN

    def __init__(self, public_id: str, dataset: str, licence: str) -> None:
        super().__init__(
            f"{public_id} belongs to the dataset “{dataset}”, whose single records may not be given out ({licence}). "
            "Its totals may be asked for."
        )


TITLES = {
    400: ("wrong-parameter", "Wrong parameter"),
    403: ("not-given-out", "May not be given out"),
    404: ("not-found", "Not found"),
    405: ("method-not-allowed", "Method not allowed"),
    406: ("not-acceptable", "Not acceptable"),
    410: ("withdrawn", "Withdrawn"),
    429: ("too-many-requests", "Too many requests"),
}


def problem_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """The answer to an exception of a view; ``None`` where it is a fault of ours, which is raised further."""
    if isinstance(error, Http404):
        error = exceptions.NotFound(str(error) or None)
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if not isinstance(error, exceptions.APIException):
        return None
    request = context["request"]
    name, title = TITLES.get(error.status_code, ("request", "The request cannot be answered"))
    body: dict[str, Any] = {
        "type": KIND + name,
        "title": title,
        "status": error.status_code,
        "detail": _sentence(error, request.method),
        "instance": shortened(request.path),
    }
    if isinstance(error, WrongParameters):
        body["errors"] = [one.as_json() for one in error.errors]
    if isinstance(error, Gone):
        body["reason"] = error.reason
    headers = {}
    wait = getattr(error, "wait", None)
    if wait is not None:
        headers["Retry-After"] = str(math.ceil(wait))
    return Response(body, status=error.status_code, headers=headers, content_type=MEDIA_TYPE)


def _sentence(error: exceptions.APIException, method: str) -> str:
    if isinstance(error, exceptions.MethodNotAllowed):
        return f"This API is read-only: {shortened(method)} is not allowed here. Allowed: GET, HEAD, OPTIONS."
    if isinstance(error, exceptions.NotAcceptable):
        allowed = dict.fromkeys(str(renderer.media_type) for renderer in error.available_renderers or [])
        return f"The Accept header asks for a format that is not given here. Allowed: {', '.join(allowed)}."
    return str(error.detail)
