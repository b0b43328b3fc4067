"""What the admin pages of all records share: saving through services, publishing, withdrawing, merging, history."""

from history.admin.past import HistoryAdmin
from history.admin.records import RecordAdmin
from history.admin.rows import ReadOnlyAdmin, RowAdmin, RowTable
from history.admin.saving import SavingAdmin
from history.admin.shared import CLOSED, acting_user, without_side_doors
from history.admin.tables import RecordInline, RecordStack, RecordTable

__all__ = [
    "CLOSED",
    "HistoryAdmin",
    "ReadOnlyAdmin",
    "RecordAdmin",
    "RecordInline",
    "RecordStack",
    "RecordTable",
    "RowAdmin",
    "RowTable",
    "SavingAdmin",
    "acting_user",
    "without_side_doors",
]
