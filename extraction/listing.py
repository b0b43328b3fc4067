"""Stage 3, lists: "Poland: 14 Leopard 2 tanks", a line for each donor and no verb."""

from __future__ import annotations

from extraction.kinds import aid_type, finance_type
from extraction.mentions import Mentions
from extraction.parties import Party
from extraction.reading import Claim
from extraction.reality import NEGATIONS
from extraction.recipients import beneficiary

BULLETS = frozenset({"-", "–", "—", "•", "*", "·"})
MARKS = frozenset({":", "–", "—", "-"})
LATEST = 3  # words after the bullet in which the donor must stand


def find_listed(mentions: Mentions) -> list[Claim]:
    """The claim of a line that has a party, a mark, and a sum or counted goods, and no verb of its own."""
    giver = _giver(mentions)
    if giver is None or not (mentions.sums or any(one.goods.quantity for one in mentions.things)):
        return []
    words = mentions.words
    if any(one.place > giver.last for one in mentions.verbs) or NEGATIONS & {word.lower for word in words}:
        return []
    things = tuple(one.goods for one in mentions.things)
    receiver = beneficiary(mentions, giver.last, len(words), giver)
    end = words[-1] if words[-1].text.isalnum() or len(words) == 1 else words[-2]
    claim = Claim(
        mentions.sentence.number,
        words[giver.first].start,
        end.end,
        giver.codes,
        recipients=receiver.codes if receiver else (),
        money=mentions.sums[0].money if mentions.sums else None,
        goods=things,
        type=aid_type(mentions, giver.last, len(words), things, bool(mentions.sums)),
        finance=finance_type(mentions, giver.last, len(words)),
        in_kind=not mentions.sums,
        listed=True,
    )
    claim.doubts = 0.1
    claim.reasons.append(f"a line of a list under {'+'.join(giver.codes)}")
    return [claim]


def _giver(mentions: Mentions) -> Party | None:
    first = mentions.parties[0] if mentions.parties else None
    if first is None or not first.codes or not first.acts:
        return None
    lead = mentions.words[: first.first]
    after = mentions.text(first.last, first.last + 1)
    starts = all(word.text in BULLETS or word.text.isdigit() or word.text in {".", ")"} for word in lead)
    return first if starts and len(lead) < LATEST and after in MARKS else None
