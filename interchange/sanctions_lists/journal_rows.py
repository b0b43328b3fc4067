"""Reads rows of annexes of the Official Journal, as OpenSanctions compiles them: whom an annex names, since when."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from interchange.csvs import CsvRow
from interchange.problems import FileProblem
from interchange.report import Report
from interchange.tables import data_file, meaning
from reference.dates import UNKNOWN, DateError, When, parse_when
from sanctions.drafts import DesignationDraft, IdentifierDraft, TargetDraft

FILE = "eu_journal"
COLUMNS = ("celex", "recordId", "programKey", "annex", "measure", "startDate", "schema", "name", "alias")
REMARK = re.compile(r"\([^()]*\)")
LONGEST_VALUE, LONGEST_RAW = 200, 500


def drafts(rows: Sequence[CsvRow], report: Report) -> Iterator[tuple[CsvRow, DesignationDraft | FileProblem]]:
    """The designation of each row, or what is wrong with the row."""
    names = Counter(_name_key(row) for row in rows)
    for row in rows:
        try:
            yield row, _draft(row, report, alone=names[_name_key(row)] == 1)
        except FileProblem as problem:
            yield row, problem


def _name_key(row: CsvRow) -> tuple[str, str]:
    return row.text("annex"), " ".join(row.text("name").split()).casefold()


def _draft(row: CsvRow, report: Report, *, alone: bool) -> DesignationDraft:
    annex, name = _name_key(row)
    if not name:
        raise FileProblem("the row names nobody.", row.place("name"))
    when = _start(row, report)
    # Record numbers move between issues of an act, so that a name is known by itself where only one goes by it.
    key = f"{row.text('celex')}/{annex}/{name}"
    entry = f", no. {row.text('recordId')}" if row.text("recordId") else ""
    return DesignationDraft(
        origin_key=key if alone else f"{key}/{row.text('recordId')}",
        target=_target(row),
        annex=f"{annex}{entry}",
        reason=row.text("reason"),
        listed_on=when.earliest,
        listed_as_written=row.text("startDate"),
    )


def _start(row: CsvRow, report: Report) -> When:
    written = row.text("startDate")
    if not written:
        report.remark(row.place("startDate"), f"{row.text('name')}: the annex gives no day.")
        return UNKNOWN
    try:
        when = parse_when(written)
    except DateError as error:
        report.remark(row.place("startDate"), f"{row.text('name')}: {error} It is kept as written.")
        return UNKNOWN
    if when.precision != "day":
        report.remark(row.place("startDate"), f"{row.text('name')}: “{written}” is no one day; it is kept as written.")
        return UNKNOWN
    return when


def _target(row: CsvRow) -> TargetDraft:
    kinds: dict[str, str] = data_file(FILE)["kinds"]
    kind = meaning(kinds, row.text("schema"), row.place("schema"), "kind of target", FILE)
    details = [(name, text) for name in data_file(FILE)["details"]["columns"] if (text := row.text(name))]
    return TargetDraft(
        kind=kind,
        name=row.text("name"),
        names=tuple(_names(row)),
        identifiers=tuple(_identifiers(row, kind)),
        details=tuple(details),
    )


def _names(row: CsvRow) -> Iterator[tuple[str, str]]:
    yield "name", row.text("name")
    for column, kind in (("alias", "alias"), ("weakAlias", "weak"), ("previousName", "previous")):
        yield from ((kind, name) for one in row.text(column).split(";") if (name := one.strip()))


def _identifiers(row: CsvRow, kind: str) -> Iterator[IdentifierDraft]:
    columns: dict[str, str] = data_file(FILE)["identifiers"]
    for column, code in columns.items():
        for raw in filter(None, (one.strip() for one in row.text(column).split(";"))):
            # The IMO numbers companies as well as ships; a company's number is none of a ship.
            own = "imo_company" if code == "imo" and kind != "Vessel" else code
            value = re.sub(r"\s", "", REMARK.sub("", raw))
            if value:
                yield IdentifierDraft(own, value[:LONGEST_VALUE], raw[:LONGEST_RAW])
