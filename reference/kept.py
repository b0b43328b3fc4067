"""What the history keeps of this room's rows."""

from __future__ import annotations

from history.rows import RowKind
from reference.models import Dataset, Party, PartyFigure, Rate

PARTY = RowKind("party", Party, tables=("groups",))
DATASET = RowKind("dataset", Dataset)
PARTY_FIGURE = RowKind("party_figure", PartyFigure)
RATE = RowKind("rate", Rate, left_out=frozenset({"entered_by", "recorded_at", "recorded_seq"}))
