"""Keeps the cells true. Used by ``pledges.recounting`` alone, in the transaction that changes the lines.

Every writer of the record holds the number of its change until it commits, so no two of them are here at once: adding
to a cell waits for nobody and cannot lock crosswise.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, connection, models
from django.db.backends.utils import CursorWrapper
from django.db.models import Exists

from pledges.models import JointCell, JointPlace, JointShape, SummingState, TotalCell, TotalLine
from pledges.summing.cuts import VERSION
from pledges.summing.deltas import AMOUNTS, CELL_KEY, JOINT_KEY, CellOf, Deltas, Vector

KEYS_AT_ONCE = 500


def cells_are_kept() -> Exists:
    """Whether the cells are kept by the rules of this release, as a condition of a query."""
    return Exists(SummingState.objects.filter(pk=1, version=VERSION))


def is_kept() -> bool:
    """Whether the cells are kept by the rules of this release."""
    return SummingState.objects.filter(pk=1, version=VERSION).exists()


def begin_if_empty() -> bool:
    """Whether the cells are kept; they are from the start, where no line was ever made without them."""
    if is_kept():
        return True
    if TotalLine.objects.exists() or SummingState.objects.exists():
        return False
    SummingState.objects.create(pk=1, version=VERSION)
    return True


def keep(deltas: Deltas) -> None:
    """Add what changed to the cells. Raises ``ValidationError`` where a sum would be too large to be kept."""
    cells = [(key, vector) for key, vector in deltas.cells.items() if any(vector)]
    try:
        _add(TotalCell, CELL_KEY, AMOUNTS, cells)
    except (DataError, IntegrityError) as error:
        raise ValidationError(
            "With this amount a total would be larger than can be kept (90 quadrillion euros or dollars). "
            "Check the amount and its currency."
        ) from error
    joint = {key: number for key, number in deltas.joint.items() if number}
    if joint:
        ids = _shapes({str(key[1]): deltas.shapes[str(key[1])] for key in joint})
        rows = [((key[0], ids[str(key[1])], *key[2:]), (number,)) for key, number in joint.items()]
        _add(JointCell, JOINT_KEY, ["count"], rows)


def _add(
    model: type[models.Model], keys: Sequence[str], amounts: Sequence[str], rows: Sequence[tuple[CellOf, Vector]]
) -> None:
    """Add to cells, make those that are missing, and remove those that no pledge is left in."""
    if not rows:
        return
    table = connection.ops.quote_name(model._meta.db_table)
    columns = [*keys, *amounts]
    sums = ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in amounts)
    insert = f"INSERT INTO {table} ({', '.join(columns)}) "
    update = f" ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {sums}"
    empty = f"DELETE FROM {table} WHERE {' AND '.join(f'{name} = %s' for name in keys)} AND count = 0"  # noqa: S608
    with connection.cursor() as cursor:
        _upsert(cursor, (insert, update), _types(model, columns), [(*key, *vector) for key, vector in rows])
        shrunk = [key for key, vector in rows if vector[0] <= 0]
        if shrunk:
            cursor.executemany(empty, shrunk)


def _types(model: type[models.Model], columns: Sequence[str]) -> list[str]:
    """What the database calls the types of columns."""
    fields = {field.column: field for field in model._meta.concrete_fields}
    return [str(fields[name].db_type(connection)) for name in columns]


def _upsert(
    cursor: CursorWrapper, around: tuple[str, str], types: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Insert rows, each with a key of its own, or add them to those that stand.

    PostgreSQL takes them as one array a column, so that it has one statement to read and not one for each row.
    """
    insert, update = around
    if connection.vendor == "postgresql":
        arrays = ", ".join(f"%s::{type_}[]" for type_ in types)
        columns = [list(column) for column in zip(*rows, strict=True)]
        cursor.execute(f"{insert}SELECT * FROM unnest({arrays}){update}", columns)  # noqa: S608 - names and types
    else:
        cursor.executemany(f"{insert}VALUES ({', '.join(['%s'] * len(types))}){update}", rows)


def _shapes(wanted: dict[str, tuple[tuple[int, int, bool, bool, bool, bool], ...]]) -> dict[str, int]:
    """The ids of shapes by their keys; those that nobody had before are made."""
    ids = _known(wanted)
    new = [key for key in wanted if key not in ids]
    if new:
        JointShape.objects.bulk_create([JointShape(key=key) for key in new], batch_size=KEYS_AT_ONCE)
        made = _known(new)
        JointPlace.objects.bulk_create(
            [
                JointPlace(
                    shape_id=made[key], donor=donor, recipient=recipient, has_value=has_value, eur=eur, usd=usd,
                    high_open=high_open,
                )
                for key in new
                for donor, recipient, has_value, eur, usd, high_open in wanted[key]
            ],
            batch_size=KEYS_AT_ONCE,
        )  # fmt: skip
        ids |= made
    return ids


def _known(keys: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    wanted = list(keys)
    for first in range(0, len(wanted), KEYS_AT_ONCE):
        some = JointShape.objects.filter(key__in=wanted[first : first + KEYS_AT_ONCE])
        found |= dict(some.values_list("key", "pk"))
    return found
