"""Judges whether a claim of sanctions is a measure that is recorded, a further step of it, or another one.

News speaks of actions, a measure stands for years: "extended", "eased" and "lifted" are steps of one that stands,
however old; "imposed" after "proposed" is a step of the same; another round, or another ban, is another measure.
"""

from __future__ import annotations

from datetime import date

from review.matching.claims import Case, Claim, Distance, Likeness, distance, listed
from review.matching.texts import ordinals, says_further

STARTS = ("proposed", "announced", "imposed")
LATER = ("extended", "eased", "lifted")
VAGUE = frozenset({"unspecified", "designation", "sectoral_sanctions"})
TRADE = frozenset({"export_control", "import_restrictions", "tariff"})
SAME_DAYS = 10
VAGUE_DAYS = 3
STEP_DAYS = 200  # from a proposal to its adoption
ONE_DEED_DAYS = 3  # headlines use "announced" and "imposed" for the same deed
RELATED_DAYS = 90


def compare_measure(claim: Claim, record: Claim) -> Likeness | None:
    """How a claim of sanctions and a measure belong together; ``None`` where they do not."""
    found = Likeness()
    if not _parties(found, claim.givers, record.givers, "imposer", 3):
        return None
    if not _parties(found, claim.takers, record.takers, "target", 2):
        return None
    apart = _nearest(claim, record)
    one_text = bool(claim.articles & record.articles or claim.stories & record.stories)
    _days(found, apart, claim, record, one_text=one_text)
    _kinds(found, claim.kinds, record.kinds)
    _rounds(found, apart, claim, record)
    case = _case(found, apart, claim, record, one_text=one_text)
    if case is None:
        return None
    found.case = case
    return found


def _case(found: Likeness, apart: Distance | None, claim: Claim, record: Claim, *, one_text: bool) -> Case | None:
    if not found.differs:
        if _is_step(apart, claim, record):
            return Case.STAGE_MOVE
        if _is_same(apart, claim, record, one_text=one_text):
            return Case.SAME
    if apart is None:
        return Case.PART_OR_NEW if not found.differs else None
    return Case.PART_OR_NEW if apart.apart <= RELATED_DAYS or one_text else None


def _is_step(apart: Distance | None, claim: Claim, record: Claim) -> bool:
    if claim.stage in LATER:
        again = claim.stage == record.stage and apart is not None and apart.apart <= SAME_DAYS
        return not again and record.stage != "lifted" and (apart is None or apart.days >= 0)
    if claim.stage not in STARTS or record.stage not in STARTS or apart is None:
        return False
    if STARTS.index(claim.stage) <= STARTS.index(record.stage) or not 0 <= apart.days <= STEP_DAYS:
        return False
    return record.stage == "proposed" or apart.days > ONE_DEED_DAYS


def _is_same(apart: Distance | None, claim: Claim, record: Claim, *, one_text: bool) -> bool:
    if claim.stage in LATER and claim.stage != record.stage:
        return False
    if apart is None or one_text:
        return True
    definite = bool(_definite(claim.kinds) & _definite(record.kinds)) or bool(
        ordinals(claim.texts) & ordinals(record.texts)
    )
    return apart.apart <= (SAME_DAYS if definite else VAGUE_DAYS)


def _nearest(claim: Claim, record: Claim) -> Distance | None:
    """The distance to the step of the record that is nearest."""
    days: list[tuple[date | None, date | None]] = [(day, day) for day in record.steps] or [record.days]
    all_found = [found for found in (distance(claim.days, one) for one in days) if found is not None]
    return min(all_found, key=lambda one: one.apart, default=None)


def _parties(found: Likeness, mine: frozenset[str], theirs: frozenset[str], word: str, points: int) -> bool:
    both = mine & theirs
    if not both:
        return not mine or not theirs
    if mine == theirs:
        found.add(points, f"same {word}: {listed(both)}")
    else:
        found.add(points - 1, f"shares the {word}: {listed(both)}")
    return True


def _days(found: Likeness, apart: Distance | None, claim: Claim, record: Claim, *, one_text: bool) -> None:
    if claim.articles & record.articles:
        found.add(1, "the same article")
    elif one_text:
        found.add(1, "the same story")
    if apart is not None and apart.apart <= RELATED_DAYS:
        found.add(2 if apart.apart <= 3 else 1 if apart.apart <= SAME_DAYS else 0, apart.words)
    if claim.stage and claim.stage == record.stage:
        found.add(1, f"both {claim.stage}")
    elif claim.stage and record.stage:
        found.add(0, f"{claim.stage}, after {record.stage}")


def _definite(kinds: frozenset[str]) -> frozenset[str]:
    return kinds - VAGUE


def _trade(kinds: frozenset[str]) -> frozenset[str]:
    """Curbs on trade whose direction one side does not say."""
    return kinds & (TRADE | {"trade_restrictions"})


def _kinds(found: Likeness, mine: frozenset[str], theirs: frozenset[str]) -> None:
    both = _definite(mine) & _definite(theirs)
    if both:
        found.add(1 + len(both), f"same type: {_written(both)}")
    elif "trade_restrictions" in mine | theirs and _trade(mine) and _trade(theirs):
        found.add(1, f"both on trade: {_written(_trade(theirs))}")
    elif _definite(mine) and _definite(theirs):
        found.take(3, f"another type: {_written(theirs)}")


def _rounds(found: Likeness, apart: Distance | None, claim: Claim, record: Claim) -> None:
    late = apart is None or apart.apart > VAGUE_DAYS
    mine, theirs = ordinals(claim.texts), ordinals(record.texts)
    if mine & theirs:
        found.add(2, f"the same round: {listed(map(str, mine & theirs))}")
    elif mine and theirs:
        found.take(3, f"round {listed(map(str, mine))}, not {listed(map(str, theirs))}")
    elif late and claim.stage in STARTS and says_further(claim.texts) and not says_further(record.texts):
        found.take(1, "told as a further one")


def _written(kinds: frozenset[str]) -> str:
    return listed(code.replace("_", " ") for code in kinds)
