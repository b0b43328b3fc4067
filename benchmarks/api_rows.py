"""Made-up published pledges to measure the API with, by the million: two real ones, copied with variations in SQL.

The two are entered and published by the services, so that every column holds what the tracker writes; the copies differ
in donor, recipient, type, finance type, stage, day and amount. Copies have no history, and their sums are made anew at
the end. The same numbers give the same rows.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from django.db import connection, models, transaction

from pledges.drafts import EvidenceDraft, PledgeDraft, ShareDraft
from pledges.models import Evidence, Pledge, PledgeDonor, PledgeRecipient, SourceLine, TotalLine
from pledges.services import create_pledge, publish_pledge
from pledges.summing.rebuilding import rebuild
from reference.models import Party, PartyKind

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
FIRST_DAY, DAYS = date(2022, 1, 24), 1460
DONORS, RECIPIENTS = 40, 12
ROWS_AT_ONCE = 100_000
JOINT_EVERY = 33  # one pledge in so many is given by two parties that did not divide it
TYPES = ("military", "financial", "humanitarian", "mixed", "unspecified")
FINANCE_TYPES = ("grant", "grant", "loan", "guarantee", "unspecified")
STAGES = ("pledge", "commitment", "allocation", "delivery", "suspended")
FIRST_ID = 1_000_000  # of the copies
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Dice:
    """Expressions in SQL that vary with the number of a copy, ``i``; alike on both databases."""

    parties: tuple[int, ...]
    recipients: tuple[int, ...]

    @property
    def rows(self) -> str:
        """The numbers of copies from one to another, each with four throws (0 to 65,535)."""
        return (
            "WITH RECURSIVE numbers(i) AS (SELECT %s UNION ALL SELECT i + 1 FROM numbers WHERE i < %s), "
            "first AS (SELECT i, (i * 2654435761) %% 4294967296 AS a FROM numbers), "
            "second AS (SELECT i, a, (a * 48271) %% 2147483647 AS b FROM first), "
            "copies AS (SELECT i, (a / 65536) %% 65536 AS p, (b / 32768) %% 65536 AS q, "
            "(b * 16807 / 4096) %% 65536 AS r, (b * 69621 / 2048) %% 65536 AS s FROM second)"
        )

    def one_of(self, values: tuple[int | str, ...], throw: str) -> str:
        """One of the values, each as often."""
        cases = " ".join(f"WHEN {place} THEN {_literal(value)}" for place, value in enumerate(values))
        return f"CASE (({throw}) %% {len(values)}) {cases} END"

    @property
    def donor(self) -> str:
        """Some donors give much more often than others."""
        return self.one_of(self.parties, f"p * p / 65536 * {DONORS} / 65536")

    @property
    def second_donor(self) -> str:
        """Another one than the first, of a joint pledge."""
        return self.one_of(self.parties, f"p * p / 65536 * {DONORS} / 65536 + 1 + q %% 5")

    @property
    def recipient(self) -> str:
        """Four of five go to the first."""
        others = self.one_of(self.recipients, "q")
        return f"CASE WHEN q %% 5 < 4 THEN {self.recipients[0]} ELSE {others} END"

    @property
    def day(self) -> str:
        """A day of announcement."""
        number = f"(r * {DAYS} / 65536)"
        if connection.vendor == "postgresql":
            return f"(DATE '{FIRST_DAY}' + {number}::integer)"
        return f"date('{FIRST_DAY}', {number} || ' days')"

    @property
    def cents(self) -> str:
        """Euro cents; no two alike within a short distance."""
        return "(100000 + s * 1523 + i * 7 %% 100000)"


def _literal(value: int | str) -> str:
    return str(value) if isinstance(value, int) else f"'{value}'"


def make_pledges(wanted: int, *, say: Say) -> None:
    """So many published pledges of the tracker's own dataset, and the sums behind the totals."""
    donors = tuple(_party(f"D{number:02d}", f"Donor land {number:02d}") for number in range(DONORS))
    recipients = tuple(_party(f"R{number:02d}", f"Recipient land {number:02d}") for number in range(RECIPIENTS))
    alone, joint = _pattern(donors[:1], recipients[0]), _pattern(donors[:2], recipients[0])
    dice = Dice(donors, recipients)
    for first in range(1, wanted + 1, ROWS_AT_ONCE):
        last = min(first + ROWS_AT_ONCE - 1, wanted)
        with transaction.atomic():
            for pattern in (alone, joint):
                _copy(pattern, dice, (first, last), joint=pattern is joint)
        say(f"{last:,} pledges")
    _move_ids_on(wanted)
    rebuild()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    say("sums made")


def _party(code: str, name: str) -> int:
    return Party.objects.get_or_create(code=code, defaults={"name": name, "kind": PartyKind.COUNTRY})[0].pk


def draft(donors: tuple[int, ...], recipient: int) -> PledgeDraft:
    """A pledge as staff would enter it."""
    return PledgeDraft(
        title="Money for a project",
        donors=tuple(ShareDraft(one) for one in donors),
        recipients=(ShareDraft(recipient),),
        type="financial",
        finance_type="grant",
        announced_earliest=FIRST_DAY,
        announced_latest=FIRST_DAY,
        announced_precision="day",
        stated=Decimal(1_000_000),
        currency="EUR",
        evidence=(EvidenceDraft(url="https://news.example.org/1", quote="They will give a million."),),
    )


def _pattern(donors: tuple[int, ...], recipient: int) -> int:
    made = create_pledge(draft(donors, recipient), now=NOW, job="benchmark")
    return publish_pledge(made.pk, now=NOW, job="benchmark").pk


def _copy(pattern: int, dice: Dice, numbers: tuple[int, int], *, joint: bool) -> None:
    """Copies of one pledge and of all its rows."""
    chosen = f"i %% {JOINT_EVERY} {'=' if joint else '<>'} 0"
    kind, finance = dice.one_of(TYPES, "q / 7"), dice.one_of(FINANCE_TYPES, "r / 11")
    own = {"type": kind, "finance_type": finance, "stage": dice.one_of(STAGES, "s / 13")}
    eur = dict.fromkeys(("eur_low", "eur_central", "eur_high"), dice.cents)
    usd = dict.fromkeys(("usd_low", "usd_central", "usd_high"), f"({dice.cents} * 11 / 10)")
    key = f"{FIRST_ID} + i"
    amount = f"{dice.cents} / 100"
    text = {"stated": amount, "low": amount, "central": amount, "high": amount}
    if connection.vendor == "sqlite":
        text = {name: f"printf('%%d.0000', {of})" for name, of in text.items()}
    days = {"announced_earliest": dice.day, "announced_latest": dice.day}
    public_id = "'PX' || i"
    pledge = {
        "id": key,
        "public_id": public_id,
        "title": "'Money for project ' || i",
        **own,
        **days,
        **eur,
        **usd,
        **text,
    }
    _insert(Pledge, f"t.id = {pattern}", pledge, dice, numbers, chosen)
    parties: tuple[tuple[type[models.Model], str], ...] = ((PledgeDonor, dice.donor), (PledgeRecipient, dice.recipient))
    for model, party in parties:
        column = party
        if joint and model is PledgeDonor:
            first = PledgeDonor.objects.filter(pledge=pattern).earliest("pk").pk
            column = f"CASE t.id WHEN {first} THEN {party} ELSE {dice.second_donor} END"
        _insert(model, f"t.pledge_id = {pattern}", {"pledge_id": key, "party_id": column}, dice, numbers, chosen)
    _insert(Evidence, f"t.pledge_id = {pattern}", {"pledge_id": key}, dice, numbers, chosen)
    for line in (TotalLine, SourceLine):
        current = f"t.pledge_id = {pattern} AND t.until_id IS NULL"
        donor = (
            f"CASE WHEN t.donor_id IS NULL THEN NULL WHEN t.position = 0 THEN {dice.donor} ELSE {dice.second_donor} END"
        )
        values = {"pledge_id": key, "donor_id": donor, "recipient_id": dice.recipient, **own, "announced_on": dice.day}
        if line is TotalLine:
            told = {**eur, **usd}
            values |= {name: f"CASE WHEN t.{name} IS NULL THEN NULL ELSE {of} END" for name, of in told.items()}
        _insert(line, current, values, dice, numbers, chosen)


def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _insert(  # noqa: PLR0917
    model: type[models.Model], where: str, values: Mapping[str, str], dice: Dice, numbers: tuple[int, int], chosen: str
) -> None:  # fmt: skip
    columns = [
        field.column
        for field in model._meta.concrete_fields
        if field.column and (field.column != "id" or "id" in values)
    ]
    taken = [values.get(name, f"t.{connection.ops.quote_name(name)}") for name in columns]
    names = ", ".join(connection.ops.quote_name(name) for name in columns)
    select = f"SELECT {', '.join(taken)} FROM copies CROSS JOIN {_table(model)} t WHERE {where} AND {chosen}"  # noqa: S608
    # SQLite takes the common tables before the INSERT, and so does PostgreSQL.
    with connection.cursor() as cursor:
        cursor.execute(f"{dice.rows} INSERT INTO {_table(model)} ({names}) {select}", numbers)


def _move_ids_on(wanted: int) -> None:
    """What is entered later has ids after those of the copies."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT setval(pg_get_serial_sequence('pledges_pledge', 'id'), %s)", [FIRST_ID + wanted + 1])


def seconds_of_publishing(times: int) -> list[float]:
    """How long it takes to publish one more pledge, each time anew."""
    donor, recipient = Party.objects.get(code="D05").pk, Party.objects.get(code="R00").pk
    found = []
    for _ in range(times):
        made = create_pledge(draft((donor,), recipient), now=NOW, job="benchmark")
        begun = time.perf_counter()
        publish_pledge(made.pk, now=NOW, job="benchmark")
        found.append(time.perf_counter() - begun)
    return found
