"""Makes all cells anew from the lines, in the database: for records from before there were cells, and for new rules."""

from __future__ import annotations

from itertools import groupby

from django.db import connection, models, transaction
from django.db.backends.utils import CursorWrapper

from history.models import ChangeCounter
from pledges.models import JointCell, JointPlace, JointShape, SummingState, TotalCell, TotalLine
from pledges.summing.cuts import BY_DAY, DONOR, RECIPIENT, RECORDS, STAGE, TYPE, VERSION, Level, cut_of
from pledges.summing.deltas import AMOUNTS, CELL_KEY, CURRENCIES, Deltas
from pledges.summing.keeping import begin_if_empty, keep

PLEDGES_AT_ONCE = 20_000
SAME = ("finance_type", "in_kind", "refugee_costs")
DAY_OF = {
    "postgresql": "coalesce(to_char(announced_on, 'YYYYMMDD')::integer, 0)",
    "sqlite": "coalesce(cast(replace(announced_on, '-', '') AS integer), 0)",
}
PERIOD_OF_DAY = {Level.WHOLE: "0", Level.YEAR: "period / 10000", Level.MONTH: "period / 100", Level.DAY: "period"}
CURRENT = "FROM pledges_totalline WHERE until_id IS NULL AND left_out = ''"


def ensure_kept() -> None:
    """Make the cells where they are not kept yet, or were made by the rules of an earlier release."""
    with transaction.atomic():
        list(ChangeCounter.objects.select_for_update())
        kept = begin_if_empty()
    if not kept:
        rebuild()


def rebuild() -> None:
    """Make the cells anew in one transaction, while no other writer of the record is at work.

    Takes a minute or two for a million pledges. Answers stay what they are, so no change is numbered.
    """
    with transaction.atomic():
        list(ChangeCounter.objects.select_for_update())  # what every change of the record begins with
        for model in (TotalCell, JointCell, JointPlace, JointShape, SummingState):
            model.objects.all().delete()
        with connection.cursor() as cursor:
            for parties in (0, DONOR, RECIPIENT, DONOR | RECIPIENT):
                _fill(cursor, parties)
            cursor.execute(
                f"INSERT INTO pledges_totalcell ({', '.join([*CELL_KEY, *AMOUNTS])}) "  # noqa: S608 - names of ours
                f"SELECT dataset_id, {RECORDS}, 0, 0, '', '', 0, '', false, false, count(DISTINCT pledge_id)"
                f"{', 0' * (len(AMOUNTS) - 1)} FROM pledges_totalline WHERE until_id IS NULL GROUP BY dataset_id"
            )
        _fill_joint()
        SummingState.objects.create(pk=1, version=VERSION)


def _fill(cursor: CursorWrapper, parties: int) -> None:
    """All cuts that tell the same parties apart: first each pledge's own part by day, then coarser and coarser."""
    cursor.execute("DROP TABLE IF EXISTS cells_by_day")
    cursor.execute(f"CREATE TEMPORARY TABLE cells_by_day AS {_by_day(parties)}")
    for bits in (0, TYPE, STAGE, TYPE | STAGE):
        for level in Level:
            if level is not Level.DAY or parties | bits in BY_DAY:
                cursor.execute(_insert(parties | bits, level, told={TYPE: bits & TYPE, STAGE: bits & STAGE}))
    cursor.execute("DROP TABLE cells_by_day")


def _by_day(parties: int) -> str:
    """What each cell by day holds. A pledge is added up first, so that it counts once in each of them."""
    places = {
        name: _place(name) if parties & bit else "0" for name, bit in (("donor", DONOR), ("recipient", RECIPIENT))
    }
    keys = ("dataset_id", "donor", "recipient", "type", "stage", "period", *SAME)
    of_pledge = (
        f"SELECT dataset_id, {places['donor']} AS donor, {places['recipient']} AS recipient, type, stage, "
        f"{DAY_OF[connection.vendor]} AS period, {', '.join(SAME)}, 1 AS count, "
        f"{', '.join(_of_pledge(currency) for currency in CURRENCIES)} {CURRENT} "
        f"GROUP BY pledge_id, dataset_id, 2, 3, type, stage, announced_on, {', '.join(SAME)}"
    )
    sums = ", ".join(f"sum({name}) AS {name}" for name in AMOUNTS)
    return f"SELECT {', '.join(keys)}, {sums} FROM ({of_pledge}) AS of_pledge GROUP BY {', '.join(keys)}"  # noqa: S608


def _place(name: str) -> str:
    return f"coalesce({name}_id, CASE {name}_part WHEN 'joint' THEN -1 ELSE -2 END)"


def _of_pledge(currency: str) -> str:
    """The amounts of one currency that the lines of one pledge add to one cell, in the order of ``AMOUNTS``."""
    known = f"{currency}_central IS NOT NULL"
    flags = {
        "valued": known,
        "unconverted": f"has_value AND {currency}_central IS NULL",
        "open": f"high_open AND {known}",
    }
    sums = {
        "low": f"{currency}_low",
        "central": f"{currency}_central",
        "high": f"{currency}_high",
        "estimated": f"CASE WHEN valuation IN ('estimated', 'partial') THEN {currency}_central END",
        "up_to": f"CASE WHEN up_to THEN {currency}_central END",
        "suspended": f"{currency}_suspended",
    }
    told = [f"max(CASE WHEN {when} THEN 1 ELSE 0 END) AS {currency}_{name}" for name, when in flags.items()]
    told += [f"coalesce(sum({what}), 0) AS {currency}_{name}" for name, what in sums.items()]
    return ", ".join(told)


def _insert(bits: int, level: Level, told: dict[int, int]) -> str:
    """One cut from the cells by day."""
    kind, stage = "type" if told[TYPE] else "''", "stage" if told[STAGE] else "''"
    same = ", ".join(SAME)
    return (
        f"INSERT INTO pledges_totalcell ({', '.join([*CELL_KEY, *AMOUNTS])}) "  # noqa: S608 - names of ours
        f"SELECT dataset_id, {cut_of(bits, level)}, donor, recipient, {kind}, {stage}, {PERIOD_OF_DAY[level]}, {same}, "
        f"{', '.join(f'sum({name})' for name in AMOUNTS)} FROM cells_by_day "
        f"GROUP BY dataset_id, donor, recipient, 5, 6, 7, {same}"
    )


def _fill_joint() -> None:
    """The shapes of joint pledges and how many there are of each."""
    lines = TotalLine.objects.filter(until__isnull=True, left_out="", pledge__in=_of_several_lines())
    deltas = Deltas()
    rows = lines.order_by("pledge_id", "position").iterator(chunk_size=5_000)
    for number, (_pledge, own) in enumerate(groupby(rows, key=lambda line: line.pledge_id), start=1):
        deltas.note_joint(list(own))
        if number % PLEDGES_AT_ONCE == 0:
            keep(deltas)
            deltas = Deltas()
    keep(deltas)


def _of_several_lines() -> models.QuerySet[TotalLine, int]:
    """The pledges that have more than one counted line."""
    second = TotalLine.objects.filter(until__isnull=True, left_out="", position__gt=0)
    return second.order_by().values_list("pledge_id", flat=True)
