"""Records and their corrections in words, for feeds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.html import escape

from api.amounts import amount_text
from api.changes import Happened
from api.corrections import Correction
from pledges.models import AidType, FinanceType, Pledge, Qualifier

AID = {
    AidType.MILITARY: "military aid",
    AidType.FINANCIAL: "financial aid",
    AidType.HUMANITARIAN: "humanitarian aid",
    AidType.MIXED: "aid of several types",
    AidType.UNSPECIFIED: "aid",
}
GIVEN_AS = {
    FinanceType.GRANT: " as a grant",
    FinanceType.LOAN: " as a loan",
    FinanceType.GUARANTEE: " as a guarantee",
    FinanceType.UNSPECIFIED: "",
}
HOW_EXACTLY = {
    Qualifier.EXACT: "",
    Qualifier.ABOUT: "about ",
    Qualifier.AT_LEAST: "at least ",
    Qualifier.UP_TO: "up to ",
    Qualifier.RANGE: "",
}
# Figures that a reader of a feed wants to be told, with what they are called there.
FIGURES = {
    "amount.stated": "The stated amount",
    "amount.stated_to": "The upper end of the stated amount",
    "amount.currency": "The currency of the stated amount",
    "eur.central": "The value in euros",
    "usd.central": "The value in US dollars",
    "delivered.eur": "What was delivered, in euros,",
    "source_value.value": "The value that the source gives",
}
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def fit_for_xml(text: str) -> str:
    """A text without the characters that XML cannot hold."""
    return CONTROLS.sub(" ", text)


def as_html(text: str) -> str:
    """Words as the HTML that says just them."""
    return escape(fit_for_xml(text))


def listed(names: Sequence[str]) -> str:
    """``Italy``, ``Italy and Spain``, ``Italy, Spain and France``."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def pledge_title(pledge: Pledge) -> str:
    """The donors, and what they pledge."""
    return fit_for_xml(f"{_donors(pledge)}: {pledge.title}")


def pledge_summary(pledge: Pledge) -> str:
    """Who pledges what aid to whom, how much, and when, in one sentence."""
    said = [
        f"{_donors(pledge)} to {_recipients(pledge)}: {AID[AidType(pledge.type)]}"
        f"{GIVEN_AS[FinanceType(pledge.finance_type)]}",
        _amount(pledge),
    ]
    if pledge.announced_latest is not None:
        said.append(f"announced by {date_format(pledge.announced_latest, 'j F Y')}")
    return ", ".join(said) + "."


def _donors(pledge: Pledge) -> str:
    names = [share.party.name for share in pledge.donors.all()]
    return listed(names) if names else pledge.donors_as_written or "An unnamed donor"


def _recipients(pledge: Pledge) -> str:
    names = [share.party.name for share in pledge.recipients.all()]
    return listed(names) if names else pledge.recipients_as_written or "an unnamed recipient"


def _amount(pledge: Pledge) -> str:
    if pledge.stated is None:
        return "no amount stated"
    if pledge.qualifier == Qualifier.RANGE and pledge.stated_to is not None:
        return f"from {_money(pledge.stated, pledge.currency)} to {_money(pledge.stated_to, pledge.currency)}"
    return HOW_EXACTLY[Qualifier(pledge.qualifier)] + _money(pledge.stated, pledge.currency)


def _money(amount: Decimal, currency: str) -> str:
    return f"{currency} {Decimal(amount_text(amount, currency)):,f}"


def correction_title(correction: Correction) -> str:
    """What happened to which record."""
    name = correction.title or correction.version.public_id
    word = "Corrected" if correction.happened is Happened.MODIFIED else str(correction.happened).capitalize()
    return fit_for_xml(f"{word}: {name}")


def correction_summary(correction: Correction) -> str:
    """What moved, from what to what, and why, as far as the public is told."""
    said = [f"Reason: {correction.reason}"] if correction.reason else []
    if correction.merged_into:
        said.append(f"It is now {correction.merged_into}.")
    moved = [one for one in correction.changes if one.field in FIGURES]
    for one in moved:
        was, became = (_figure(value) for value in (one.before, one.after))
        said.append(f"{FIGURES[one.field]} was {was} and is {became}.")
    if not moved and correction.happened is Happened.MODIFIED:
        said.append("Bounds or parts of its value were changed.")
    return " ".join(said)


def _figure(value: str | None) -> str:
    if value is None:
        return "not known"
    return f"{Decimal(value):,f}" if re.fullmatch(r"[0-9]+(\.[0-9]+)?", value) else value
