"""The whole record given out: rows a second of the tables in three forms at once, of IATI, and of a whole edition.

Its measurements are among those of ``make bench-interchange``.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

Measured = Callable[[Path], int]


def tables_out(folder: Path) -> int:
    """Every table as CSV and NDJSON (zipped) and SQLite, in one reading of the record; rows of all tables."""
    from interchange.publishing.making import ENDINGS, Made, write_tables
    from interchange.publishing.scope import ALL, stand_of
    from interchange.publishing.snapshot import snapshot

    made = Made()
    with snapshot():
        write_tables(lambda form: folder / f"out{ENDINGS[form]}", stand_of(ALL), made, lambda words: None)
    return sum(made.rows.values())


def iati_out(folder: Path) -> int:
    """The activities; pledges."""
    from interchange.iati.writing import write_activities
    from interchange.publishing.scope import ALL, stand_of
    from interchange.publishing.snapshot import snapshot

    with snapshot():
        return write_activities(folder / "out.xml", stand_of(ALL))


MEASURED: dict[str, Measured] = {
    "Package+NDJSON+SQLite": tables_out,
    "IATI out": iati_out,
}
