"""The quick way to a total: by the sums that ``pledges.summing`` keeps, where they tell what is asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pledges.models import TotalLine
from pledges.summing.asking import Span
from pledges.summing.keeping import cells_are_kept
from pledges.summing.reading import Cells, Question
from pledges.sums import Sums
from pledges.totals.adding import grouped_sums
from pledges.totals.choosing import Filters, lines_of
from pledges.totals.dimensions import MADE
from reference.models import Dataset, Party

# What cells can be filtered by; any other filter is for the lines.
OF_CELLS = (
    "donor", "recipient", "type", "finance_type", "stage", "in_kind", "announced_from", "announced_until",
    "refugee_costs",
)  # fmt: skip
NOBODY = (-9,)  # the id of no party
QuickSums = Callable[[Sequence[str]], dict[tuple[Any, ...], Sums] | None]


def quick_sums(dataset: str, currency: str, filters: Filters) -> QuickSums | None:
    """A way to sums by columns of lines, as they stand now; ``None`` where the question is one for the lines.

    For some columns the way itself may have no answer: then it gives ``None``.
    """
    if not _is_for_cells(filters):
        return None
    dataset_id = Dataset.objects.filter(cells_are_kept(), key=dataset).values_list("pk", flat=True).first()
    if dataset_id is None:
        return None
    ids = _ids({*filters.donor, *filters.recipient})
    question = Question(
        dataset_id=dataset_id,
        currency=currency,
        span=Span(filters.announced_from, filters.announced_until),
        donors=_places(filters.donor, ids),
        recipients=_places(filters.recipient, ids),
        types=filters.type,
        stages=filters.stage,
        finance_types=filters.finance_type,
        in_kind=filters.in_kind,
        refugee_costs=filters.refugee_costs,
    )

    def sums_of_lines(span: Span, columns: Sequence[str]) -> Mapping[tuple[Any, ...], Sums]:
        narrow = replace(filters, announced_from=span.first, announced_until=span.last)
        made = {column: MADE[column] for column in columns if column in MADE}
        return grouped_sums(lines_of(TotalLine, dataset, narrow, None).annotate(**made), currency, columns)

    return Cells(question, sums_of_lines).sums


def _is_for_cells(filters: Filters) -> bool:
    plain = Filters()
    return replace(filters, **{name: getattr(plain, name) for name in OF_CELLS}) == plain


def _ids(codes: set[str]) -> dict[str, int]:
    return dict(Party.objects.filter(code__in=codes).values_list("code", "pk")) if codes else {}


def _places(codes: Sequence[str], ids: Mapping[str, int]) -> Sequence[int]:
    return tuple(ids[code] for code in codes if code in ids) or (NOBODY if codes else ())
