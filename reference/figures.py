"""Yearly figures of parties, and the keys by which an institution's aid is attributed to its members.

Staff load both from CSV files: all rows or none, as one numbered change. What was known at a past change can be asked.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model

from history.rows import RowKind, keep_as_found, state_of_row
from history.services import keep_versions, recording
from reference.currencies import is_currency
from reference.kept import PARTY_FIGURE
from reference.known import states_known
from reference.models import AttributionShare, Party, PartyFigure

ATTRIBUTION_SHARE = RowKind("attribution_share", AttributionShare)
FIGURE_COLUMNS = ("party", "measure", "year", "value", "currency", "source")
SHARE_COLUMNS = ("institution", "valid_from", "member", "weight", "source")
LARGEST_FILE = 5_000_000
MOST_PROBLEMS = 20  # told at once
FIRST_YEAR, LAST_YEAR = 1900, 2200
LONGEST_SOURCE = 300


@dataclass(frozen=True, slots=True)
class FileLoaded:
    """What loading a file did."""

    read: int
    added: int
    changed: int


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as it is or was known. ``value`` is persons, or units of the currency."""

    party: int
    measure: str
    year: int
    value: Decimal
    currency: str
    source: str


@dataclass(frozen=True, slots=True)
class ShareKnown:
    """A member's weight in a key, as it is or was known."""

    institution: int
    member: int
    valid_from: date
    weight: Decimal
    source: str


def figures_known(measure: str, as_of: int | None) -> list[Figure]:
    """The figures of one measure, as known right after a change or now."""
    return [
        Figure(
            state["party_id"], state["measure"], int(state["year"]), Decimal(state["value"]), state["currency"],
            state["source"],
        )
        for state in states_known(PARTY_FIGURE, as_of).values()
        if state["measure"] == measure
    ]  # fmt: skip


def shares_known(as_of: int | None) -> list[ShareKnown]:
    """The shares of all attribution keys, as known right after a change or now."""
    return [
        ShareKnown(
            state["institution_id"], state["member_id"], date.fromisoformat(state["valid_from"]),
            Decimal(state["weight"]), state["source"],
        )
        for state in states_known(ATTRIBUTION_SHARE, as_of).values()
    ]  # fmt: skip


def load_figures(
    content: bytes, *, now: datetime, acting_user: AbstractBaseUser | None = None, job: str = ""
) -> FileLoaded:
    """Take in a CSV file of figures: ``party,measure,year,value,currency,source``, parties by code or alpha-3 code.

    A figure of a party and year that is known already is corrected. Raises ``ValidationError`` with the rows that are
    wrong; then nothing is kept.
    """
    return _load(content, FIGURE_COLUMNS, _figure, PARTY_FIGURE, now=now, acting_user=acting_user, job=job)


def load_attribution(
    content: bytes, *, now: datetime, acting_user: AbstractBaseUser | None = None, job: str = ""
) -> FileLoaded:
    """Take in a CSV file of keys: ``institution,valid_from,member,weight,source``; weights such as GNI, above zero."""
    return _load(content, SHARE_COLUMNS, _share, ATTRIBUTION_SHARE, now=now, acting_user=acting_user, job=job)


Read = Callable[[Mapping[str, str], Mapping[str, int]], tuple[dict[str, Any], dict[str, Any]]]


def _load(
    content: bytes, columns: tuple[str, ...], read: Read, kind: RowKind, *, now: datetime,
    acting_user: AbstractBaseUser | None, job: str,
) -> FileLoaded:  # fmt: skip
    wanted = _read_all(content, columns, read)
    with transaction.atomic():
        rows = [(_row_of(kind, identity), values) for identity, values in wanted]
        differing = [(row, values) for row, values in rows if row.pk is None or not _says(row, values)]
        changed = [row for row, _ in differing if row.pk is not None]
        for row in changed:
            keep_as_found(kind, row.pk, now=now)
        if differing:
            with recording(action=f"{kind.name}.load", now=now, acting_user=acting_user, job=job) as change:
                written = [_written(kind, row, values) for row, values in differing]
                keep_versions(change, [state_of_row(kind, row) for row in written])
    return FileLoaded(len(wanted), len(differing) - len(changed), len(changed))


def _row_of(kind: RowKind, identity: Mapping[str, Any]) -> Model:
    return kind.model._default_manager.filter(**identity).first() or kind.model(**identity)


def _says(row: Model, values: Mapping[str, Any]) -> bool:
    return all(getattr(row, name) == value for name, value in values.items())


def _written(kind: RowKind, row: Model, values: Mapping[str, Any]) -> Model:
    for name, value in values.items():
        setattr(row, name, value)
    row.full_clean()
    row.save()
    return kind.model._default_manager.get(pk=row.pk)


def _read_all(content: bytes, columns: tuple[str, ...], read: Read) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    parties = _parties()
    problems: list[str] = []
    found: dict[tuple[Any, ...], tuple[dict[str, Any], dict[str, Any]]] = {}
    for number, row in _rows(content, columns):
        try:
            identity, values = read(row, parties)
        except ValidationError as error:
            problems += [f"Row {number}: {message}" for message in error.messages]
            continue
        key = tuple(identity.values())
        if key in found:
            problems.append(f"Row {number}: it tells the same as an earlier row; keep one of them.")
        found[key] = (identity, values)
    if problems:
        more = len(problems) - MOST_PROBLEMS
        raise ValidationError(problems[:MOST_PROBLEMS] + ([f"… and {more} more."] if more > 0 else []))
    if not found:
        raise ValidationError("The file has no row below its header.")
    return list(found.values())


def _rows(content: bytes, columns: Iterable[str]) -> Iterator[tuple[int, dict[str, str]]]:
    if len(content) > LARGEST_FILE:
        raise ValidationError(f"The file is larger than {LARGEST_FILE // 1_000_000} MB.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValidationError("The file is no UTF-8 text.") from error
    if "\0" in text:
        raise ValidationError("The file holds characters that no text has.")
    reader = csv.DictReader(io.StringIO(text), skipinitialspace=True)
    try:
        missing = [name for name in columns if name not in (reader.fieldnames or ())]
        if missing:
            raise ValidationError(f"The first row has to name the columns {', '.join(columns)}; it lacks {missing[0]}.")
        for row in reader:
            if any((value or "").strip() for value in row.values() if not isinstance(value, list)):
                yield reader.line_num, {name: (row.get(name) or "").strip() for name in columns}
    except csv.Error as error:
        raise ValidationError(f"The file is no CSV table ({error}).") from error


def _parties() -> dict[str, int]:
    found: dict[str, int] = {}
    for pk, code, alpha3 in Party.objects.values_list("pk", "code", "alpha3"):
        found[code] = pk
        if alpha3:
            found.setdefault(alpha3, pk)
    return found


def _party(code: str, parties: Mapping[str, int]) -> int:
    if code not in parties:
        raise ValidationError(f"“{code[:20]}” is the code of no party.")
    return parties[code]


def _source(source: str) -> str:
    if not source or len(source) > LONGEST_SOURCE:
        raise ValidationError(f"Say in the column source, in up to {LONGEST_SOURCE} characters, who published it.")
    return source


def _above_zero(written: str, name: str, decimals: int) -> Decimal:
    plain = re.fullmatch(rf"[0-9]{{1,18}}(\.[0-9]{{1,{decimals}}})?", written, re.ASCII)
    if plain is None or Decimal(written) <= 0:
        raise ValidationError(
            f"{name}: “{written[:40]}” is no number above zero in digits, with {decimals} decimals at most."
        )
    return Decimal(written)


def _figure(row: Mapping[str, str], parties: Mapping[str, int]) -> tuple[dict[str, Any], dict[str, Any]]:
    measure, year, currency = row["measure"], row["year"], row["currency"]
    if measure not in PartyFigure.Measure.values:
        allowed = ", ".join(PartyFigure.Measure.values)
        raise ValidationError(f"measure: “{measure[:20]}” is not known. Allowed: {allowed}.")
    if not year.isascii() or not year.isdigit() or not FIRST_YEAR <= int(year[:5]) <= LAST_YEAR:
        raise ValidationError(f"year: “{year[:20]}” is no year.")
    if (measure == PartyFigure.Measure.GDP) != bool(currency) or (currency and not is_currency(currency)):
        raise ValidationError("currency: a GDP has the ISO 4217 code of its currency, a population has none.")
    identity = {"party_id": _party(row["party"], parties), "measure": measure, "year": int(year)}
    value = _above_zero(row["value"], "value", 2)
    return identity, {"value": value, "currency": currency, "source": _source(row["source"])}


def _share(row: Mapping[str, str], parties: Mapping[str, int]) -> tuple[dict[str, Any], dict[str, Any]]:
    institution, member = (_party(row[name], parties) for name in ("institution", "member"))
    if institution == member:
        raise ValidationError("member: an institution is no member of itself.")
    try:
        day = date.fromisoformat(row["valid_from"])
    except ValueError as error:
        raise ValidationError(f"valid_from: “{row['valid_from'][:20]}” is no day as YYYY-MM-DD.") from error
    identity = {"institution_id": institution, "member_id": member, "valid_from": day}
    return identity, {"weight": _above_zero(row["weight"], "weight", 6), "source": _source(row["source"])}
