"""Reads the labelled pairs: a record a line, and below it the claims that are held against it (see README.md)."""

from __future__ import annotations

import calendar
import csv
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from reference.amounts import in_words, parse_amount
from reference.currencies import EXACT, to_minor_units
from review.matching import Claim, Good, Sum
from review.matching.evaluation import LABELS, Pair

HERE = Path(__file__).parent
SPLITS = ("dev", "held_out")
QUALIFIERS = {"~": "about", ">=": "at_least", "<=": "up_to"}


def labelled(split: str) -> list[Pair]:
    """The pairs of one half, in the order of its file."""
    return list(_pairs((HERE / f"{split}.txt").read_text(encoding="utf-8")))


def _pairs(text: str) -> Iterator[Pair]:
    record: Claim | None = None
    of_aid = True
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        head, *cells = (cell.strip() for cell in line.split("|"))
        if not line.startswith(" "):
            of_aid = head == "pledge"
            record = _aid(cells) if of_aid else _measure(cells)
            continue
        label, _, phenomenon = head.partition(" ")
        if record is None or label not in LABELS:
            raise ValueError(f"No label, or no record above it: {line}")
        yield Pair(_aid(cells) if of_aid else _measure(cells), record, label, phenomenon, of_aid)


def _aid(cells: list[str]) -> Claim:
    parties, kind, amount, day, stage, goods, text = cells
    givers, takers = _parties(parties)
    aid_type, _, finance = kind.partition("/")
    announced, *moved = day.split(", ")
    days = _days(announced)
    when = days[1]
    stated, _, raised_from = amount.partition("<-")
    total = _sum(stated.strip(), when)
    return Claim(
        givers=givers,
        takers=takers,
        kinds=frozenset({aid_type}),
        sum=total,
        raised_from=_sum(f"{total.currency} {raised_from.strip()}", when) if raised_from and total else None,
        goods=tuple(_good(one.strip()) for one in goods.split(";") if one.strip()),
        finance=finance or "unspecified",
        stage=stage,
        days=days,
        steps=tuple(date.fromisoformat(one) for one in moved),
        texts=(text,),
    )


def _measure(cells: list[str]) -> Claim:
    parties, kinds, day, action, text = cells
    givers, takers = _parties(parties)
    first, *later = [date.fromisoformat(one.strip()) for one in day.split(",")]
    return Claim(
        givers=givers,
        takers=takers,
        kinds=frozenset(one.strip() for one in kinds.split(",")),
        stage=action,
        days=(first, first),
        steps=(first, *later),
        texts=(text,),
    )


def _parties(cell: str) -> tuple[frozenset[str], frozenset[str]]:
    givers, takers = cell.split(">")
    return _names(givers), _names(takers)


def _names(cell: str) -> frozenset[str]:
    return frozenset(one.strip() for one in cell.split(","))


def _days(cell: str) -> tuple[date | None, date]:
    """A day, a month, or "<=" and the last day that it can have been."""
    if cell.startswith("<="):
        return None, date.fromisoformat(cell[2:])
    if len(cell) == len("2022-05"):
        year, month = map(int, cell.split("-"))
        return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
    return date.fromisoformat(cell), date.fromisoformat(cell)


def _sum(written: str, day: date) -> Sum | None:
    if not written:
        return None
    sign = next((sign for sign in QUALIFIERS if written.startswith(sign)), "")
    currency, figures = written.removeprefix(sign).split()
    amount = parse_amount(figures.replace(",", "") if figures.count(",") == 1 else figures)
    euros = amount if currency == "EUR" else EXACT.divide(amount, _rates()[currency, day])
    words = f"{currency} {in_words(amount)}"
    return Sum(words, amount, currency, to_minor_units(euros, "EUR"), QUALIFIERS.get(sign, "exact"))


def _good(written: str) -> Good:
    name, _, category = written.removesuffix(")").partition(" (")
    first, _, rest = name.partition(" ")
    if first.replace(",", "").isdigit():
        return Good(rest, Decimal(first.replace(",", "")), None, category or "other")
    return Good(name, None, None, category or "other")


@cache
def _rates() -> dict[tuple[str, date], Decimal]:
    """What a euro cost on the days of the set: the ECB's reference rates, of the day or the last one before."""
    with (HERE / "rates.csv").open(encoding="utf-8", newline="") as file:
        return {
            (row["currency"], date.fromisoformat(row["day"])): Decimal(row["per_euro"]) for row in csv.DictReader(file)
        }
