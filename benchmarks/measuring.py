"""What a measurement reads from outside: processor time and memory of processes, and what the database was asked."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import psycopg

TICKS = os.sysconf("SC_CLK_TCK")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
WATCHER = "watcher"  # the role of whoever measures, so that its own queries do not count


def cpu_seconds(pids: Iterable[int]) -> float:
    """Processor time that processes have used so far, and those of their children that have ended."""
    total = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += sum(int(fields[place]) for place in (11, 12, 13, 14))
    return total / TICKS


def resident_megabytes(pid: int) -> float:
    """Memory of a process that is in use; 0 if it has ended."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE_BYTES / 1e6
    except OSError:
        return 0.0


@dataclass(frozen=True, slots=True)
class Asked:
    """What the database was asked during a measurement."""

    queries: int  # select, insert, update, delete
    others: int  # begin, commit, savepoints and the like
    most: list[tuple[int, float, str]]  # calls, milliseconds in all, statement: the costliest first

    def __sub__(self, other: Asked) -> Asked:
        """What was asked since."""
        return Asked(self.queries - other.queries, self.others - other.others, self.most)


STATEMENTS = """
FROM pg_stat_statements AS asked JOIN pg_database ON pg_database.oid = asked.dbid
JOIN pg_roles ON pg_roles.oid = asked.userid
WHERE pg_database.datname = current_database() AND pg_roles.rolname <> current_user
AND asked.query NOT LIKE 'SELECT $2 FROM ONLY % FOR KEY SHARE OF x'  -- PostgreSQL's own checks of foreign keys
"""
PLAIN = "asked.query ~* '^\\s*(select|insert|update|delete|with)'"


def start_counting(connection: psycopg.Connection) -> None:
    """Forget what was asked before."""
    connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
    connection.execute("SELECT pg_stat_statements_reset()")


def asked(connection: psycopg.Connection) -> Asked:
    """What has been asked since the counting was started, by everybody but the watcher."""
    sums = f"coalesce(sum(calls) FILTER (WHERE {PLAIN}), 0), coalesce(sum(calls) FILTER (WHERE NOT {PLAIN}), 0)"
    row = connection.execute(f"SELECT {sums} {STATEMENTS}").fetchone()
    most = connection.execute(
        f"SELECT calls, total_exec_time, query {STATEMENTS} ORDER BY total_exec_time DESC LIMIT 40"
    ).fetchall()
    if row is None:
        raise LookupError("pg_stat_statements gave no sums.")
    return Asked(int(row[0]), int(row[1]), [(int(calls), float(spent), str(query)) for calls, spent, query in most])
