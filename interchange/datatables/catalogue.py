"""All tables of the published record, each with the rows that may be given out.

What may not: drafts and withdrawn records, private notes, and whatever belongs to a dataset whose licence does not let
us give it out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from interchange.datatables import lines, pledges, reference, sanctions
from interchange.datatables import pledge_details as details
from interchange.writing.tables import Row, Table
from pledges.models import Pledge
from pledges.models import RecordState as PledgeState
from reference.models import Dataset, Membership, Party
from sanctions.models import Designation, Measure, Programme
from sanctions.models import RecordState as MeasureState

OF_DATASET = "dataset__key"


@dataclass(frozen=True, slots=True)
class DataTable:
    """A table and its published rows: of all datasets that may be given out, or of the one with the given key."""

    table: Table
    rows: Callable[[str | None], Iterator[Row]]


def datasets(key: str | None = None) -> QuerySet[Dataset]:
    """The datasets that may be given out, or the one of them with that key."""
    found = Dataset.objects.filter(redistributable=True).order_by("key")
    return found if key is None else found.filter(key=key)


def published_pledges(key: str | None = None) -> QuerySet[Pledge]:
    """Published pledges of those datasets, in the order in which they were entered."""
    return Pledge.objects.filter(state=PledgeState.PUBLISHED, dataset__in=datasets(key).order_by()).order_by("pk")


def published_measures(key: str | None = None) -> QuerySet[Measure]:
    """Published measures of those datasets."""
    return Measure.objects.filter(state=MeasureState.PUBLISHED, dataset__in=datasets(key).order_by()).order_by("pk")


def public_programmes(key: str | None = None) -> QuerySet[Programme]:
    """Programmes of those datasets; for one dataset also those that its measures and designations name."""
    programmes = Programme.objects.filter(dataset__in=datasets().order_by()).order_by("key")
    if key is None:
        return programmes
    named = Q(dataset__key=key)
    for rows in (published_measures(key), published_designations(key)):
        named |= Q(pk__in=rows.order_by().exclude(programme=None).values("programme"))
    return programmes.filter(named)


def published_designations(key: str | None = None) -> QuerySet[Designation]:
    """Published designations of those datasets."""
    rows = Designation.objects.filter(state=MeasureState.PUBLISHED, dataset__in=datasets(key).order_by())
    return rows.order_by("pk")


TABLES: tuple[DataTable, ...] = (
    DataTable(pledges.PLEDGES, lambda key: pledges.pledge_rows(published_pledges(key))),
    DataTable(details.PLEDGE_DONORS, lambda key: details.donor_rows(published_pledges(key))),
    DataTable(details.PLEDGE_RECIPIENTS, lambda key: details.recipient_rows(published_pledges(key))),
    DataTable(details.ITEMS, lambda key: details.item_rows(published_pledges(key))),
    DataTable(details.MOVES, lambda key: details.move_rows(published_pledges(key))),
    DataTable(details.DEDUCTIONS, lambda key: details.deduction_rows(published_pledges(key))),
    DataTable(details.PLEDGE_EVIDENCE, lambda key: details.evidence_rows(published_pledges(key))),
    DataTable(lines.TOTAL_LINES, lambda key: lines.total_line_rows(published_pledges(key))),
    DataTable(lines.SOURCE_LINES, lambda key: lines.source_line_rows(published_pledges(key))),
    DataTable(sanctions.MEASURES, lambda key: sanctions.measure_rows(published_measures(key))),
    DataTable(sanctions.STEPS, lambda key: sanctions.step_rows(published_measures(key))),
    DataTable(sanctions.MEASURE_EVIDENCE, lambda key: sanctions.evidence_rows(published_measures(key))),
    DataTable(sanctions.PROGRAMMES, lambda key: sanctions.programme_rows(public_programmes(key))),
    DataTable(sanctions.DESIGNATIONS, lambda key: sanctions.designation_rows(published_designations(key))),
    DataTable(reference.PARTIES, lambda key: reference.party_rows(Party.objects.order_by("code"))),
    DataTable(
        reference.MEMBERSHIPS,
        lambda key: reference.membership_rows(Membership.objects.order_by("group__code", "member__code", "since")),
    ),
    DataTable(reference.EXCHANGE_RATES, lambda key: reference.rate_rows(reference.rates_that_hold())),
    DataTable(reference.DATASETS, lambda key: reference.dataset_rows(datasets(key))),
)
BY_NAME = {one.table.name: one for one in TABLES}
