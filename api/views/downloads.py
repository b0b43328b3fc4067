"""Endpoints that also answer with a table: CSV, XLSX, NDJSON."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.functional import cached_property
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.reverse import reverse

from api.flattening import flat
from api.formats import CSV, NDJSON, PARAMETER, TABLES, XLSX
from api.pages import TOTAL_COUNT
from api.parameters import Codes, Parameter
from api.problems import ParameterError, WrongParameters
from api.shaping import Shape
from api.tables import MOST_ROWS_OF_A_WORKBOOK, FlatList, file_name, headers_alone, streamed, words_about, workbook
from api.throttling import DOWNLOADS
from api.views.base import PublicView
from api.views.shaped import PublicList
from interchange.writing import csv_lines, ndjson_lines
from interchange.writing.xlsx import WorkbookTooLargeError
from reference.models import Dataset

OF_PAGES = ("page", "page_size", "cursor", "expand")


class Download(PublicView):
    """What all endpoints have in common that answer with a table."""

    renderer_classes = TABLES

    @property
    def as_table(self) -> bool:
        """Whether a table is asked for."""
        renderer = getattr(self.request, "accepted_renderer", None)
        return renderer is not None and renderer.format != TABLES[0].format

    def name_file(self, answer: Any, name: str) -> None:
        """Say in the headers how a saved table is called, and where its licence stands."""
        saved = file_name(name, self.request.accepted_renderer.format, now=timezone.now())
        answer.headers["Content-Disposition"] = f'attachment; filename="{saved}"'
        answer.headers["Link"] = f'<{reverse("api:datasets", request=self.request)}>; rel="license"'

    def read_me(self, title: str) -> list[str]:
        """What a workbook says in front."""
        datasets = list(Dataset.objects.order_by("key"))
        asked = self.request.query_params.get("dataset")
        shown = [one for one in datasets if (one.redistributable if asked is None else one.key == asked)]
        return words_about(title, shown, self.request.build_absolute_uri(), now=timezone.now())

    def refused(self, name: str, words: str) -> WrongParameters:
        """The error for a parameter that does not go with a table."""
        return WrongParameters([ParameterError(name, self.request.query_params.get(name, ""), f"{name}: {words}.")])


class FlatAnswer(Download):
    """An answer whose ``results`` can be had as a table too: put it before ``PublicView`` and name ``flat_rows``."""

    # The serializer that describes the rows, and what the table is called.
    flat_rows: type[serializers.Serializer[Any]]
    flat_name = ""
    flat_title = ""

    def as_bytes(self, data: Any, form: str) -> bytes:
        """The rows of an answer as a table."""
        notes = [str(one) for one in data.get("meta", {}).get("messages", [])]
        told = data["results"]
        if not told and not data.get("meta", {}).get("group_by", True):
            told = [data["total"]]  # without groups the total is the one row
        table, rows = flat(self.flat_name, self.flat_title, " ".join(notes), self.flat_rows, told)
        if form == XLSX:
            with workbook(table, rows, [*self.read_me(self.flat_title), *notes]) as file:
                return file.read()
        return b"".join({CSV: csv_lines, NDJSON: ndjson_lines}[form](table, rows))

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Name the file."""
        response = super().finalize_response(request, response, *args, **kwargs)
        if response.status_code == 200 and self.as_table:
            self.name_file(response, self.flat_name)
            kind = str(request.accepted_renderer.media_type)
            # A table without rows has a type as well.
            response.add_post_render_callback(lambda told: told.headers.setdefault("Content-Type", kind) and None)
        return response


class TableList(Download, PublicList):
    """A list that is also given out whole, as one flat table."""

    flat: FlatList

    def parameters(self) -> dict[str, Parameter]:
        """Those of a list; ``fields`` also names the columns of the table."""
        found = super().parameters()
        members = self.shaping.members
        columns = [name for name in self.flat.table.names if name not in members]
        found["fields"] = Codes(
            allowed=[*members, *columns],
            about="Members that each record shall have; in a table, names of its columns. By default all of them.",
        )
        return found

    @cached_property
    def shape(self) -> Shape:
        """What of the rows is asked for; a table has columns instead of members."""
        return Shape() if self.as_table else self.shaping.read(self.request.query_params)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """A page of the list, or all of it as a table."""
        if not self.as_table:
            return super().list(request, *args, **kwargs)
        for name in OF_PAGES:
            if name in request.query_params:
                raise self.refused(name, "a table holds all rows, each flat. Leave this out, or ask for JSON")
        table = self.columns()
        rows = self.filter_queryset(self.get_queryset())
        count, form = rows.count(), request.accepted_renderer.format
        if form == XLSX and count > MOST_ROWS_OF_A_WORKBOOK:
            raise self.refused(
                PARAMETER, f"a workbook holds up to {MOST_ROWS_OF_A_WORKBOOK:,} rows here, and these are {count:,}. "
                "Allowed: fewer rows by a filter, or csv or ndjson",
            )  # fmt: skip
        media_type = str(request.accepted_renderer.media_type)
        if request.method == "HEAD":
            answer = headers_alone(media_type)
        else:
            self.spend(request, DOWNLOADS)
            try:
                told = self.read_me(f"{table.title}: {table.description}") if form == XLSX else ()
                answer = streamed(table, self.flat.rows(rows), form, media_type, read_me=told)
            except WorkbookTooLargeError as error:
                raise self.refused(PARAMETER, str(error).rstrip(".")) from error
        answer.headers[TOTAL_COUNT] = str(count)
        self.name_file(answer, table.name)
        return answer

    def columns(self) -> Any:
        """The table with the columns that are asked for."""
        table = self.flat.table
        asked = Codes(allowed=table.names, about="").read("fields", self.request.query_params)
        return table.only(*asked) if asked else table
