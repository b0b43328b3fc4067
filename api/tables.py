"""Lists as one flat table each: all rows that the filters pick out, streamed as CSV or NDJSON, or as a workbook.

The tables and their writers are those of ``interchange``, which also tell what each column means.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import IO, Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse

from api.formats import CSV, NDJSON, XLSX
from api.records import measures_of, pledges_of
from ingestion.models import Article
from interchange.datatables import pledges, reference, sanctions
from interchange.datatables.columns import entries, integer, moment, text, truth
from interchange.datatables.reading import columns_of
from interchange.writing import Row, Table, csv_lines, ndjson_lines, write_xlsx
from reference.models import Dataset

# Programs that show workbooks stop at a million rows, and become slow long before.
MOST_ROWS_OF_A_WORKBOOK = 100_000
ROWS_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class FlatList:
    """A list's table, and how its rows are read from what the filters picked out."""

    table: Table
    rows: Callable[[QuerySet[Any]], Iterator[Row]]


ARTICLES = Table(
    "articles",
    "Articles",
    "What articles that ground a published record are and where they can be read; never their text.",
    columns_of(
        (
            integer("id", "", "Id", "Number of the article in the tracker.", required=True, unique=True),
            text("title", "", "Headline", "Of the newest revision that is quoted."),
            text("url", "", "Address", "Where it can be read; empty for a text handed in by staff."),
            text("publisher", "", "Publisher", "Who published it."),
            truth("official", "", "Official", "Whether its source speaks for a government or an organisation."),
            text("language", "", "Language", "Language code, if known."),
            moment("published_at", "", "Published", "When it was published, as its source says."),
            moment("first_seen_at", "", "First seen", "When the tracker first saw it."),
            entries("revisions_quoted", "Revisions", "Numbers of the revisions that evidence quotes."),
            entries("pledges", "Pledges", "Ids of the published pledges that rest on it."),
            entries("sanctions", "Measures", "Ids of the published measures that rest on it."),
        )
    ),
    ("id",),
)


def article_rows(articles: QuerySet[Article]) -> Iterator[Row]:
    """The rows of ``ARTICLES`` in the order of the query."""
    found = articles.iterator(chunk_size=ROWS_AT_ONCE)
    while some := list(islice(found, ROWS_AT_ONCE)):
        pledged, sanctioned = pledges_of(some), measures_of(some)
        for article in some:
            quoted: Sequence[Any] = article.quoted  # type: ignore[attr-defined]
            yield {
                "id": article.pk,
                "title": quoted[0].title or None,
                "url": article.canonical_url,
                "publisher": article.source.publisher or None,
                "official": article.source.official,
                "language": quoted[0].language or None,
                "published_at": quoted[0].published_at,
                "first_seen_at": article.first_seen_at,
                "revisions_quoted": sorted(str(one.number) for one in quoted),
                "pledges": pledged.get(article.pk, []),
                "sanctions": sanctioned.get(article.pk, []),
            }


PLEDGES = FlatList(pledges.PLEDGES, pledges.pledge_rows)
MEASURES = FlatList(sanctions.MEASURES, sanctions.measure_rows)
PROGRAMMES = FlatList(sanctions.PROGRAMMES, sanctions.programme_rows)
DESIGNATIONS = FlatList(sanctions.DESIGNATIONS, sanctions.designation_rows)
PARTIES = FlatList(reference.PARTIES, reference.party_rows)
RATES = FlatList(reference.EXCHANGE_RATES, reference.rate_rows)
DATASETS = FlatList(reference.DATASETS, reference.dataset_rows)
ARTICLE_LIST = FlatList(ARTICLES, article_rows)


def in_snapshot(rows: Iterator[Row]) -> Iterator[Row]:
    """The rows as they all stood at one moment, however long the reader takes over them."""
    if connection.in_atomic_block:
        yield from rows
        return
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield from rows


def streamed(table: Table, rows: Iterator[Row], form: str, media_type: str, *, read_me: Sequence[str]) -> Any:
    """The answer that gives out a table. Raises ``WorkbookTooLargeError`` where a workbook cannot hold it."""
    rows = in_snapshot(rows)
    if form == XLSX:
        return FileResponse(workbook(table, rows, read_me), content_type=media_type)
    lines = {CSV: csv_lines, NDJSON: ndjson_lines}[form](table, rows)
    return StreamingHttpResponse(lines, content_type=f"{media_type}; charset=utf-8")


def headers_alone(media_type: str) -> HttpResponseBase:
    """The answer to HEAD, which makes no rows."""
    kind = media_type if "sheet" in media_type else f"{media_type}; charset=utf-8"
    return StreamingHttpResponse(iter(()), content_type=kind)


def workbook(table: Table, rows: Iterator[Row], read_me: Sequence[str]) -> IO[bytes]:
    """The table as a workbook in a file of its own, which is gone when it is closed."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  # the answer closes it
    try:
        write_xlsx(file, [(table, rows)], read_me=read_me)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


def file_name(name: str, form: str, *, now: datetime) -> str:
    """How a saved table is called: pledges-2022-03-10.csv."""
    return f"{name.replace('_', '-')}-{now:%Y-%m-%d}.{form}"


def words_about(title: str, datasets: Sequence[Dataset], address: str, *, now: datetime) -> list[str]:
    """What a workbook says in front: what it holds, from where, and under which licence it may be used."""
    lines = [
        title,
        f"From {address}, {now:%d %B %Y, %H:%M} UTC. Amounts are exact; an empty cell means that nothing is known.",
    ]
    for dataset in datasets:
        lines.append(
            f"{dataset.name}: {dataset.licence}." + (f" Cite as: {dataset.citation}" if dataset.citation else "")
        )
    return lines
