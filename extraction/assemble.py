"""Stage 4: what the whole article adds to single sentences: recipients, details, and the same thing told twice."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from itertools import combinations

from extraction.data_files import word_set
from extraction.mentions import Mentions
from extraction.money import DOLLAR, Money, currency_of
from extraction.reading import Claim, Measure

# Where crises were: only these stand for "who gets it" when the sentence itself does not say.
NEAR = 3  # sentences
OFTEN = 2  # times that a state must be named to be who gets it, where the sentence does not say


def assemble_claims(claims: list[Claim], mentioned: Counter[str]) -> list[Claim]:
    """Claims with recipients from the context, details put to their package, and repetitions merged."""
    kept: list[Claim] = []
    for claim in claims:
        if claim.details:
            part = _add_details(kept, claim)
            if part:
                kept.append(part)
            continue
        kept.append(claim)
    if sum(one.listed for one in kept) < LINES:
        kept = [one for one in kept if not one.listed]
    _give_recipients(kept, mentioned)
    merged = _merge(kept)
    _tie_parts(merged)
    return merged


LINES = 2  # of a list, before it counts as one


def _add_details(kept: list[Claim], details: Claim) -> Claim | None:
    """Completes the claim before; a smaller sum beside one that stands is a part of it, and is returned."""
    before = next((one for one in reversed(kept) if one.part_of is None), None)
    if before is None or details.sentence - before.sentence > 2:
        return None
    if details.goods and not any(one.quantity for one in before.goods):
        before.goods = details.goods
        before.vague = False
        if before.type == "unspecified" and details.type != "unspecified":
            before.type = details.type
        before.in_kind = before.money is None
        before.reasons.append("goods named in the next sentence")
    if details.money and not before.money:
        before.money, before.vague = details.money, False
    elif details.money and before.money and _smaller(details.money, before.money):
        return replace(
            details, donors=before.donors, recipients=before.recipients, channel=before.channel, stage=before.stage,
            flags=set(before.flags), part_of=before, details=False, goods=(), doubts=before.doubts + 0.05,
        )  # fmt: skip
    return None


def _smaller(part: Money, whole: Money) -> bool:
    return part.currency == whole.currency and part.value < whole.value


def _tie_parts(claims: list[Claim]) -> None:
    """Sums of one donor that add up to an earlier sum of his are its parts: "15 million … 10 million … 5 million"."""
    for whole in claims:
        if whole.money is None or whole.part_of:
            continue
        later = [
            one
            for one in claims
            if one.money and not one.part_of and one.donors == whole.donors and _smaller(one.money, whole.money)
            if 0 <= one.sentence - whole.sentence <= PARTS_WITHIN
            and one.start > whole.start
            and one.flags == whole.flags
        ]
        for parts in (later, *combinations(later[:MOST_PARTS], 2)):
            if len(parts) > 1 and sum(one.money.value for one in parts if one.money) == whole.money.value:
                for one in parts:
                    one.part_of = whole
                    one.reasons.append("adds up with others to the sum before")
                break


PARTS_WITHIN = 8  # sentences
MOST_PARTS = 12


def _give_recipients(claims: list[Claim], mentioned: Counter[str]) -> None:
    stated: Counter[str] = Counter(code for one in claims for code in one.recipients)
    for claim in claims:
        if claim.recipients:
            continue
        near = [
            one
            for one in claims
            if one.recipients
            and abs(one.sentence - claim.sentence) <= NEAR
            and not set(one.recipients) & set(claim.donors)
        ]
        if near and not claim.elsewhere:
            closest = min(near, key=lambda one: (abs(one.sentence - claim.sentence), one.start > claim.start))
            claim.recipients, claim.doubts = closest.recipients, claim.doubts + 0.05
            claim.reasons.append("recipient from a sentence nearby")
            continue
        choice = [
            code for code, _ in (stated + mentioned).most_common() if code not in claim.donors and code in BENEFICIARIES
        ]
        fits = (claim.aid_noun or claim.channel or claim.listed) and not claim.elsewhere
        counted = claim.money is not None or any(one.quantity for one in claim.goods)
        alone = len(set(choice)) == 1 and claim.handed and counted
        if choice and ((fits and (claim.listed or mentioned[choice[0]] >= OFTEN)) or (alone and not claim.elsewhere)):
            claim.recipients, claim.doubts = (choice[0],), claim.doubts + 0.12
            claim.reasons.append("recipient from the rest of the article")


# States that received emergency or war aid from others in 2014–2025, in the order of no importance.
BENEFICIARIES = word_set("assemble", "beneficiaries")


def _merge(claims: list[Claim]) -> list[Claim]:
    kept: list[Claim] = []
    for claim in claims:
        twin = next((one for one in kept if _same(one, claim)), None)
        if twin is None:
            kept.append(claim)
        else:
            _absorb(twin, claim)
            claim.told_in = twin
    return kept


def package_of(claim: Claim) -> Claim | None:
    """The package that a part belongs to, also where another telling absorbed it."""
    whole = claim.part_of
    while whole is not None and whole.told_in is not None:
        whole = whole.told_in
    return whole


HALTED = frozenset({"suspended", "cancelled"})


def _same(one: Claim, two: Claim) -> bool:
    if one.part_of is not None or two.part_of is not None:
        return False
    if not set(one.donors) & set(two.donors) and (one.donors or two.donors):
        return False
    if one.recipients and two.recipients and not set(one.recipients) & set(two.recipients):
        return False
    if len(one.donors) > len(two.donors) and two.money and not one.money and not two.vague:
        return False  # what one of several gives of his own
    if (one.stage in HALTED) != (two.stage in HALTED):
        return False
    if one.flags != two.flags:
        return bool(one.money and two.money and _same_sum(one, two))
    if one.sentence == two.sentence and one.donors != two.donors:
        return False
    if one.money and two.money:
        return _same_sum(one, two)
    if one.goods and two.goods:
        return _same_goods(one, two)
    if one.vague or two.vague:
        return True
    near = two.definite and 0 < abs(one.sentence - two.sentence) <= NEAR
    return (near or one.headline) and (one.type == two.type or "unspecified" in {one.type, two.type})


# Dollars that one unit is roughly worth: only to see that "€18bn" and "$19bn" are one sum told twice.
ROUGHLY = {
    currency: Decimal(worth)
    for currency, worth in {
        "USD": "1", DOLLAR: "1", "EUR": "1.1", "GBP": "1.27", "CAD": "0.76", "AUD": "0.7", "NZD": "0.63", "CHF": "1.08",
        "SEK": "0.1", "NOK": "0.1", "DKK": "0.148", "PLN": "0.24", "CZK": "0.045", "JPY": "0.0078",
    }.items()
}  # fmt: skip
CLOSE, CONVERTED = Decimal("0.03"), Decimal("0.2")  # how far two tellings of one sum lie apart


def _same_sum(one: Claim, two: Claim) -> bool:
    a, b = one.money, two.money
    if a is None or b is None:
        return False
    if a.currency == b.currency or {a.currency, b.currency} <= {DOLLAR, "USD", "AUD", "CAD", "NZD"}:
        return abs(a.value - b.value) <= CLOSE * max(a.value, b.value)
    if a.currency not in ROUGHLY or b.currency not in ROUGHLY:
        return False
    first, second = a.value * ROUGHLY[a.currency], b.value * ROUGHLY[b.currency]
    return abs(first - second) <= CONVERTED * max(first, second)


def _same_goods(one: Claim, two: Claim) -> bool:
    numbers = [{goods.quantity for goods in claim.goods if goods.quantity is not None} for claim in (one, two)]
    if numbers[0] and numbers[1]:
        return bool(numbers[0] & numbers[1])
    names = [{word for goods in claim.goods for word in goods.name.lower().split()} for claim in (one, two)]
    return bool(names[0] & names[1])


def _absorb(kept: Claim, claim: Claim) -> None:
    """The later telling fills what the first left open; the more definite stage stands."""
    kept.money = kept.money or claim.money
    if claim.money and kept.money and claim.money.qualifier != "exact" and kept.money.qualifier == "exact":
        kept.money = replace(kept.money, qualifier=claim.money.qualifier)
    if len(claim.goods) > len(kept.goods) or (
        kept.goods and not any(one.quantity for one in kept.goods) and any(one.quantity for one in claim.goods)
    ):
        kept.goods = claim.goods
    if kept.type == "unspecified":
        kept.type = claim.type
    if kept.vague and not claim.vague:
        kept.start, kept.end, kept.sentence = claim.start, claim.end, claim.sentence
        kept.vague, kept.in_kind = False, claim.in_kind
        kept.stage = claim.stage
    later = claim.sentence != kept.sentence
    if later and kept.stage == "pledge" and claim.stage in {"delivery", "commitment", "allocation"} and not claim.vague:
        kept.stage = claim.stage
    if len(claim.recipients) and not kept.recipients:
        kept.recipients = claim.recipients
    kept.announced = kept.announced or claim.announced
    kept.doubts = min(kept.doubts, claim.doubts) - 0.03
    kept.reasons.append("told again later")


def with_currency(claim: Claim) -> Claim:
    """Decides ``$`` and crowns by the donors."""
    if claim.money:
        claim.money = replace(claim.money, currency=currency_of(claim.money, claim.donors))
    return claim


def assemble_measures(measures: list[Measure], mentioned: Counter[str]) -> list[Measure]:
    """Measures with a target from the context, and repetitions merged."""
    stated: Counter[str] = Counter(code for one in measures for code in one.targets)
    for one in measures:
        if not one.targets:
            choice = [code for code, _ in stated.most_common() if code not in one.imposers] or [
                code for code, _ in mentioned.most_common() if code not in one.imposers and code in SANCTIONED
            ]
            one.targets = tuple(choice[:1])
            one.doubts += 0.1 if choice else 0.3
            one.reasons.append("target from the rest of the article" if choice else "no target named")
    for one in measures:
        _aim_at_regime(one, stated)
    return _merge_measures(measures)


def _aim_at_regime(one: Measure, stated: Counter[str]) -> None:
    """ "suppliers across Iran, Malaysia and China": where names sit is not whom the sanctions are aimed at."""
    if one.target_kind == "country" or len(one.targets) < MANY:
        return
    regimes = [code for code in one.targets if code in REGIMES]
    if len(regimes) == 1:
        one.targets = (regimes[0],)


MANY = 3  # states named as places
REGIMES = frozenset({"RU", "BY", "IR", "KP", "SY", "VE", "MM", "CU"})  # what whole programmes are aimed at
SANCTIONED = frozenset(
    [
        "RU",
        "BY",
        "IR",
        "KP",
        "SY",
        "VE",
        "MM",
        "CN",
        "CU",
        "NI",
        "AF",
        "SD",
        "SS",
        "LY",
        "YE",
        "ZW",
        "CD",
        "CF",
        "ML",
        "HT",
        "BA",
        "RS",
        "TR",
        "IL",
        "PS",
        "UA",
        "LB",
        "IQ",
        "GE",
        "US",
        "GB",
        "NZ",
        "QA",
    ]
)


def _merge_measures(measures: list[Measure]) -> list[Measure]:
    kept: list[Measure] = []
    for one in measures:
        fresh = []
        for kind in one.measures:
            twin = next((other for other in kept if _same_measure(other, one, kind)), None)
            if twin is None:
                fresh.append(kind)
            else:
                twin.doubts -= 0.03
                twin.announced = twin.announced or one.announced
                if twin.measures == ("unspecified",) and kind == "designation" and twin.imposers == one.imposers:
                    twin.measures = (kind,)
        if fresh:
            one.measures = tuple(fresh)
            kept.append(one)
    return kept


def _same_measure(kept: Measure, one: Measure, kind: str) -> bool:
    if not (set(kept.imposers) & set(one.imposers) or not (kept.imposers or one.imposers)):
        return False
    if not set(kept.targets) & set(one.targets):
        return False
    if kept.undoing != one.undoing:
        return False
    if (kept.action == "extended") != (one.action == "extended"):
        return False  # old sanctions go on, new ones come
    if -1 not in {kept.item, one.item} and kept.item != one.item:
        return False  # two points of a list
    if kind in kept.measures:
        return True
    more = one.fresh and kind == "designation" and kept.measures == ("unspecified",)  # a package, and "116 more names"
    if one.own or more or (one.fresh and not set(kept.measures) <= GENERAL) or kept.flags != one.flags:
        return False
    return kind == "unspecified" or (kind == "designation" and bool(set(kept.measures) & OF_NAMES))


GENERAL = frozenset({"unspecified", "designation"})
OF_NAMES = GENERAL | {"asset_freeze", "travel_ban", "visa_restrictions", "financial_restrictions", "sectoral_sanctions"}


def count_parties(all_mentions: list[Mentions]) -> Counter[str]:
    """How often each party is named in an article."""
    return Counter(code for one in all_mentions for party in one.parties for code in party.codes)
