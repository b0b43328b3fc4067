"""Sets rows by donor in relation to a yearly figure of the donor: its gross domestic product, or its population.

The figure is that of the latest year known that is not after the row's own: the year of its period where rows are by
year, quarter or month; otherwise the year in which the question ends (``announced_until``, else the day of the answer).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from pledges.totals.dimensions import PERIODS, Key, PartyKey
from reference.currencies import EXACT, from_minor_units
from reference.figures import Figure, figures_known
from reference.models import Party, PartyFigure

if TYPE_CHECKING:
    from pledges.totals.answering import Row
    from pledges.totals.asking import Question

PERCENT, PER_HEAD = "percent_of_gdp", "per_head"
DECIMALS = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Relative:
    """The central amount of a row in relation to a figure: per cent of GDP, or units of the currency per head."""

    unit: str
    value: Decimal
    figure: Decimal
    figure_currency: str
    year: int
    source: str


def related(rows: Sequence[Row], measure: str, question: Question) -> tuple[Row, ...]:
    """The rows with what they are in relation to the figure of their donor; ``None`` where none is known."""
    codes = dict(Party.objects.values_list("pk", "code"))
    by_code: dict[str, list[Figure]] = {}
    for figure in figures_known(measure, question.as_of):
        by_code.setdefault(codes[figure.party], []).append(figure)
    return tuple(replace(row, relative=_relative(row, by_code, question)) for row in rows)


def _relative(row: Row, by_code: Mapping[str, Sequence[Figure]], question: Question) -> Relative | None:
    donor = row.keys.get("donor")
    last = _last_year(row.keys, question)
    if not isinstance(donor, PartyKey) or last is None or not row.sums.valued_count:
        return None
    figures = [figure for figure in by_code.get(donor.code, ()) if figure.year <= last]
    if not figures:
        return None
    figure = max(figures, key=lambda one: one.year)
    amount = from_minor_units(row.sums.central, question.currency)
    if figure.measure == PartyFigure.Measure.POPULATION:
        return _told(PER_HEAD, EXACT.divide(amount, figure.value), figure)
    of_figure, of_answer = (
        question.telling.book.mean(one, figure.year) for one in (figure.currency, question.currency)
    )
    if figure.currency == question.currency:
        of_figure = of_answer = Decimal(1)
    if of_figure is None or of_answer is None:
        return None
    whole = EXACT.divide(EXACT.multiply(figure.value, of_answer), of_figure)
    return _told(PERCENT, EXACT.divide(EXACT.multiply(amount, Decimal(100)), whole), figure)


def _told(unit: str, value: Decimal, figure: Figure) -> Relative:
    rounded = EXACT.quantize(value, DECIMALS)
    return Relative(unit, rounded, figure.value, figure.currency, figure.year, figure.source)


def _last_year(keys: Mapping[str, Key], question: Question) -> int | None:
    """The year after which no figure is taken; ``None`` for rows of undated pledges."""
    for period in PERIODS:
        if period in keys:
            return int(str(keys[period])[:4]) if keys[period] is not None else None
    end = question.filters.announced_until or question.filters.today
    return end.year if end is not None else None
