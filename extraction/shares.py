"""Stage 3, shares: several sums or things of one clause as several gifts, or as parts of one."""

from __future__ import annotations

from dataclasses import replace

from extraction.clauses import Clause
from extraction.data_files import word_set
from extraction.goods import value_of
from extraction.mentions import Mentions, Sum, Thing
from extraction.reading import Claim

# Between two sums these say that the second is a part of the first …
PART_LINKS = ("including", "of which", "includes", "comprising", "with", "made up", "consisting", ":", "among them")
# … and these that it is a price, a use, a total or an older figure.
TOTAL_LINKS = (
    "hitting",
    "reaching",
    "making",
    "bringing",
    "brings",
    "compared",
    "than",
    "since",
    "after",
    "worth",
    "top",
)


NO_CLAIM_LINKS = word_set("giving", "no_claim_links")
Share = tuple[list[Sum], list[Thing], list[Sum]]


def shares_of(mentions: Mentions, clause: Clause, sums: list[Sum], things: list[Thing]) -> list[Share]:
    """Several sums are several claims, or parts of the one before, or no claims; things go to the sum before them."""
    if len(sums) <= 1:
        return [(sums, things, [])]
    groups: list[tuple[Sum, list[Sum]]] = [(sums[0], [])]
    for one in sums[1:]:
        whole, parts = groups[-1]
        between = f" {mentions.text(whole.last, one.first)} "
        near = f" {mentions.text((parts or [whole])[-1].last, one.first)} "
        if any(f" {link} " in near for link in TOTAL_LINKS):
            continue
        if any(f" {link} " in between for link in PART_LINKS):
            if _fits(whole, [*parts, one]):
                parts.append(one)
        elif any(f" {link} " in near for link in NO_CLAIM_LINKS):
            continue
        elif " and " in between or " , " in between or " as well as " in between:
            groups.append((one, []))
    shares: list[Share] = []
    for number, (whole, parts) in enumerate(groups):
        until = groups[number + 1][0].first if number + 1 < len(groups) else clause.right
        start = 0 if number == 0 else whole.first
        shares.append(([whole], [thing for thing in things if start <= thing.first < until], parts))
    return shares


def _fits(whole: Sum, parts: list[Sum]) -> bool:
    """Whether parts can be parts: in the same currency, and not more than the whole."""
    if any(one.money.currency != whole.money.currency for one in parts):
        return False
    return sum(one.money.value for one in parts) <= whole.money.value


def as_part(part: Claim, whole: Claim) -> Claim:
    """The claim as a part of a package: it goes where the package goes unless it says otherwise."""
    part.part_of = whole
    part.recipients = part.recipients or whole.recipients
    part.channel = part.channel or whole.channel
    part.stage = whole.stage
    part.flags = set(whole.flags)
    part.reasons.append("a part of the sum before it")
    return part


def own_things(mentions: Mentions, codes: tuple[str, ...], things: list[Thing]) -> list[Thing]:
    """What each donor gives: one kind for each, or "two and four batteries" of one kind."""
    if len(codes) < 2 or len(things) == len(codes):
        return things if len(codes) > 1 else []
    if len(codes) != 2 or len(things) != 1:
        return []
    one = things[0]
    first = mentions.words[max(0, one.first - 2)]
    other = value_of(first)
    if other is None or mentions.text(one.first - 1, one.first) != "and":
        return []
    return [replace(one, goods=replace(one.goods, quantity=other)), one]
