"""What the history keeps of rows that measures and designations refer to."""

from __future__ import annotations

from history.rows import RowKind
from sanctions.models import Programme, Round, Target

PROGRAMME = RowKind("programme", Programme, tables=("legal_acts",), named=("targets",))
ROUND = RowKind("round", Round)
TARGET = RowKind(
    "target", Target, tables=("names", "identifiers"), named=("countries",), left_out=frozenset({"public_id"})
)
