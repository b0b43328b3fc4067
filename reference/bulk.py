"""Puts many exchange rates into the table with one statement for each twenty thousand.

The packaged file has 220,000 figures; as model instances they take half a minute on a busy machine, as JSON handed to
the database a few seconds. Both databases read JSON; they only spell it differently.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import connection

ROWS_A_STATEMENT = 20_000
INSERT = "INSERT INTO reference_rate (currency, day, per_euro, source, recorded_at, recorded_seq) "
FROM_JSON = {
    "postgresql": (
        "SELECT r.currency, r.day, r.per_euro, %s, %s, %s "
        "FROM jsonb_to_recordset(%s::jsonb) AS r(currency text, day date, per_euro numeric) ON CONFLICT DO NOTHING"
    ),
    "sqlite": (
        "SELECT json_extract(value, '$.currency'), json_extract(value, '$.day'), json_extract(value, '$.per_euro'), "
        "%s, %s, %s FROM json_each(%s) WHERE true ON CONFLICT DO NOTHING"
    ),
}


def insert_rates(figures: Sequence[tuple[str, date, Decimal]], *, source: str, recorded_at: datetime, seq: int) -> int:
    """Insert (currency, day, units for one euro) rows of one source; those that stand already are passed over.

    ``seq`` is the number of the change by which the tracker learns of them. Returns how many were inserted. The caller
    opens the transaction.
    """
    statement = INSERT + FROM_JSON[connection.vendor]
    moment = connection.ops.adapt_datetimefield_value(recorded_at)
    inserted = 0
    with connection.cursor() as cursor:
        for first in range(0, len(figures), ROWS_A_STATEMENT):
            # Eight decimals, as the column keeps them: on SQLite equal amounts have to be equal texts.
            rows = [
                {"currency": currency, "day": day.isoformat(), "per_euro": f"{per_euro:.8f}"}
                for currency, day, per_euro in figures[first : first + ROWS_A_STATEMENT]
            ]
            cursor.execute(statement, [source, moment, seq, json.dumps(rows)])
            inserted += cursor.rowcount
    return inserted
