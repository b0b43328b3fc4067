"""What is wrong with a pledge as entered (errors that block), and what is odd about it (warnings that do not).

Each message is a sentence for the person who enters it, under the field that it is about.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal

from django.conf import settings
from django.db.models import ForeignKey

from history.fitting import Row, misfits
from history.refusing import Problem
from pledges.drafts import PledgeDraft, ShareDraft
from pledges.models import (
    AidType,
    Deduction,
    DeductionReason,
    Evidence,
    FinanceType,
    GoodsFrom,
    Item,
    ItemCategory,
    Move,
    Pledge,
    PledgeDonor,
    Precision,
    Qualifier,
    RecordState,
    Sector,
    Stage,
)
from pledges.writing import SAME_NAME
from reference.amounts import in_words
from reference.currencies import decimals, is_currency
from reference.models import Party
from reference.services import tracker_dataset

# More than the world's yearly output in any currency that is in use; larger amounts are slips of the keyboard.
LARGEST = Decimal(10) ** 18


def problems_of(draft: PledgeDraft, *, pledge: Pledge | None = None) -> list[Problem]:
    """Everything that keeps the draft from being saved."""
    found = list(_not_numbers(draft))
    if found:  # nothing else can be compared with what is no number
        return found
    found += [Problem(field, words) for field, words in misfits(_rows(draft))]
    found += _parties(draft)
    for check in _OF_THE_DRAFT_ALONE:
        found += check(draft)
    found += _links(draft, pledge)
    return found


def problems_within(draft: PledgeDraft) -> list[Problem]:
    """What is wrong with the draft by itself: what ``problems_of`` says without asking the database.

    Whether the parties and records exist that it refers to is left to the caller.
    """
    found = list(_not_numbers(draft))
    if found:
        return found
    found += [Problem(field, words) for field, words in misfits(map(_without_links, _rows(draft)))]
    for check in _OF_THE_DRAFT_ALONE:
        found += check(draft)
    return found


# Parties and other pledges have checks of their own, in words that fit them.
LINKS = {"channel_id", "financed_from_id", "package_id", "supersedes_id"}


def _rows(draft: PledgeDraft) -> Iterator[Row]:
    """The rows that the draft would become."""
    names = {*SAME_NAME, "dataset_id", "import_batch_id", "origin_key", "adopted_from_id"} - LINKS
    yield Row(Pledge, {name: getattr(draft, name) for name in names})
    for field, shares in (("donors", draft.donors), ("recipients", draft.recipients)):
        for share in shares:
            yield Row(PledgeDonor, {"share_amount": share.amount, "share_weight": share.weight}, field)
    for field, model, children in (
        ("deductions", Deduction, draft.deductions),
        ("items", Item, draft.items),
        ("moves", Move, draft.moves),
        ("evidence", Evidence, draft.evidence),
    ):
        for child in children:
            values = {name: getattr(child, name) for name in child.__slots__ if name not in ("id", "item", "move")}
            yield Row(model, values, field)


def _without_links(row: Row) -> Row:
    links = {column.attname for column in row.model._meta.concrete_fields if isinstance(column, ForeignKey)}
    return Row(row.model, {name: value for name, value in row.values.items() if name not in links}, row.field)


def _not_numbers(draft: PledgeDraft) -> Iterator[Problem]:
    numbers: list[tuple[str, Decimal | None]] = [
        ("stated", draft.stated),
        ("stated_to", draft.stated_to),
        ("stated_other", draft.stated_other),
        ("source_value", draft.source_value),
        ("source_delivered", draft.source_delivered),
    ]
    for field, shares in (("donors", draft.donors), ("recipients", draft.recipients)):
        numbers += [(field, number) for share in shares for number in (share.amount, share.weight)]
    numbers += [("deductions", one.amount) for one in draft.deductions]
    numbers += [("items", number) for one in draft.items for number in (one.quantity, one.quantity_to, one.unit_price)]
    numbers += [("moves", number) for one in draft.moves for number in (one.amount, one.units)]
    for field, number in numbers:
        if number is not None and not number.is_finite():
            yield Problem(field, f"{number} is no number.")


def _codes(draft: PledgeDraft) -> Iterator[Problem]:
    if not draft.title.strip():
        yield Problem("title", "Say in a few words what is pledged.")
    allowed: list[tuple[str, str, list[str]]] = [
        ("type", draft.type, AidType.values),
        ("finance_type", draft.finance_type, FinanceType.values),
        ("sector", draft.sector, ["", *Sector.values]),
        ("goods_from", draft.goods_from, GoodsFrom.values),
        ("qualifier", draft.qualifier, Qualifier.values),
        ("announced_precision", draft.announced_precision, Precision.values),
    ]
    for field, code, codes in allowed:
        if code not in codes:
            yield Problem(field, f"{code!r} is no code for it. Allowed: {', '.join(filter(None, codes))}.")


def _parties(draft: PledgeDraft) -> Iterator[Problem]:
    named = {share.party_id for share in (*draft.donors, *draft.recipients)}
    named |= {one for one in (draft.channel_id, draft.financed_from_id) if one is not None}
    missing = named - set(Party.objects.filter(pk__in=named).values_list("pk", flat=True))
    if missing:
        yield Problem("donors", f"No party has the id {', '.join(map(str, sorted(missing)))}.")
    for field, shares in (("donors", draft.donors), ("recipients", draft.recipients)):
        twice = [party for party, times in Counter(share.party_id for share in shares).items() if times > 1]
        if twice:
            yield Problem(field, "A party is named twice; name it once, with all of its share.")


def _amount(draft: PledgeDraft) -> Iterator[Problem]:
    if draft.stated is None:
        if draft.stated_to is not None:
            yield Problem("stated", "A range needs its lower end as well.")
        if draft.deductions:
            yield Problem("deductions", "There is no stated amount to deduct from.")
        return
    if not is_currency(draft.currency):
        yield Problem("currency", _unknown_currency(draft.currency))
        return
    yield from _positive("stated", draft.stated, draft.currency)
    if draft.qualifier == Qualifier.RANGE:
        if draft.stated_to is None:
            yield Problem("stated_to", "A range needs its upper end.")
        elif draft.stated_to <= draft.stated:
            yield Problem("stated_to", f"The upper end of the range must be above {draft.stated:f}.")
        else:
            yield from _positive("stated_to", draft.stated_to, draft.currency)
    elif draft.stated_to is not None:
        yield Problem("stated_to", "Only a range has an upper end; choose “From … to …” or leave it empty.")


def _second_amount(draft: PledgeDraft) -> Iterator[Problem]:
    if draft.stated_other is None:
        return
    if draft.stated is None:
        yield Problem("stated_other", "A second currency needs the amount in the first.")
    if not is_currency(draft.currency_other) or draft.currency_other == draft.currency:
        yield Problem("currency_other", "Give the second amount's currency; it must differ from the first.")
    elif not 0 < draft.stated_other < LARGEST:
        yield Problem("stated_other", "An amount must be above zero; leave it empty where none is stated.")


def _source_value(draft: PledgeDraft) -> Iterator[Problem]:
    if draft.source_value is not None and not is_currency(draft.source_value_currency):
        yield Problem("source_value_currency", _unknown_currency(draft.source_value_currency))


def _unknown_currency(code: str) -> str:
    if not code:
        return "An amount needs its currency (ISO 4217, such as EUR)."
    return f"{code!r} is no currency that we know; write its ISO 4217 code, such as EUR."


def _positive(field: str, amount: Decimal, currency: str) -> Iterator[Problem]:
    if amount <= 0:
        yield Problem(field, "An amount must be above zero; leave it empty where none is stated.")
    elif amount >= LARGEST:
        yield Problem(field, f"{amount:f} is larger than any sum of money; check the number of zeros.")
    elif amount != round(amount, decimals(currency)):
        yield Problem(field, f"{currency} has {decimals(currency)} decimals; {amount:f} has more.")


def _days(draft: PledgeDraft) -> Iterator[Problem]:
    precision, first_day, last_day = draft.announced_precision, draft.announced_earliest, draft.announced_latest
    if precision == Precision.UNKNOWN and (first_day or last_day):
        yield Problem("announced_precision", "Say how exactly the announcement day is known.")
    elif precision == Precision.BEFORE and (first_day or not last_day):
        yield Problem("announced_latest", "“On or before a day” needs that day as the last one, and no first day.")
    elif precision == Precision.AFTER and (last_day or not first_day):
        yield Problem("announced_earliest", "“On or after a day” needs that day as the first one, and no last day.")
    elif precision not in (Precision.UNKNOWN, Precision.BEFORE, Precision.AFTER) and not (first_day and last_day):
        yield Problem("announced_latest", "Give the first and the last day on which it may have been announced.")
    for field, first, last in (
        ("announced_latest", draft.announced_earliest, draft.announced_latest),
        ("period_to", draft.period_from, draft.period_to),
    ):
        if first and last and last < first:
            yield Problem(field, f"{last} lies before {first}.")
    if draft.announced_precision == Precision.DAY and draft.announced_earliest != draft.announced_latest:
        yield Problem("announced_precision", "The first and the last day differ, so it is not known to the day.")


def _shares(draft: PledgeDraft) -> Iterator[Problem]:
    for field, shares in (("donors", draft.donors), ("recipients", draft.recipients)):
        if any(share.amount is not None and share.weight is not None for share in shares) or (
            any(share.amount is not None for share in shares) and any(share.weight is not None for share in shares)
        ):
            yield Problem(field, "Give all shares as amounts or all as weights, not both.")
            continue
        if any((share.amount or 1) <= 0 or (share.weight or 1) <= 0 for share in shares) or any(
            share.amount == 0 or share.weight == 0 for share in shares
        ):
            yield Problem(field, "A share must be above zero; leave it empty where it is not known.")
        if any(share.weight is not None for share in shares) and any(share.weight is None for share in shares):
            yield Problem(field, "Weights divide the whole, so each party needs one.")
        yield from _share_sum(field, shares, draft)


def _share_sum(field: str, shares: Sequence[ShareDraft], draft: PledgeDraft) -> Iterator[Problem]:
    amounts = [share.amount for share in shares if share.amount is not None]
    if not amounts:
        return
    if draft.stated is None:
        yield Problem(field, "Shares as amounts need the stated amount that they are shares of.")
    elif sum(amounts) > draft.stated:
        yield Problem(field, f"The shares sum to {sum(amounts):f}, which is more than the stated {draft.stated:f}.")


def _deductions(draft: PledgeDraft) -> Iterator[Problem]:
    for deduction in draft.deductions:
        if deduction.reason not in DeductionReason.values:
            yield Problem("deductions", f"{deduction.reason!r} is no reason for a deduction.")
        if deduction.amount is not None and not 0 < deduction.amount < LARGEST:
            yield Problem("deductions", "A deduction must be above zero; leave it empty where it is not known.")
    total = sum((one.amount for one in draft.deductions if one.amount is not None), Decimal(0))
    most = draft.stated_to or draft.stated
    if most is not None and total > most:
        yield Problem("deductions", f"The deductions sum to {total:f}, which is more than the stated {most:f}.")


def _items(draft: PledgeDraft) -> Iterator[Problem]:
    for item in draft.items:
        name = item.name.strip()
        if not name:
            yield Problem("items", "An item needs a name.")
        if item.category not in ItemCategory.values:
            yield Problem("items", f"{name}: {item.category!r} is no item category.")
        if item.quantity_qualifier not in Qualifier.values:
            yield Problem("items", f"{name}: {item.quantity_qualifier!r} is no qualifier.")
        if item.quantity is not None and not 0 < item.quantity < LARGEST:
            yield Problem("items", f"{name}: the quantity must be above zero; leave it empty where none is known.")
        if (item.quantity_to is not None) != (item.quantity_qualifier == Qualifier.RANGE):
            yield Problem("items", f"{name}: a range of quantities, and only that, has an upper end.")
        elif item.quantity_to is not None and (item.quantity is None or item.quantity_to <= item.quantity):
            yield Problem("items", f"{name}: the upper end of a range of quantities must be above its lower end.")
        if item.unit_price is None:
            continue
        if not is_currency(item.price_currency):
            yield Problem("items", f"{name}: {_unknown_currency(item.price_currency)}")
        if not 0 < item.unit_price < LARGEST:
            yield Problem("items", f"{name}: the unit price must be above zero.")
        if not item.price_source.strip():
            yield Problem("items", f"{name}: say where the unit price comes from.")


def _moves(draft: PledgeDraft) -> Iterator[Problem]:
    refs = {item.ref for item in draft.items if item.ref}
    for move in draft.moves:
        if move.stage not in Stage.values:
            yield Problem("moves", f"{move.stage!r} is no stage. Allowed: {', '.join(Stage.values)}.")
        if move.amount is not None and not 0 < move.amount < LARGEST:
            yield Problem("moves", "What moved must be above zero; leave it empty where the whole moved.")
        if move.item and move.item not in refs:
            yield Problem("moves", f"The move names an item ({move.item}) that this pledge does not have.")
        if move.units is not None and (not move.item or not 0 < move.units < LARGEST):
            yield Problem("moves", "Units that moved must be above zero and belong to an item.")
        if move.extent_unknown and (move.amount is not None or move.units is not None):
            yield Problem("moves", "Give how much moved, or say that its extent is not known, not both.")
        if move.precision not in Precision.values:
            yield Problem("moves", f"{move.precision!r} is no precision. Allowed: {', '.join(Precision.values)}.")
        if (move.day is None) != (move.precision == Precision.UNKNOWN):
            yield Problem("moves", "Give the day of the move, or say that it is unknown.")


def _evidence(draft: PledgeDraft) -> Iterator[Problem]:
    refs = {move.ref for move in draft.moves if move.ref}
    for one in draft.evidence:
        place = one.revision_id is not None and one.start is not None and one.end is not None
        grounded = (place or one.url.strip()) and one.quote.strip()
        if not grounded and not one.dataset_row:
            yield Problem("evidence", "Evidence needs an address and the words that say so.")
        if one.url and not one.url.lower().startswith(("http://", "https://")):
            yield Problem("evidence", f"{one.url!r} is no web address; it should begin with https://.")
        if one.start is not None and (one.end is None or one.end <= one.start):
            yield Problem("evidence", "The quote ends before it begins; mark it in the text again.")
        if one.move and one.move not in refs:
            yield Problem("evidence", f"The evidence names a move ({one.move}) that this pledge does not have.")


def _links(draft: PledgeDraft, pledge: Pledge | None) -> Iterator[Problem]:
    for field, target in (("package_id", draft.package_id), ("supersedes_id", draft.supersedes_id)):
        if target is None:
            continue
        if pledge is not None and target in {pledge.pk, *_descendants(pledge.pk, field)}:
            yield Problem(field, "That would go round in a circle: it already hangs on this pledge.")
        other = Pledge.objects.filter(pk=target).values_list("dataset_id", flat=True).first()
        if other is None:
            yield Problem(field, f"No pledge has the id {target}.")
        elif other != (pledge.dataset_id if pledge is not None else draft.dataset_id or tracker_dataset().pk):
            yield Problem(field, "That pledge belongs to another dataset; an answer covers one of them alone.")
    if pledge is None:
        yield from _taken(draft)


def _taken(draft: PledgeDraft) -> Iterator[Problem]:
    """What only one pledge can have, and another one has."""
    if draft.adopted_from_id is not None:
        other = Pledge.objects.filter(adopted_from=draft.adopted_from_id).first()
        if other is not None:
            yield Problem("adopted_from_id", f"{other.public_id} was made from that record already.")
    if draft.origin_key:
        other = Pledge.objects.filter(
            dataset=draft.dataset_id or tracker_dataset(), origin_key=draft.origin_key
        ).first()
        if other is not None:
            yield Problem("origin_key", f"{other.public_id} is the row {draft.origin_key} of that dataset already.")


_OF_THE_DRAFT_ALONE = (
    _codes,
    _amount,
    _second_amount,
    _source_value,
    _days,
    _shares,
    _deductions,
    _items,
    _moves,
    _evidence,
)


def _descendants(pledge_id: int, field: str) -> set[int]:
    found: set[int] = set()
    frontier = {pledge_id}
    while frontier:
        frontier = set(Pledge.objects.filter(**{f"{field}__in": frontier}).values_list("pk", flat=True)) - found
        found |= frontier
    return found


def problems_of_publishing(pledge: Pledge) -> list[Problem]:
    """What a saved pledge still lacks before the public may see it."""
    if not pledge.evidence.exists():
        return [Problem("evidence", "A pledge needs evidence before it is published: an address and a quote.")]
    if not pledge.donors.exists() and not pledge.donors_as_written:
        return [Problem("donors", "Name the donor, or write who the source says it is, before it is published.")]
    return []


def problems_of_merging(pledge: Pledge, into: Pledge) -> list[Problem]:
    """What keeps a pledge from being merged into another one."""
    if pledge.pk == into.pk or into.state not in (RecordState.DRAFT, RecordState.PUBLISHED):
        words = f"{pledge.public_id} cannot be merged into {into.public_id}."
    elif pledge.state not in (RecordState.DRAFT, RecordState.PUBLISHED):
        words = f"{pledge.public_id} is {pledge.state} and can no longer be merged."
    elif pledge.dataset_id != into.dataset_id:
        words = "The two pledges belong to different datasets."
    elif pledge.state == RecordState.PUBLISHED and into.state != RecordState.PUBLISHED:
        words = f"{into.public_id} is not published; publish it first."
    elif _hangs_on(into, pledge):
        words = (
            f"{into.public_id} hangs on {pledge.public_id}, as its part or by way of what replaced it. "
            "Take it out of the package, or merge the other way round."
        )
    else:
        return []
    return [Problem("merged_into", words)]


def _hangs_on(pledge: Pledge, other: Pledge) -> bool:
    """Whether a pledge is within another one, or replaced it by way of a third: merged, they would go in a circle."""
    replaced_directly = pledge.supersedes_id == other.pk
    replaced = pledge.pk in _descendants(other.pk, "supersedes_id") and not replaced_directly
    return replaced or pledge.pk in _descendants(other.pk, "package_id")


def warnings_of(pledge: Pledge, *, today: date) -> list[str]:
    """What is odd about a saved pledge and may yet be right. Six queries, however many rows it has."""
    moves = list(pledge.moves.all())
    return [
        *_too_much_delivered(pledge, moves),
        *_odd_days(pledge, moves, today),
        *_alike(pledge),
        *_old_prices(pledge),
    ]


def _too_much_delivered(pledge: Pledge, moves: Sequence[Move]) -> Iterator[str]:
    amounts = (move.amount for move in moves if move.stage == Stage.DELIVERY and move.amount is not None)
    delivered = sum(amounts, Decimal(0))
    if pledge.central is not None and delivered > pledge.central:
        yield f"More was delivered ({in_words(delivered)}) than counts as pledged ({in_words(pledge.central)})."


def _odd_days(pledge: Pledge, moves: Sequence[Move], today: date) -> Iterator[str]:
    if pledge.announced_latest and pledge.announced_latest > today:
        yield f"The announcement lies in the future ({pledge.announced_latest})."
    first_days = settings.EARLIEST_AID
    codes = [row.party.code for row in pledge.recipients.select_related("party")] if first_days else []
    begins = max((first_days[code] for code in codes if code in first_days), default=None)
    if begins is None:
        return
    if pledge.announced_latest and pledge.announced_latest < begins:
        yield f"It was announced on {pledge.announced_latest}, before {begins}, from which on aid is recorded."
    for move in moves:
        if move.day and move.day < begins:
            yield f"“{move.get_stage_display()}” is dated {move.day}, before {begins}, from which on aid is recorded."


def _alike(pledge: Pledge) -> Iterator[str]:
    if twin := _twin(pledge):
        yield f"{twin.public_id} has the same donor and amount within a week; is it the same pledge?"


def _old_prices(pledge: Pledge) -> Iterator[str]:
    for item in pledge.items.select_related("price__replaced_by").filter(price__replaced_by__isnull=False):
        newer = item.price.replaced_by if item.price is not None and item.unit_price is None else None
        if newer is not None:
            yield f"{item.name} is valued by a price that was replaced since: {newer}. Choose it where it holds here."


def _twin(pledge: Pledge) -> Pledge | None:
    if pledge.stated is None or pledge.announced_latest is None:
        return None
    week = timedelta(days=7)
    return (
        Pledge.objects.filter(
            dataset=pledge.dataset_id,
            stated=pledge.stated,
            currency=pledge.currency,
            announced_latest__range=(pledge.announced_latest - week, pledge.announced_latest + week),
            donors__party__in=[donor.party_id for donor in pledge.donors.all()],
        )
        .exclude(pk=pledge.pk)
        .exclude(state__in=["withdrawn", "merged"])
        .first()
    )
