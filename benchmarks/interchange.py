"""Files in and out: rows a second, memory, and what the reading or writing library alone needs for the same file.

``python -m benchmarks.interchange [--rows 10000 100000 1000000]`` fills a database of its own (SQLite in a temporary
folder, or the empty one that ``DATABASE_URL`` names) with copies of one pledge, then writes and reads it back. Each
measurement runs in a process of its own, so that its memory is its own; rows a second are of processor time.
``REAL_DATA`` adds the field's own files.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from benchmarks.exports import MEASURED as EXPORTS

SIZES = (10_000, 100_000, 1_000_000)
NOW = datetime(2026, 1, 2, tzinfo=UTC)
MOST_XLSX = 200_000  # rows; a sheet ends at a million, and no program of people opens one comfortably
CHILDREN = ("pledges_pledgedonor", "pledges_pledgerecipient", "pledges_evidence", "pledges_totalline")
Measured = Callable[[Path], int]


# --- what is measured: each returns how many rows it went through -----------------------------------------------------
def csv_out(folder: Path) -> int:
    """All published pledges to CSV."""
    return _out(folder / "pledges.csv", "csv")


def ndjson_out(folder: Path) -> int:
    """All published pledges to NDJSON."""
    return _out(folder / "pledges.ndjson", "ndjson")


def xlsx_out(folder: Path) -> int:
    """All published pledges to a workbook."""
    from interchange.datatables import catalogue
    from interchange.writing import write_xlsx

    one = catalogue.BY_NAME["pledges"]
    write_xlsx(folder / "pledges.xlsx", [(one.table, one.rows(None))])
    return _pledges()


def csv_back(folder: Path) -> int:
    """The CSV file brought back unchanged: every row is compared with the record."""
    return _back(folder / "pledges.csv")


def xlsx_back(folder: Path) -> int:
    """The workbook brought back unchanged."""
    return _back(folder / "pledges.xlsx")


def csv_library_writes(folder: Path) -> int:
    """The library alone, writing the same cells."""
    count = 0
    with (folder / "pledges.csv").open(newline="", encoding="utf-8") as source:
        rows = csv.reader(source)
        first = [row for _, row in zip(range(1_000), rows, strict=False)]
    with (folder / "again.csv").open("w", newline="", encoding="utf-8") as target:
        writer = csv.writer(target)
        for count in range(1, _pledges() + 1):
            writer.writerow(first[count % len(first)])
    return count


def csv_library_reads(folder: Path) -> int:
    """The library alone, reading the CSV file."""
    with (folder / "pledges.csv").open(newline="", encoding="utf-8") as source:
        return sum(1 for _ in csv.reader(source)) - 1


def xlsx_library_reads(folder: Path) -> int:
    """The library alone, reading the workbook."""
    from python_calamine import CalamineWorkbook

    sheet = CalamineWorkbook.from_path(folder / "pledges.xlsx").get_sheet_by_index(0)
    return sum(1 for _ in sheet.iter_rows()) - 1


def rows_of_database(folder: Path) -> int:
    """The database alone, giving the columns of the same pledges."""
    from interchange.datatables.catalogue import published_pledges
    from interchange.datatables.pledges import FIELDS

    paths = [field.path for field in FIELDS if field.path]
    return sum(1 for _ in published_pledges().values_list(*paths).iterator(chunk_size=1_000))


MEASURED: dict[str, Measured] = {
    "database alone": rows_of_database,
    "CSV out": csv_out,
    "csv library writes": csv_library_writes,
    "NDJSON out": ndjson_out,
    "CSV back": csv_back,
    "csv library reads": csv_library_reads,
    **EXPORTS,
    "XLSX out": xlsx_out,
    "XLSX back": xlsx_back,
    "calamine reads": xlsx_library_reads,
}

OF_WORKBOOKS = ("XLSX out", "XLSX back", "calamine reads")


def _out(path: Path, form: str) -> int:
    from interchange.datatables import catalogue
    from interchange.writing import csv_lines, ndjson_lines

    one = catalogue.BY_NAME["pledges"]
    write = csv_lines if form == "csv" else ndjson_lines
    with path.open("wb") as file:
        for piece in write(one.table, one.rows(None)):
            file.write(piece)
    return _pledges()


def _back(path: Path) -> int:
    from interchange.importing import Run
    from interchange.own_form.importing import import_record

    report = import_record([path], run=Run(job="bench", now=NOW), why="")
    if report.changes or report.unchanged != report.rows:
        raise AssertionError(f"A round trip changed something: {next(report.lines())}")
    return report.rows


def _pledges() -> int:
    from pledges.models import Pledge

    return Pledge.objects.count()


# --- the field's own files --------------------------------------------------------------------------------------------
def field_files(data: Path) -> Iterator[tuple[str, list[str], Callable[[], int] | None]]:
    """The files that are there: name, the import's command line, and the reading library alone."""
    kinds = (
        ("Kiel workbook", "*.xlsx", "import_kiel", _sheets),
        ("FTS flows", "fts/*.json", "import_fts", _json),
        ("Official Journal", "3201[0-9]R*.csv", "import_eu_journal", _csv),  # called by their acts' CELEX numbers
        ("Programmes", "programmes.csv", "import_programmes", _csv),
    )
    for name, pattern, command, read in kinds:
        found = sorted(path for path in data.rglob(pattern) if path.is_file())
        # Pages of flows are one import; a list of the Journal is one each, and the first stands for all.
        used = found if command == "import_fts" else found[:1]
        if used:
            yield name, [command, *map(str, used)], _reading(read, used)


def _reading(read: Callable[[Path], int], paths: list[Path]) -> Callable[[], int]:
    return lambda: sum(map(read, paths))


def _sheets(path: Path) -> int:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(path)
    return sum(len(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names)


def _json(path: Path) -> int:
    return len(json.loads(path.read_bytes(), parse_float=Decimal)["data"]["flows"])


def _csv(path: Path) -> int:
    with path.open(newline="", encoding="utf-8-sig") as file:
        return sum(1 for _ in csv.reader(file)) - 1


# --- the record that is measured --------------------------------------------------------------------------------------
def fill(rows: int) -> None:
    """Make the database and one pledge by the services, then copy its rows until there are enough."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection, transaction

    from pledges.drafts import EvidenceDraft, PledgeDraft, ShareDraft
    from pledges.services import create_pledge, publish_pledge
    from reference.models import Party
    from reference.services import DayRate, load_parties, load_rates

    call_command("migrate", verbosity=0)
    load_parties()
    load_rates([DayRate("USD", NOW.date(), Decimal("1.1"))], now=NOW)
    ids = dict(Party.objects.values_list("code", "pk"))
    draft = PledgeDraft(
        title="A pledge of equipment, as one of many",
        donors=(ShareDraft(ids["NO"]),),
        recipients=(ShareDraft(ids["UA"]),),
        type="military",
        announced_earliest=NOW.date(),
        announced_latest=NOW.date(),
        announced_precision="day",
        stated=Decimal("110000000"),
        currency="EUR",
        evidence=(EvidenceDraft("https://example.org/news", "They announced it.", "A Paper", NOW.date()),),
    )
    made = create_pledge(draft, now=NOW, job="bench")
    publish_pledge(made.pk, now=NOW, job="bench")
    with transaction.atomic(), connection.cursor() as cursor:
        have = 1
        while have < rows:
            _copy(cursor, connection, have, min(have, rows - have))
            have *= 2
        if connection.vendor == "sqlite":
            cursor.execute("ANALYZE")


def _copy(cursor: Any, connection: Any, offset: int, count: int) -> None:
    first = "(SELECT MIN(id) FROM pledges_pledge)"
    for table in ("pledges_pledge", *CHILDREN):
        own = table == "pledges_pledge"
        owner = "id" if own else "pledge_id"
        columns = [column.name for column in connection.introspection.get_table_description(cursor, table)]
        made = {"public_id": f"'B' || CAST(id + {offset} AS varchar(11))"} if own else {}
        made[owner] = f"{owner} + {offset}"
        wanted = [name for name in columns if own or name != "id"]
        names = ", ".join(f'"{name}"' for name in wanted)
        values = ", ".join(made.get(name, f'"{name}"') for name in wanted)
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} "  # noqa: S608 - names of our own tables
            f"WHERE {owner} < {first} + {count} ORDER BY id"
        )


# --- the course -------------------------------------------------------------------------------------------------------
def child(name: str, folder: Path) -> None:
    """One measurement in this process, told as JSON."""
    import django

    django.setup()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began, used = time.perf_counter(), time.process_time()
    rows = MEASURED[name](folder)
    seconds, processor = time.perf_counter() - began, time.process_time() - used
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = {"rows": rows, "seconds": seconds, "processor": processor}
    print(json.dumps({**found, "grown": (peak - before) / 1024, "peak": peak / 1024}))  # noqa: T201


def run(arguments: list[str], environment: dict[str, str]) -> dict[str, float]:
    """Another process of this module; its last line is its answer."""
    done = subprocess.run(  # noqa: S603 - this very module
        [sys.executable, "-m", "benchmarks.interchange", *arguments],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    lines = done.stdout.strip().splitlines()
    return json.loads(lines[-1]) if lines else {}


def say(words: str) -> None:
    """A line of the report."""
    print(words, flush=True)  # noqa: T201


def main() -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--only", nargs="+", choices=list(MEASURED), help="some of the measurements")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--fill", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        child(options.child, options.folder)
    elif options.fill:
        fill(options.fill)
    else:
        measure(options.rows, options.only or list(MEASURED))


def measure(sizes: list[int], names: list[str]) -> None:
    """All sizes, then the field's own files."""
    say(f"{'':22} {'rows':>10} {'seconds':>9} {'of CPU':>9} {'rows/s':>9} {'grown by':>10} {'at most':>9}")
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="bench-interchange-") as folder:
            environment = _environment(Path(folder))
            run(["--fill", str(size)], environment)
            for name in names:
                if name in OF_WORKBOOKS and size > MOST_XLSX:
                    continue
                _tell(name, run(["--child", name, "--folder", folder], environment))
    data = os.environ.get("REAL_DATA")
    if data:
        _measure_field_files(Path(data))


def _environment(folder: Path) -> dict[str, str]:
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tracker.settings",
        "TRACKER_LOCAL": "1",
        "DATA_DIR": str(folder),
    }


def _measure_field_files(data: Path) -> None:
    for name, command, read in field_files(data):
        with tempfile.TemporaryDirectory(prefix="bench-interchange-") as folder:
            environment = _environment(Path(folder))
            run(["--fill", "1"], environment)
            for word in (name, f"{name}, again"):
                began = time.perf_counter()
                done = subprocess.run(  # noqa: S603 - this very project
                    [sys.executable, "manage.py", *command],
                    env=environment,
                    check=False,
                    capture_output=True,
                    text=True,
                )
                seconds = time.perf_counter() - began
                told = (done.stdout or done.stderr).strip().splitlines()
                say(f"{word:22} {'':>10} {seconds:>9.1f}   {told[0] if told else ''}")
        if read is not None:
            began = time.perf_counter()
            with suppress(OSError):
                rows = read()
                say(f"{'  its library alone':22} {rows:>10,} {time.perf_counter() - began:>9.2f}")


def _tell(name: str, found: dict[str, float]) -> None:
    rate = found["rows"] / found["processor"] if found["processor"] else 0
    say(
        f"{name:22} {found['rows']:>10,.0f} {found['seconds']:>9.2f} {found['processor']:>9.2f} {rate:>9,.0f} "
        f"{found['grown']:>7.0f} MB {found['peak']:>6.0f} MB"
    )


if __name__ == "__main__":
    main()
