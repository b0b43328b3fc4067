"""Keeps the lines of the totals true: after a change, those pledges are counted anew whose counting it may touch.

A pledge's counting depends on its package, its parts and its successors. Lines that stay the same are left standing;
others end with the change, and new ones begin with it, so that a total can be asked as of any change.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from django.db.models import Model, Q

from history.models import Change
from pledges.breakdown import read_goods, read_value
from pledges.cents import Cents
from pledges.counting import Counted, standing
from pledges.expressions import NOTHING, centrals
from pledges.lining import cut_lines, total_lines
from pledges.models import (
    CutLine,
    Pledge,
    PledgeDonor,
    PledgeRecipient,
    RecordState,
    SourceLine,
    Stage,
    TotalLine,
    Valuation,
)
from pledges.shares import Share
from pledges.source_lines import source_lines
from pledges.summing.deltas import Deltas
from pledges.summing.keeping import begin_if_empty, keep
from pledges.values import Value

# Generations of packages within packages that are followed; deeper nesting is not a shape that aid takes.
DEEPEST = 10


def recount(change: Change, pledge_ids: Iterable[int]) -> None:
    """Count the given pledges anew, and all whose counting hangs on them."""
    touched = _touched(set(pledge_ids))
    family = {pledge.pk: pledge for pledge in _family(touched)}
    published = {pk for pk, pledge in family.items() if pledge.state == RecordState.PUBLISHED}
    facts = _facts(family, published)
    wanted: list[TotalLine] = []
    cuts: list[CutLine] = []
    by_source: list[SourceLine] = []
    summed = begin_if_empty()
    for pk in sorted(touched & published):
        package = facts.get(facts[pk].package or 0)
        place = standing(facts[pk], package)
        wanted += total_lines(family[pk], facts[pk], place)
        cuts += cut_lines(family[pk], facts[pk], place)
        by_source += source_lines(family[pk], facts[pk])
    before, after = _replace(change, touched, TotalLine, wanted, COMPARED)
    _replace(change, touched, CutLine, cuts, COMPARED_CUTS)
    _replace(change, touched, SourceLine, by_source, COMPARED_BY_SOURCE)
    if summed:
        _keep_sums(before, after)


def _keep_sums(before: list[TotalLine], after: list[TotalLine]) -> None:
    """Bring the sums of the lines up to date."""
    deltas = Deltas()
    was, now = _by_pledge(before), _by_pledge(after)
    for pk in sorted(was.keys() | now.keys()):
        deltas.replace(was.get(pk, []), now.get(pk, []))
    keep(deltas)


def _by_pledge(lines: list[TotalLine]) -> dict[int, list[TotalLine]]:
    found: dict[int, list[TotalLine]] = {}
    for line in lines:
        found.setdefault(line.pledge_id, []).append(line)
    return found


def _touched(ids: set[int]) -> set[int]:
    """The given pledges, their packages, their parts, what they supersede and the parts of that, to the end."""
    found: set[int] = set()
    frontier = ids
    for _ in range(DEEPEST):
        if not frontier:
            break
        found |= frontier
        rows = Pledge.objects.filter(pk__in=frontier).values_list("package_id", "supersedes_id")
        up = {package for package, _ in rows if package} | {older for _, older in rows if older}
        down = set(Pledge.objects.filter(package__in=frontier).values_list("pk", flat=True))
        frontier = (up | down) - found
    return found


def _family(touched: set[int]) -> Iterable[Pledge]:
    """The touched pledges and all that their counting reads: parts, packages and successors."""
    # One after the other, each by its own index: together no database finds them without reading all pledges.
    packages = Pledge.objects.filter(pk__in=touched, package__isnull=False).order_by()
    related = (Q(pk__in=touched), Q(package__in=touched), Q(supersedes__in=touched))
    ids = set(packages.values_list("package_id", flat=True))
    for one in related:
        ids.update(Pledge.objects.filter(one).order_by().values_list("pk", flat=True))
    for _ in range(DEEPEST):
        more = set(Pledge.objects.filter(package__in=ids).values_list("pk", flat=True)) - ids
        if not more:
            break
        ids |= more
    return Pledge.objects.filter(pk__in=ids)


def _facts(family: dict[int, Pledge], published: set[int]) -> dict[int, Counted]:
    # The state is looked at here: an index of states would be of no help, and is taken by SQLite if it is asked for.
    successors = Pledge.objects.filter(supersedes__in=family).order_by().values_list("supersedes_id", "state")
    superseded = {older for older, state in successors if state == RecordState.PUBLISHED}
    # What is in a superseded package is superseded with it, however deep.
    while inside := {pk for pk in published if family[pk].package_id in superseded & published} - superseded:
        superseded |= inside
    donors = _shares(PledgeDonor, family)
    recipients = _shares(PledgeRecipient, family)
    parts: dict[int, list[int]] = {}
    for pk in sorted(published):
        package_id = family[pk].package_id
        if package_id is not None:
            parts.setdefault(package_id, []).append(pk)
    made: dict[int, Counted] = {}

    def make(pk: int, depth: int) -> Counted:
        if pk not in made:
            below = parts.get(pk, []) if depth < DEEPEST else []
            pledge = family[pk]
            made[pk] = Counted(
                id=pk,
                value=_value(pledge),
                stated_value=pledge.valuation == Valuation.STATED,
                stage=pledge.stage,
                delivered=_delivered(pledge),
                stated=pledge.stated,
                donors=donors.get(pk, ()),
                recipients=recipients.get(pk, ()),
                superseded=pk in superseded,
                package=pledge.package_id if pledge.package_id in published else None,
                parts=tuple(make(part, depth + 1) for part in below),
                **_moved(pledge),
            )
        return made[pk]

    for pk in family:
        make(pk, 0)
    return made


def _shares(
    model: type[PledgeDonor] | type[PledgeRecipient], family: dict[int, Pledge]
) -> dict[int, tuple[Share, ...]]:
    found: dict[int, tuple[Share, ...]] = {}
    for row in model.objects.filter(pledge__in=family).order_by("pk"):
        share = Share(row.party_id, row.share_amount, row.share_weight)
        found[row.pledge_id] = (*found.get(row.pledge_id, ()), share)
    return found


def _cents(low: int | None, central: int | None, high: int | None) -> Cents | None:
    return None if low is None or central is None or high is None else Cents(low, central, high)


def _value(pledge: Pledge) -> Value | None:
    if pledge.valuation == "none":
        return None
    return Value(
        _cents(pledge.eur_low, pledge.eur_central, pledge.eur_high),
        _cents(pledge.usd_low, pledge.usd_central, pledge.usd_high),
        pledge.breakdown.get("own"),
    )


def _delivered(pledge: Pledge) -> Value | None:
    eur, usd = pledge.delivered_eur, pledge.delivered_usd
    if eur is None and usd is None:
        return None
    moved = read_value(pledge.breakdown.get("reached", {}).get(Stage.DELIVERY, {}).get("value"))
    own = NOTHING if moved is None else centrals(moved.own)
    return Value(_cents(eur, eur, eur), _cents(usd, usd, usd), own)


def _moved(pledge: Pledge) -> dict[str, Any]:
    """What of a pledge moved, is halted, and of which categories it is, as ``Counted`` has it."""
    told = pledge.breakdown
    moved = told.get("reached", {})
    return {
        "reached": {stage: read_value(one["value"]) for stage, one in moved.items()},
        "suspended": read_value(told.get("suspended")),
        "goods": read_goods(told.get("goods")),
        "goods_reached": {stage: read_goods(one.get("goods")) for stage, one in moved.items()},
    }


def _compared(model: type[Model]) -> list[str]:
    """The columns in which two lines of one pledge may differ."""
    return [field.attname for field in model._meta.concrete_fields if field.name not in {"id", "since", "until"}]


COMPARED, COMPARED_CUTS, COMPARED_BY_SOURCE = _compared(TotalLine), _compared(CutLine), _compared(SourceLine)
AnyLine = TypeVar("AnyLine", TotalLine, CutLine, SourceLine)


def _replace(
    change: Change, touched: set[int], model: type[AnyLine], wanted: list[AnyLine], compared: list[str]
) -> tuple[list[AnyLine], list[AnyLine]]:
    """End the lines that no longer hold and begin those that are new; lines begun by this same change just go.

    Returns all lines, before and after, of those pledges of which any changed.
    """

    def same(line: AnyLine) -> tuple[object, ...]:
        return tuple(getattr(line, name) for name in compared)

    lines = model._default_manager
    standing_lines = list(lines.filter(pledge__in=touched, until__isnull=True))
    kept = {same(line) for line in wanted} & {same(line) for line in standing_lines}
    ended: list[AnyLine] = [line for line in standing_lines if same(line) not in kept]
    lines.filter(pk__in=[line.pk for line in ended if line.since_id == change.seq]).delete()
    lines.filter(pk__in=[line.pk for line in ended if line.since_id != change.seq]).update(until=change)
    new: list[AnyLine] = [line for line in wanted if same(line) not in kept]
    for line in new:
        line.since = change
    lines.bulk_create(new, batch_size=200)
    moved = {line.pledge_id for line in (*ended, *new)}
    return (
        [line for line in standing_lines if line.pledge_id in moved],
        [line for line in wanted if line.pledge_id in moved],
    )
