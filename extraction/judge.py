"""Stage 5: how sure a finding is, and whether it is one at all."""

from __future__ import annotations

import re

from extraction.assemble import BENEFICIARIES, HALTED, REGIMES, SANCTIONED
from extraction.contract import Amount, PledgeFinding, SanctionFinding, Span
from extraction.money import Money
from extraction.reading import Claim, Measure

# Who wages war on whom gives it nothing: "Russia sent 40 drones" is no gift to Ukraine.
ENEMIES = {
    "UA": frozenset({"RU", "BY"}),
    "RU": frozenset({"UA"}),
    "IL": frozenset({"IR", "YE"}),
    "IR": frozenset({"IL"}),
}
EU_MEMBERS = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "HR",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GR",
        "HU",
        "IE",
        "IT",
        "LT",
        "LU",
        "LV",
        "MT",
        "NL",
        "PL",
        "PT",
        "RO",
        "SE",
        "SI",
        "SK",
    ]
)
HYGIENE = frozenset({"travel_ban", "import_restrictions", "visa_restrictions", "transportation_restrictions"})
HEALTH = re.compile(
    r"\b(?:pandemic|covid|coronavirus|quarantin|bird flu|avian flu|swine fever|foot-and-mouth|mpox|ebola)", re.I
)
US_STATE = re.compile(
    r"\b(?:Atlanta|Savannah|Alabama|Florida|Carolina|Tennessee|Gov\.|[Gg]overnor|Kemp|Ossoff|Warnock)\b"
)
SEATS = frozenset({"PS", "LB", "YE", "AF"})  # where militias sit whose names stand for their country
GROUPS = re.compile(r"\b(?:Hamas|Hezbollah|Hizballah|Houthis?|militias?|militants|mercenaries|terrorists?|Wagner)\b")
LEAST = 0.5  # findings below are not worth anybody's time


def pledge(text: str, claim: Claim) -> PledgeFinding | None:
    """The finding that a claim amounts to, or ``None``."""
    if claim.recipients and set(claim.recipients) <= set(claim.donors):
        return None
    if claim.donors == ("EU",) and claim.recipients and set(claim.recipients) <= EU_MEMBERS:
        return None  # the Union's money for its own members
    if set(claim.donors) & ENEMIES.get(claim.recipients[0] if claim.recipients else "", frozenset()):
        return None
    if "GE" in (*claim.recipients, *claim.donors) and US_STATE.search(text) and "Tbilisi" not in text:
        return None  # the state of Atlanta
    if set(claim.recipients) <= SEATS and GROUPS.search(text, claim.start, claim.end):
        return None  # who arms a militia aids no state
    if not claim.recipients and not claim.channel and not claim.region:
        return None  # nobody abroad gets it: spending at home, trade
    confidence = _pledge_confidence(claim)
    if confidence < LEAST:
        return None
    return PledgeFinding(
        quote=text[claim.start : claim.end],
        start=claim.start,
        end=claim.end,
        donors=claim.donors,
        donors_as_written=claim.donors_as_written,
        recipients=tuple(code for code in claim.recipients if code not in claim.donors),
        channel=claim.channel,
        type=claim.type,  # type: ignore[arg-type]
        in_kind=claim.in_kind,
        finance_type=claim.finance,  # type: ignore[arg-type]
        amount=_amount(claim.money) if claim.money else None,
        goods=claim.goods,
        stage=claim.stage,
        announced=claim.announced,
        flags=frozenset(claim.flags),
        confidence=confidence,
        reasons=tuple(claim.reasons),
    )


def _amount(money: Money) -> Amount:
    return Amount(
        value=money.value,
        currency=money.currency,
        qualifier=money.qualifier,
        value_max=money.value_max,
        per=money.per,
        raised_from=money.raised_from,
        span=Span(money.start, money.end),
    )


def _pledge_confidence(claim: Claim) -> float:
    points = 0.72
    points += 0.1 if claim.money else 0.0
    points += 0.06 if any(one.quantity for one in claim.goods) else 0.0
    points += 0.04 if claim.type != "unspecified" else -0.04
    halted = claim.stage in HALTED and claim.aid_noun and claim.type != "military"
    points -= 0.12 if claim.vague and not halted else 0.0  # what is halted need not be counted
    points -= 0.0 if claim.recipients else (0.3 if claim.channel is None else 0.15)
    points -= 0.0 if claim.donors else 0.35
    if claim.recipients and not set(claim.recipients) & BENEFICIARIES and not halted:
        points -= (
            0.35 if claim.goods and (claim.type == "military" or not claim.aid_noun) else 0.15
        )  # neither at war nor struck: trade or troops
    return round(min(0.97, max(0.0, points - claim.doubts)), 3)


def _sanction_points(text: str, one: Measure) -> float:
    points = 0.76
    points -= 0.2 if not one.imposers else 0.0
    points += 0.06 if one.measures != ("unspecified",) else 0.0
    points -= 0.0 if one.targets else 0.2
    points -= 0.05 if one.sentence > LATE and not one.headline else 0.0
    named = "sanction" in text or "Sanction" in text
    trade = set(one.measures) <= OF_TRADE
    if trade and not named:
        points -= 0.1
    if trade and not set(one.targets) & SANCTIONED:
        points -= 0.1  # a dispute among traders
    if set(one.measures) <= HYGIENE and HEALTH.search(text):
        points -= 0.4  # borders closed to a disease
    if trade and not set(one.targets) & REGIMES and FARMING.search(text, one.start, one.end):
        points -= 0.3  # a market that is shielded
    if set(one.imposers) & ENEMIES.get(one.targets[0] if one.targets else "", frozenset()) and trade:
        points -= 0.3  # a blockade is war
    return points


LATE = 8  # sentences after which an article tells the background
OF_TRADE = frozenset(
    {"export_control", "import_restrictions", "tariff", "trade_restrictions", "transportation_restrictions"}
)
FARMING = re.compile(
    r"\b(?:grain|wheat|maize|corn|poultry|beef|pork|sugar|eggs|agricultural|farm|seafood|fish|fruit)\b"
)


def sanction(text: str, one: Measure) -> SanctionFinding | None:
    """The finding that a measure amounts to, or ``None``."""
    confidence = round(min(0.97, max(0.0, _sanction_points(text, one) - one.doubts)), 3)
    if confidence < LEAST or set(one.targets) & set(one.imposers):
        return None
    return SanctionFinding(
        quote=text[one.start : one.end],
        start=one.start,
        end=one.end,
        imposers=one.imposers,
        imposers_as_written=one.imposers_as_written,
        targets=one.targets,
        target_kind=one.target_kind,  # type: ignore[arg-type]
        measures=one.measures,
        action=one.action,
        announced=one.announced,
        flags=frozenset(one.flags),
        confidence=confidence,
        reasons=tuple(one.reasons),
    )
