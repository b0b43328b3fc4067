"""What the history keeps of rows that pledges refer to."""

from __future__ import annotations

from history.rows import RowKind
from pledges.models import Price, RunningTotalClaim

PRICE = RowKind("price", Price)
RUNNING_TOTAL = RowKind("running_total", RunningTotalClaim)
