"""What the record refers to: parties, their memberships in groups, exchange rates, datasets."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists, OuterRef, QuerySet

from interchange.datatables.columns import code, day, decimal, text, truth
from interchange.datatables.reading import chunks, columns_of, trimmed
from interchange.writing.tables import ForeignKey, Row, Table
from reference.models import Dataset, Membership, Party, PartyKind, Rate

PARTY_FIELDS = (
    text("code", "code", "Code", "ISO 3166-1 alpha-2 for a country (XK for Kosovo), else a code such as EU.",
         required=True, unique=True),
    text("alpha3", "alpha3", "Alpha-3 code", "ISO 3166-1 alpha-3 of a country."),
    text("name", "name", "Name", "Its name in English.", required=True),
    code("kind", "kind", "Kind", "What it is.", PartyKind, required=True),
    text("parent", "parent__code", "Parent", "Code of the party whose fund, institution, city or agency it is."),
)  # fmt: skip
MEMBERSHIP_FIELDS = (
    text("group", "group__code", "Group", "Code of the group.", required=True),
    text("member", "member__code", "Member", "Code of the member.", required=True),
    day("since", "since", "Since", "First day of membership."),
    day("until", "until", "Until", "Last day of membership; empty while it lasts."),
)
RATE_FIELDS = (
    text("currency", "currency", "Currency", "ISO 4217 code.", required=True),
    day("day", "day", "Day", "The day that the rate is of."),
    decimal("per_euro", "per_euro", "Rate", "Units of the currency for one euro.", unit="currency", convert=trimmed),
    text("source", "source", "Source", "Who published it.", required=True),
)
DATASET_FIELDS = (
    text("key", "key", "Key", "Its key: stable.", required=True, unique=True),
    text("name", "name", "Name", "Its name.", required=True),
    text("publisher", "publisher", "Publisher", "Who published it."),
    text("licence", "licence", "Licence", "The licence under which it may be used.", required=True),
    text("citation", "citation", "Citation", "How its authors want to be cited."),
    text("url", "url", "Address", "Where it is published."),
    truth("redistributable", "redistributable", "May be given out", "Whether its rows may be given out."),
)
TO_PARTY = "parties"
PARTIES = Table(
    "parties", "Parties", "Countries, organisations, groups and funds.", columns_of(PARTY_FIELDS), ("code",),
    (ForeignKey(("parent",), TO_PARTY, ("code",)),),
)  # fmt: skip
MEMBERSHIPS = Table(
    "memberships", "Memberships", "Who belonged to which group, from when until when.", columns_of(MEMBERSHIP_FIELDS),
    ("group", "member", "since"),
    (ForeignKey(("group",), TO_PARTY, ("code",)), ForeignKey(("member",), TO_PARTY, ("code",))),
)  # fmt: skip
EXCHANGE_RATES = Table(
    "exchange_rates", "Exchange rates", "The rate of each currency and day that holds now.", columns_of(RATE_FIELDS),
    ("currency", "day"),
)  # fmt: skip
DATASETS = Table(
    "datasets", "Datasets", "The tracker's own record and those that were imported.", columns_of(DATASET_FIELDS),
    ("key",),
)  # fmt: skip


def party_rows(parties: QuerySet[Party]) -> Iterator[Row]:
    """The rows of ``PARTIES`` in the order of the query."""
    for chunk in chunks(parties, PARTY_FIELDS):
        yield from chunk


def membership_rows(memberships: QuerySet[Membership]) -> Iterator[Row]:
    """The rows of ``MEMBERSHIPS`` in the order of the query."""
    for chunk in chunks(memberships, MEMBERSHIP_FIELDS):
        yield from chunk


def rate_rows(rates: QuerySet[Rate]) -> Iterator[Row]:
    """The rows of ``EXCHANGE_RATES`` in the order of the query."""
    for chunk in chunks(rates, RATE_FIELDS):
        yield from chunk


def dataset_rows(datasets: QuerySet[Dataset]) -> Iterator[Row]:
    """The rows of ``DATASETS`` in the order of the query."""
    for chunk in chunks(datasets, DATASET_FIELDS):
        yield from chunk


def rates_that_hold() -> QuerySet[Rate]:
    """The rate of each currency and day that holds: of several the one recorded last. Oldest first."""
    later = Rate.objects.filter(currency=OuterRef("currency"), day=OuterRef("day"), pk__gt=OuterRef("pk"))
    return Rate.objects.filter(~Exists(later)).order_by("day", "currency")
