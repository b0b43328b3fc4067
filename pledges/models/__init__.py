"""The aid record: pledges, their donors and recipients, items, moves through the stages, deductions and evidence.

The stated amount is kept as it was said. What follows from it (bounds, counted amount, EUR and USD values, current
stage) is computed by ``pledges.services`` and frozen here; nobody types it.
"""

from pledges.models.cells import JointCell, JointPlace, JointShape, SummingState, TotalCell
from pledges.models.codes import (
    AidType,
    DeductionReason,
    FinanceType,
    GoodsFrom,
    ItemCategory,
    Part,
    Precision,
    Qualifier,
    RateBasis,
    RecordState,
    Sector,
    Stage,
    Valuation,
)
from pledges.models.details import (
    Deduction,
    Evidence,
    Item,
    Move,
    PledgeDonor,
    PledgeRecipient,
    Price,
    ShareFields,
)
from pledges.models.pledge import Pledge
from pledges.models.totals import AmountLine, CutLine, RunningTotalClaim, SourceLine, TotalLine

__all__ = [
    "AidType",
    "AmountLine",
    "CutLine",
    "Deduction",
    "DeductionReason",
    "Evidence",
    "FinanceType",
    "GoodsFrom",
    "Item",
    "ItemCategory",
    "JointCell",
    "JointPlace",
    "JointShape",
    "Move",
    "Part",
    "Pledge",
    "PledgeDonor",
    "PledgeRecipient",
    "Precision",
    "Price",
    "Qualifier",
    "RateBasis",
    "RecordState",
    "RunningTotalClaim",
    "Sector",
    "ShareFields",
    "SourceLine",
    "Stage",
    "SummingState",
    "TotalCell",
    "TotalLine",
    "Valuation",
]
