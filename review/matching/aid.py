"""Judges whether a claim of aid is a pledge that is recorded.

First each side is compared by itself; what one does not say neither agrees nor contradicts. Then the case is told:
*the same* and *a further step* need something definite in common and nothing against it; what is left of the same
donor and recipient at about that time may be a part of it or a new one. Points only put the list in order.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from review.matching.claims import Case, Claim, Distance, Likeness, Sum, distance, listed
from review.matching.sums import Relation, relate, worth
from review.matching.texts import ordinals, says_earlier, says_further
from review.matching.things import Goods, key_words, relate_goods

STAGES = ("pledge", "commitment", "allocation", "delivery")
ENDINGS = ("suspended", "cancelled")
SAME_DAYS = 14  # so long papers go on telling of a pledge as news
VAGUE_DAYS = 2  # and so long, where neither sum nor goods tell it from another
STEP_DAYS = 400  # from a promise to the last delivery
RELATED_DAYS = 90  # a further pledge within these is worth a look, and so long "promised earlier" may look back
MISREAD_DAYS = 3
ROUGH_DAYS = 1  # first reports round and differ
LATE_WORDS = 3  # "another" within so many days is another than those before it, not than this one


@dataclass(slots=True)
class Compared:
    """What comparing each side by itself has found."""

    found: Likeness = field(default_factory=Likeness)
    sums: Relation | None = None
    goods: Goods | None = None
    apart: Distance | None = None
    all_givers: bool = False
    raised: bool = False
    one_text: bool = False
    looks_back: bool = False
    against: int = 0  # what tells the two apart; of "differs" the rest is only worth knowing

    def contradict(self, points: int, reason: str) -> None:
        """Something tells the two apart."""
        self.found.take(points, reason)
        self.against += 1

    @property
    def same_sum(self) -> bool:
        """Whether the sums are the same, as far as can be told."""
        return self.sums in (Relation.EQUAL, Relation.NEAR)

    @property
    def definite(self) -> bool:
        """Whether sum or goods are the same."""
        return self.same_sum or self.goods in (Goods.COUNTED, Goods.NAMED)


def compare_pledge(claim: Claim, record: Claim) -> Likeness | None:
    """How a claim of aid and a pledge belong together; ``None`` where they have nothing to do with each other."""
    seen = Compared()
    if not _donors(seen, claim, record) or not _recipients(seen, claim, record):
        return None
    _days(seen, claim, record)
    _sums(seen, claim, record)
    _kinds(seen, claim, record)
    _goods(seen, claim, record)
    _texts(seen, claim, record)
    case = _case(seen, claim, record)
    if case is None:
        return None
    seen.found.case = case
    return seen.found


def _case(seen: Compared, claim: Claim, record: Claim) -> Case | None:
    moves = _moves(claim, record) and (seen.apart is None or seen.apart.days >= 0)
    if seen.raised:
        return Case.PART_OR_NEW
    if moves and _is_step(seen, claim, record):
        return Case.STAGE_MOVE
    if not seen.against and _is_same(seen, claim, record):
        return Case.SAME
    if seen.apart is None:
        return Case.PART_OR_NEW if seen.definite or seen.one_text else None
    return Case.PART_OR_NEW if seen.apart.apart <= RELATED_DAYS or seen.one_text else None


def _moves(claim: Claim, record: Claim) -> bool:
    """Whether the claim is of a further stage than the record has reached."""
    if claim.stage in ENDINGS:
        return claim.stage != record.stage
    if claim.stage not in STAGES or record.stage not in STAGES:
        return False
    return STAGES.index(claim.stage) > STAGES.index(record.stage)


def _is_step(seen: Compared, claim: Claim, record: Claim) -> bool:
    if seen.apart is not None and seen.apart.apart > STEP_DAYS:
        return False
    if _piece_arrives(seen, claim):
        return True
    if seen.against:
        return False
    if seen.definite:
        return True
    recent = seen.apart is not None and seen.apart.apart <= RELATED_DAYS
    return recent and claim.vague and (seen.looks_back or claim.stage in ENDINGS)


def _piece_arrives(seen: Compared, claim: Claim) -> bool:
    """Whether a part of what was promised is paid, handed over or released: no fault of the sum or the number."""
    smaller = seen.sums == Relation.LESS or seen.goods == Goods.FEWER
    told = claim.stage == "delivery" or (seen.looks_back and claim.stage in STAGES)
    return told and smaller and seen.against == 1 and seen.all_givers


def _is_same(seen: Compared, claim: Claim, record: Claim) -> bool:
    apart = seen.apart.apart if seen.apart is not None else None
    if seen.definite:
        return apart is None or apart <= (RELATED_DAYS if seen.looks_back else SAME_DAYS) or seen.one_text
    if seen.one_text:
        return claim.vague or record.vague
    kinds = claim.kinds & record.kinds - {"unspecified", "mixed"}
    close = apart is not None and apart <= VAGUE_DAYS
    return close and seen.all_givers and (claim.vague or record.vague) and (bool(kinds) or claim.vague == record.vague)


def _donors(seen: Compared, claim: Claim, record: Claim) -> bool:
    both = claim.givers & record.givers
    if not both:
        return not claim.givers or not record.givers
    seen.all_givers = claim.givers == record.givers
    if seen.all_givers:
        seen.found.add(3, f"same donor: {listed(both)}")
    else:
        seen.found.add(1, f"shares the donor: {listed(both)}")
    return True


def _recipients(seen: Compared, claim: Claim, record: Claim) -> bool:
    both = claim.takers & record.takers
    if both:
        seen.found.add(1, f"same recipient: {listed(both)}")
    return bool(both) or not claim.takers or not record.takers


def _days(seen: Compared, claim: Claim, record: Claim) -> None:
    seen.apart = _nearest_day(claim, record)
    seen.one_text = bool(claim.articles & record.articles or claim.stories & record.stories)
    if claim.articles & record.articles:
        seen.found.add(1, "the same article")
    elif seen.one_text:
        seen.found.add(1, "the same story")
    if seen.apart is not None and seen.apart.apart <= RELATED_DAYS:
        points = 2 if seen.apart.apart <= 3 else 1 if seen.apart.apart <= SAME_DAYS else 0
        seen.found.add(points, seen.apart.words)


def _nearest_day(claim: Claim, record: Claim) -> Distance | None:
    """From the announcement; for a claim of a later stage, from the nearest day on which the record moved."""
    moved = [(day, day) for day in record.steps] if claim.stage != STAGES[0] else []
    found = [distance(claim.days, days) for days in (record.days, *moved)]
    return min((one for one in found if one is not None), key=lambda one: one.apart, default=None)


def _kinds(seen: Compared, claim: Claim, record: Claim) -> None:
    mine, theirs = claim.kinds - {"unspecified"}, record.kinds - {"unspecified"}
    if mine & theirs:
        seen.found.add(1, f"same type: {listed(mine & theirs)}")
    elif mine and theirs and "mixed" not in mine | theirs:
        told = f"another type: {listed(theirs)}"
        if seen.sums == Relation.EQUAL and seen.apart is not None and seen.apart.apart <= MISREAD_DAYS:
            seen.found.take(1, told)  # rather misread than another pledge of just that sum
        else:
            seen.contradict(2, told)
    known = "unspecified" not in (claim.finance, record.finance)
    if known and claim.finance != record.finance:
        seen.contradict(1, f"another form: {record.finance}")


def _sums(seen: Compared, claim: Claim, record: Claim) -> None:
    mine, theirs = claim.sum, record.sum
    if mine is None or theirs is None:
        return
    if claim.raised_from is not None and relate(claim.raised_from, theirs) in (Relation.EQUAL, Relation.NEAR):
        seen.raised = True
        seen.found.add(2, f"raises {theirs.words} to {mine.words}")
        return
    rough = seen.apart is not None and seen.apart.apart <= ROUGH_DAYS
    theirs, seen.sums = _nearest(mine, theirs, record.other_sum, rough=rough)
    if seen.sums == Relation.EQUAL:
        seen.found.add(4, f"{mine.words} = stated {theirs.words}")
    elif seen.sums == Relation.NEAR:
        told = f" ({worth(theirs)})" if worth(theirs) and mine.currency != theirs.currency else ""
        seen.found.add(3, f"{mine.words} is worth about as much as {theirs.words}{told}")
    elif seen.sums is not None:
        seen.contradict(4, f"{'less' if seen.sums == Relation.LESS else 'more'} than {theirs.words}")


def _nearest(mine: Sum, theirs: Sum, other: Sum | None, *, rough: bool) -> tuple[Sum, Relation | None]:
    """The one of two recorded sums that agrees, and how; the first where neither does."""
    relation = relate(mine, theirs, rough=rough)
    if other is not None and relation not in (Relation.EQUAL, Relation.NEAR):
        second = relate(mine, other, rough=rough)
        if second in (Relation.EQUAL, Relation.NEAR):
            return other, second
    return theirs, relation


def _goods(seen: Compared, claim: Claim, record: Claim) -> None:
    related = relate_goods(claim.goods, record.goods) or _goods_in_words(claim, record)
    if related is None:
        return
    seen.goods, words = related
    if seen.goods == Goods.COUNTED:
        seen.found.add(4, f"the same goods: {words}")
    elif seen.goods == Goods.NAMED:
        seen.found.add(2, f"goods in common: {words}")
    else:
        told = f"other goods: {words}" if seen.goods == Goods.OTHER else f"another number of goods: {words}"
        if seen.same_sum:
            seen.found.take(1, told)  # each names some of what the sum is for
        else:
            seen.contradict(2, told)


def _goods_in_words(claim: Claim, record: Claim) -> tuple[Goods, str] | None:
    """Where one side lists no goods, its words may name those of the other: "pays for boats", and ten boats."""
    if bool(claim.goods) == bool(record.goods):
        return None
    goods, texts = (claim.goods, record.texts) if claim.goods else (record.goods, claim.texts)
    named = {word for one in goods for word in key_words(one.name)}
    shared = named & {word for text in texts for word in key_words(text)}
    return (Goods.NAMED, listed(shared)) if shared else None


def _texts(seen: Compared, claim: Claim, record: Claim) -> None:
    mine, theirs = ordinals(claim.texts), ordinals(record.texts)
    if mine and theirs and not mine & theirs:
        seen.contradict(3, f"number {listed(map(str, mine))}, not {listed(map(str, theirs))}")
    elif mine & theirs:
        seen.found.add(1, f"the same number: {listed(map(str, mine & theirs))}")
    seen.looks_back = says_earlier(claim.texts)
    late = seen.apart is not None and seen.apart.apart > LATE_WORDS
    further = says_further(claim.texts) and not says_further(record.texts)
    if late and further and not seen.one_text and not seen.looks_back:
        seen.contradict(2, "told as a further one")
