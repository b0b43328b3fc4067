"""How the API is documented: parameters from the same objects that check them, problems as RFC 9457."""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiResponse

from api.problems import MEDIA_TYPE
from api.serializers.shared import Problem

WORDS = {
    400: "A parameter is wrong: the answer names it, its value and what is allowed.",
    403: "It belongs to a dataset whose single records may not be given out.",
    404: "There is no such public record, or no such page.",
    406: "The Accept header asks for a format that is not given here.",
    429: "The address has asked more often than it may: `Retry-After` says when to ask again.",
    410: "It was published and then withdrawn: the answer tells why.",
}


class PublicSchema(AutoSchema):
    """Documents a view's own parameters."""

    def get_override_parameters(self) -> list[Any]:
        """The parameters that the view checks its query against."""
        return list(self.view.documented_parameters())  # type: ignore[attr-defined]


def problems(*statuses: int) -> dict[Any, Any]:
    """The documented problems of an operation; 406 and 429 are among those of each."""
    told = (*statuses, 406, 429)
    return {(status, MEDIA_TYPE): OpenApiResponse(Problem, description=WORDS[status]) for status in told}


NOT_MODIFIED = {304: OpenApiResponse(description="What `If-None-Match` names is still the answer.")}
