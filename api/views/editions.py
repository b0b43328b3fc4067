"""The whole published record as files: the list of downloads, and the files themselves."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import http_date
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request

from api.filters.editions import EditionFilters
from api.formats import Negotiation
from api.schema import problems
from api.serializers.editions import EditionAnswer
from api.throttling import DOWNLOADS
from api.views.base import PublicView
from api.views.shaped import PublicList
from api.walking import Walk
from interchange.publishing.editions import folder_of
from interchange.publishing.models import Edition, EditionFile, Form

log = logging.getLogger(__name__)

PIECE = 1 << 18
# A file never changes under its address; only nightly ones go some day.
KEPT = "public, max-age=31536000, immutable"
MEDIA_TYPES = {
    Form.DATA_PACKAGE: "application/zip",
    Form.NDJSON: "application/zip",
    Form.SQLITE: "application/vnd.sqlite3",
    Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Form.IATI: "application/xml",
    Form.FTM: "application/x-ndjson",
}
# One range alone; a reader who asks for several gets the whole file, as RFC 9110 allows.
ONE_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


class EditionList(PublicList):
    """Downloads."""

    serializer_class = EditionAnswer
    filterset_class = EditionFilters
    walk = Walk(Edition, "key")

    def get_queryset(self) -> QuerySet[Edition]:
        """All of them, the newest first."""
        return Edition.objects.prefetch_related("files__edition").order_by("-made_at", "-pk")

    @extend_schema(
        operation_id="listDownloads",
        tags=["start"],
        summary="The whole published record as files",
        description="Made every night that something changed, and as named releases that are kept for ever; the newest "
        "first. All files of an edition are of one state of the record, that after `change`. Each is downloaded at its "
        "`address`, under an ETag that is its SHA-256; a part of it is asked for by `Range`.",
        responses={200: EditionAnswer(many=True), **problems(400, 404)},
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """A page of downloads."""
        return self.list(request, *args, **kwargs)


class AnyFormat(Negotiation):
    """A file is what it is, whatever the reader would rather have."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        """The renderer of problems."""
        return renderers[0], renderers[0].media_type


@extend_schema(exclude=True)
class DownloadFile(PublicView):
    """One file of an edition, as it lies on disk."""

    content_negotiation_class = AnyFormat

    def get(self, request: Request, key: str, name: str) -> HttpResponseBase:
        """The file, a part of it, or that it is the one that the reader holds."""
        # What is served is what the tables list; no part of an address is ever made into a path.
        file = EditionFile.objects.select_related("edition").filter(edition__key=key, name=name).first()
        if file is None:
            raise NotFound("There is no such file. /api/v1/downloads/ lists those that there are.")
        etag = f'"{file.sha256}"'
        held = {one.strip().removeprefix("W/") for one in request.headers.get("If-None-Match", "")[:4000].split(",")}
        if held & {etag, "*"}:
            return self.described(HttpResponse(status=304), file, etag)
        self.spend(request, DOWNLOADS)
        answer: HttpResponseBase
        span = self.span(request, file, etag)
        if span is None:
            answer = HttpResponse(status=416)
            answer.headers["Content-Range"] = f"bytes */{file.bytes}"
            return answer
        first, last = span
        answer = StreamingHttpResponse(
            () if request.method == "HEAD" else Span(self.opened(file), first, last),
            content_type=MEDIA_TYPES[Form(file.form)],
        )
        if (first, last) != (0, file.bytes - 1):
            answer.status_code = 206
            answer.headers["Content-Range"] = f"bytes {first}-{last}/{file.bytes}"
        answer.headers["Content-Length"] = str(last - first + 1)
        answer.headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
        return self.described(answer, file, etag)

    def span(self, request: Request, file: EditionFile, etag: str) -> tuple[int, int] | None:
        """The first and last byte asked for; ``None`` for a part that the file does not have."""
        whole = (0, file.bytes - 1)
        written = ONE_RANGE.fullmatch(request.headers.get("Range", "").replace(" ", ""))
        if written is None or not any(written.groups()) or request.headers.get("If-Range", etag) != etag:
            return whole
        first, last = written.groups()
        if not first:
            length = min(int(last), file.bytes)
            return (file.bytes - length, file.bytes - 1) if length else None
        if int(first) >= file.bytes or (last and int(last) < int(first)):
            return None
        return int(first), min(int(last), file.bytes - 1) if last else file.bytes - 1

    def opened(self, file: EditionFile) -> IO[bytes]:
        """The file on disk. Raises ``NotFound`` where it was lost, or has just been taken away with its night."""
        path: Path = folder_of(file.edition) / file.name
        try:
            return path.open("rb")
        except OSError as error:
            log.error("A file that is listed cannot be read: %s", error)
            raise NotFound(
                "The file is listed and cannot be read just now. Whoever runs this tracker was told."
            ) from error

    def described(self, answer: HttpResponseBase, file: EditionFile, etag: str) -> HttpResponseBase:
        """The validators, and how long the file may be kept."""
        answer.headers["ETag"] = etag
        answer.headers["Last-Modified"] = http_date(file.edition.made_at.timestamp())
        answer.headers["Accept-Ranges"] = "bytes"
        answer.headers["Cache-Control"] = f"{KEPT}, no-transform"
        return answer


class Span:
    """The bytes of a file from the first to the last, some at a time. Closed with the answer, sent or not."""

    def __init__(self, file: IO[bytes], first: int, last: int) -> None:
        self.file, self.left = file, last - first + 1
        file.seek(first)

    def __iter__(self) -> Iterator[bytes]:
        """The pieces."""
        while self.left and (piece := self.file.read(min(PIECE, self.left))):
            self.left -= len(piece)
            yield piece

    def close(self) -> None:
        """The answer is done with."""
        self.file.close()
