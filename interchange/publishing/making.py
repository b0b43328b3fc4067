"""Writes all files of one state of the record into a folder, in constant memory.

To be called within one ``snapshot``, so that the files agree with each other. The same state makes the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from interchange.ftm.writing import write_entities
from interchange.iati.writing import write_activities
from interchange.publishing.archives import Archive, Entry, written
from interchange.publishing.databases import Database
from interchange.publishing.descriptor import (
    CSV_WORDS,
    Part,
    as_json,
    citation_file,
    descriptor,
    read_me,
    read_me_page,
)
from interchange.publishing.models import Form
from interchange.publishing.scope import Stand
from interchange.publishing.tables import all_tables, chunks_of, rows_of
from interchange.writing.csv_lines import csv_lines
from interchange.writing.ndjson_lines import ndjson_lines
from interchange.writing.tables import Row, Table
from interchange.writing.xlsx import WorkbookTooLargeError, write_xlsx

Progress = Callable[[str], None]
ENDINGS = {
    Form.DATA_PACKAGE: ".zip",
    Form.NDJSON: "-ndjson.zip",
    Form.SQLITE: ".sqlite",
    Form.XLSX: ".xlsx",
    Form.IATI: "-iati.xml",
    Form.FTM: "-ftm.ndjson",
}
MOST_ROWS_OF_A_WORKBOOK = 250_000  # of one table: what programs still open; and a workbook is the slowest to write
NDJSON_WORDS = [
    "Each file is a table, each line a record as a JSON object. Decimals are texts, so that none is rounded; lists are "
    "arrays; what is not known is null."
]
SQLITE_WORDS = [
    "Decimals are texts, so that none is rounded. Amounts in euros and dollars also stand as whole cents in columns "
    "that end in _cents: add up those. Lists are JSON arrays, truth is 1 and untruth 0.",
    "The tables columns and codes say what each column holds.",
]


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A file that was made."""

    form: Form
    name: str
    bytes: int
    sha256: str


@dataclass(slots=True)
class Made:
    """What was made: files, how many rows each table has, and what was left out and why."""

    files: list[MadeFile] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    def add(self, form: Form, path: Path) -> None:
        """A file that is whole."""
        found = written(path)
        self.files.append(MadeFile(form, path.name, found.bytes, found.sha256))


def make_files(folder: Path, stem: str, stand: Stand, *, progress: Progress = lambda words: None) -> Made:
    """Write every file into the folder, their names beginning with ``stem``. Whatever breaks off leaves parts there."""
    made = Made()

    def place(form: Form) -> Path:
        return folder / f"{stem}{ENDINGS[form]}"

    write_tables(place, stand, made, progress)
    for form in (Form.DATA_PACKAGE, Form.NDJSON, Form.SQLITE):
        made.add(form, place(form))
    progress("workbook")
    _write_workbook(place(Form.XLSX), folder, stand, made)
    progress("IATI activities")
    if write_activities(place(Form.IATI), stand):
        made.add(Form.IATI, place(Form.IATI))
    else:
        made.remarks.append("No IATI file: the standard knows none without an activity, and no pledge is published.")
    progress("FollowTheMoney entities")
    write_entities(place(Form.FTM), stand)
    made.add(Form.FTM, place(Form.FTM))
    return made


def write_tables(place: Callable[[Form], Path], stand: Stand, made: Made, progress: Progress) -> None:
    """CSV, NDJSON and SQLite in one reading of the record."""
    tables = all_tables()
    parts: list[Part] = []
    database = Database(place(Form.SQLITE), tables)
    try:
        with Archive(place(Form.DATA_PACKAGE)) as package, Archive(place(Form.NDJSON)) as lines:
            for table in tables:
                progress(table.title)
                path = f"data/{table.name}.csv"
                sheet, objects = package.open(path), lines.open(f"{table.name}.ndjson")
                rows = _write_table(table, stand, sheet, objects, database)
                objects.close()
                done = sheet.close()
                parts.append(Part(table, path, rows, done.bytes, done.sha256))
                made.rows[table.name] = rows
            package.add("datapackage.json", as_json(descriptor(stand, parts)))
            package.add("CITATION.cff", citation_file(stand))
            package.add("README.md", read_me_page(stand, CSV_WORDS, tables))
            lines.add("README.md", read_me_page(stand, NDJSON_WORDS, tables))
        database.close(stand, [*read_me(stand), *SQLITE_WORDS], made.rows)
    except BaseException:
        database.discard()
        raise


def _write_table(table: Table, stand: Stand, sheet: Entry, objects: Entry, database: Database) -> int:
    count = 0
    sheet.write(csv_lines(table, ()))
    for chunk in chunks_of(rows_of(table, stand.key)):
        sheet.write(csv_lines(table, chunk, header=False))
        objects.write(ndjson_lines(table, chunk))
        database.insert(table, chunk)
        count += len(chunk)
    return count


def _write_workbook(path: Path, folder: Path, stand: Stand, made: Made) -> None:
    large = [f"{name} has {count:,}" for name, count in made.rows.items() if count > MOST_ROWS_OF_A_WORKBOOK]
    if large:
        made.remarks.append(f"No workbook: a sheet has up to {MOST_ROWS_OF_A_WORKBOOK:,} rows, {', '.join(large)}.")
        return

    def sheets() -> Iterator[tuple[Table, Iterator[Row]]]:
        for table in all_tables():
            yield table, rows_of(table, stand.key)

    try:
        write_xlsx(path, sheets(), read_me=read_me(stand), created=stand.at, folder=folder)
    except WorkbookTooLargeError as error:
        path.unlink(missing_ok=True)
        made.remarks.append(f"No workbook: {error}")
        return
    made.add(Form.XLSX, path)
