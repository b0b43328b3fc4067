"""In which formats an endpoint answers, and how the reader says which: by ``?format=``, else by ``Accept``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request

from api.parameters import Code
from api.problems import ParameterError, WrongParameters, shortened

PARAMETER = "format"
CSV, XLSX, NDJSON = "csv", "xlsx", "ndjson"


class TableRenderer(BaseRenderer):
    """A table. Lists stream theirs past the machinery of renderers; of a totals answer this one writes the rows."""

    charset: str | None = "utf-8"  # none for bytes

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The rows of the answer as a table; the view says how they are flattened."""
        if data is None:
            return b""
        table: bytes = (renderer_context or {})["view"].as_bytes(data, self.format)
        return table


class CsvRenderer(TableRenderer):
    """Comma-separated values."""

    media_type, format = "text/csv", CSV


class XlsxRenderer(TableRenderer):
    """A workbook."""

    media_type, format, charset = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", XLSX, None
    render_style = "binary"


class NdjsonRenderer(TableRenderer):
    """One JSON object a line."""

    media_type, format = "application/x-ndjson", NDJSON


JSON_ALONE: list[type[BaseRenderer]] = [JSONRenderer]
# JSON first: whoever takes anything gets that.
TABLES: list[type[BaseRenderer]] = [JSONRenderer, CsvRenderer, XlsxRenderer, NdjsonRenderer]


class Negotiation(DefaultContentNegotiation):
    """``format`` goes before ``Accept``; one that is not given here is an error that lists those that are."""

    def filter_renderers(self, renderers: Iterable[Any], format: str) -> list[Any]:
        """The renderers of a format."""
        renderers = list(renderers)
        found = [renderer for renderer in renderers if renderer.format == format]
        if not found:
            allowed = formats_of(renderers)
            raise WrongParameters(
                [
                    ParameterError(
                        PARAMETER, format, f"{PARAMETER}: “{shortened(format)}” is not given here. Allowed: "
                        f"{', '.join(allowed)}.", allowed,
                    )
                ]
            )  # fmt: skip
        return found

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        """The renderer that answers, and its media type."""
        asked = request.query_params.get(PARAMETER)
        if asked is not None:
            (chosen, *_) = self.filter_renderers(renderers, asked)
            return chosen, chosen.media_type
        by_type = {str(one.media_type): one for one in reversed(renderers)}
        preferred = request._request.get_preferred_type([str(one.media_type) for one in renderers])
        if preferred is None:
            raise NotAcceptable(available_renderers=renderers)
        return by_type[preferred], preferred


def formats_of(renderers: Sequence[Any]) -> tuple[str, ...]:
    """The names of the formats, each once."""
    return tuple(dict.fromkeys(str(one.format) for one in renderers))


def format_parameter(renderers: Sequence[Any]) -> Code:
    """The parameter as it is checked and documented."""
    allowed = formats_of(renderers)
    return Code(
        allowed=allowed, default=allowed[0],
        about=f"The format of the answer, whatever `Accept` says; `{allowed[0]}` by default."
        + (" Tables hold all rows that the filters pick out, not one page." if CSV in allowed else ""),
    )  # fmt: skip
