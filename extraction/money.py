"""Stage 2, money: every sum that a sentence states, with its currency, qualifier, range and period."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from extraction.contract import Period, Qualifier

# Who speaks decides these; see ``currency_of``.
DOLLAR, CROWN = "$", "kr"
SIGNS = {
    "US$": "USD", "U.S.$": "USD", "USD$": "USD", "A$": "AUD", "AU$": "AUD", "AUD$": "AUD", "C$": "CAD", "CA$": "CAD",
    "CAD$": "CAD", "CDN$": "CAD", "Can$": "CAD", "NZ$": "NZD", "HK$": "HKD", "S$": "SGD", "NT$": "TWD", "T$": "TWD",
    "R$": "BRL",
    "$": DOLLAR, "€": "EUR", "£": "GBP", "¥": "JPY", "₩": "KRW", "₹": "INR", "₺": "TRY", "₴": "UAH", "₽": "RUB",
    "Rs": "INR", "kr": CROWN,
}  # fmt: skip
CODES = [
    "EUR",
    "USD",
    "GBP",
    "JPY",
    "CHF",
    "SEK",
    "NOK",
    "DKK",
    "ISK",
    "CZK",
    "PLN",
    "HUF",
    "RON",
    "BGN",
    "HRK",
    "CAD",
    "AUD",
    "NZD",
    "KRW",
    "CNY",
    "RMB",
    "INR",
    "TRY",
    "UAH",
    "RUB",
    "ILS",
    "SGD",
    "HKD",
    "TWD",
    "THB",
    "MYR",
    "IDR",
    "PHP",
    "ZAR",
    "BRL",
    "MXN",
    "AED",
    "SAR",
    "QAR",
    "KWD",
]
WORDS = {
    "euro": "EUR", "pound": "GBP", "pounds sterling": "GBP", "sterling": "GBP", "yen": "JPY", "zloty": "PLN",
    "franc": "CHF", "swiss franc": "CHF", "rupee": "INR", "indian rupee": "INR", "pakistani rupee": "PKR",
    "lira": "TRY", "turkish lira": "TRY", "rouble": "RUB", "ruble": "RUB", "yuan": "CNY", "renminbi": "CNY",
    "riyal": "SAR", "dirham": "AED", "hryvnia": "UAH", "forint": "HUF", "lei": "RON", "leva": "BGN", "shekel": "ILS",
    "rand": "ZAR", "kuna": "HRK", "baht": "THB", "ringgit": "MYR", "won": "KRW", "korean won": "KRW",
    "south korean won": "KRW", "japanese yen": "JPY", "british pound": "GBP", "polish zloty": "PLN",
    "dollar": DOLLAR, "us dollar": "USD", "u.s. dollar": "USD", "american dollar": "USD", "australian dollar": "AUD",
    "canadian dollar": "CAD", "new zealand dollar": "NZD", "singapore dollar": "SGD", "hong kong dollar": "HKD",
    "taiwan dollar": "TWD", "new taiwan dollar": "TWD", "taiwanese dollar": "TWD",
    "koruna": "CZK", "czech koruna": "CZK", "korunas": "CZK", "crown": CROWN, "krona": "SEK", "kronor": "SEK",
    "krone": CROWN, "kroner": CROWN, "kronur": "ISK", "kr": CROWN, "lari": "GEL", "tenge": "KZT", "dram": "AMD",
    "manat": "AZN", "naira": "NGN", "birr": "ETB", "taka": "BDT", "denar": "MKD",
}  # fmt: skip
for _people, _code in {
    "swedish": "SEK",
    "norwegian": "NOK",
    "danish": "DKK",
    "icelandic": "ISK",
    "czech": "CZK",
}.items():
    WORDS |= {
        f"{_people} {name}": _code for name in ("crown", "krona", "kronor", "krone", "kroner", "kronur", "koruna")
    }
CROWNS = {"SE": "SEK", "NO": "NOK", "DK": "DKK", "IS": "ISK", "CZ": "CZK"}
DOLLARS = {"AU": "AUD", "CA": "CAD", "NZ": "NZD"}
SCALES = {
    "hundred": 2, "thousand": 3, "k": 3, "lakh": 5, "million": 6, "mln": 6, "mn": 6, "m": 6, "mio": 6, "crore": 7,
    "billion": 9, "bln": 9, "bn": 9, "b": 9, "milliard": 9, "trillion": 12, "tn": 12, "trn": 12,
}  # fmt: skip
UNITS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
]
TENS = {
    word: Decimal(10 * number)
    for number, word in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2)
}
SMALL = (
    {word: Decimal(number) for number, word in enumerate(UNITS)}
    | TENS
    | {f"{ten}-{UNITS[unit]}": value + unit for ten, value in TENS.items() for unit in range(1, 10)}
)
FRACTIONS = {
    "a": Decimal(1), "an": Decimal(1), "half a": Decimal("0.5"), "half": Decimal("0.5"),
    "a quarter of a": Decimal("0.25"), "quarter of a": Decimal("0.25"), "one and a half": Decimal("1.5"),
    "two and a half": Decimal("2.5"), "three quarters of a": Decimal("0.75"), "a third of a": Decimal(1) / 3,
    "quarter": Decimal("0.25"), "a hundred": Decimal(100),
}  # fmt: skip
FRACTIONS |= {f"{word} and a half": SMALL[word] + Decimal("0.5") for word in UNITS[1:11]}
FRACTIONS |= {f"{word} hundred": SMALL[word] * 100 for word in UNITS[1:10]}


def _either(names: list[str]) -> str:
    return "|".join(re.escape(name).replace(r"\ ", r"[\s-]") for name in sorted(names, key=len, reverse=True))


_NUMBER = r"\d+(?:[.,]\d+)*"
_SCALE = rf"(?:{_either(list(SCALES))})(?![\w$])"
_LONG_SCALE = r"(?:hundred|thousand|million|billion|trillion|milliard)(?!\w)"
_SIGN = rf"(?:{_either(list(SIGNS))}|\b(?:{'|'.join(CODES)})(?![A-Za-z]))"
_WORD = rf"(?:{'|'.join(CODES)}|(?i:{_either(list(WORDS))})s?)(?!\w)"
_SPOKEN = rf"(?i:{_either([*FRACTIONS, *SMALL])})"
_FIGURES = (
    rf"(?<![\w.,])(?P<sign>{_SIGN})\s?(?P<low>{_NUMBER})(?:[\s-]?(?P<low_scale>(?i:{_SCALE})))?"
    rf"(?:\s?(?:-|–|—|to)\s?(?P<high>{_NUMBER})[\s-]?(?P<high_scale>(?i:{_SCALE})))?"
    rf"(?:\s(?P<sign_word>{_WORD}))?"
    rf"|(?<![\w.,$€£])(?P<low5>{_NUMBER})\s(?P<code5>{'|'.join(CODES)})\s(?P<scale5>(?i:{_LONG_SCALE}))"
    rf"|(?<=between\s)(?P<low6>{_NUMBER})\sand\s(?P<high6>{_NUMBER})[\s-](?P<scale6>{_LONG_SCALE})[\s-](?P<word6>{_WORD})"
    rf"|(?<![\w.,$€£])(?P<low2>{_NUMBER})(?:\s?(?:-|–|to)\s?(?P<high2>{_NUMBER}))?[\s-]?"
    rf"(?P<scale2>(?i:{_SCALE}))?[\s-]?(?:of\s)?(?P<word2>{_WORD}|€|£)"
)
_SPELT = (
    rf"|(?<![\w-])(?P<spoken>{_SPOKEN})[\s-](?P<scale3>(?i:{_LONG_SCALE}))[\s-](?P<word3>{_WORD})"
    rf"|(?<!\w)(?P<sign4>{_SIGN})\s?(?P<spoken4>{_SPOKEN})[\s-](?P<scale4>(?i:{_LONG_SCALE}))"
)
GLUED = re.compile(rf"\b(?:{'|'.join(CODES)}|Rs|kr)\d")  # "EUR50m": no word of its own
FIGURES = re.compile(_FIGURES)
MONEY = re.compile(_FIGURES + _SPELT)  # much slower, since any word may begin a number
SPELT = re.compile(r"[a-z][\s-](?:hundred|thousand|million|billion|trillion|milliard)\b", re.IGNORECASE)
NUMERIC = re.compile(r"\d|illion|thousand|hundred", re.IGNORECASE)
# The folded words one of which a sum must have: a reader that has the words need not look into sentences without any.
CURRENCY_WORDS = frozenset(
    [*"$€£¥₩₹₺₴₽", "rs", "rmb", *(code.lower() for code in CODES)]
    + [form for name in WORDS for form in (name.split()[-1], f"{name.split()[-1]}s")]
    + [f"{scale}-{name.split()[-1]}" for scale in SCALES for name in WORDS]
)
_BEFORE: tuple[tuple[Qualifier, re.Pattern[str]], ...] = (
    ("at_least", re.compile(r"(?:more than|over|at least|upwards? of|in excess of|exceed(?:s|ing)?|no less than|north of|a minimum of|well over|greater than)\s(?:an?\s|another\s|an additional\s)?$", re.I)),  # noqa: E501
    ("up_to", re.compile(r"(?:up to|as much as|(?:a )?maximum of|no more than|capped at|as high as|less than|under)\s(?:an?\s|another\s|an additional\s|an extra\s)?$", re.I)),  # noqa: E501
    ("about", re.compile(r"(?:about|around|some|nearly|almost|approximately|roughly|close to|just over|just under|an estimated|estimated|approx\.?|circa|c\.|near|~|in the region of|well under)\s?(?:an?\s|another\s|an additional\s)?$", re.I)),  # noqa: E501
)  # fmt: skip
_PER = re.compile(
    r"\s(?:in [\w ]{1,24})?(?:(?:a|per|each|every)\s(?P<unit>day|week|month|quarter|year)\b"
    r"|(?P<ly>daily|weekly|monthly|annually|yearly)\b)"
)
_CONVERTS = re.compile(
    r"^\s*(?:[(\[/]|,?\s*or\s|,?\s*equivalent to|,?\s*the equivalent of)\s*(?:or|about|around|approximately|approx\.?|"
    r"roughly|nearly|almost|some|equivalent|equal|to|more|than|over|just|under|at|the|time|worth|currently|=|~|≈|i\.e\.|"
    r"\s|,)*$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Money:
    """A stated sum at its place in the text. ``currency`` may be ``$`` or ``kr`` until the speaker is known."""

    value: Decimal
    currency: str
    start: int
    end: int
    qualifier: Qualifier = "exact"
    value_max: Decimal | None = None
    per: Period = "total"
    raised_from: Decimal | None = None


def find_money(text: str, start: int, end: int) -> list[Money]:
    """Every sum between two places; conversions in brackets are dropped, raises and ranges are one."""
    found: list[Money] = []
    if not NUMERIC.search(text, start, end):
        return found
    pattern = MONEY if SPELT.search(text, start, end) else FIGURES
    for match in pattern.finditer(text, start, end):
        money = _read(match, text)
        if money is None:
            continue
        before = found[-1] if found else None
        if before and money.start - before.end < 60 and _CONVERTS.match(text[before.end : money.start]):
            continue
        found.append(money)
    found = list(_joined(_with_bare(found, text, end), text))
    return _with_listed(found, text) if found and "respectively" in text[found[-1].end : end] else found


_LISTED = re.compile(rf"(?:[$€£]?{_NUMBER},\s)*[$€£]?{_NUMBER},?\sand\s$")


def _with_listed(found: list[Money], text: str) -> list[Money]:
    """ "20, 30 and 50 million euros respectively": the figures before share scale and currency."""
    made: list[Money] = []
    for one in found:
        match = _LISTED.search(text, max(0, one.start - LEAD), one.start)
        power = next((power for power in (9, 6, 3) if one.value >= 10**power), 0)
        for figure in re.finditer(_NUMBER, match[0]) if match else ():
            value = number(figure[0], scaled=True)
            first = match.start() + figure.start() if match else 0
            if value is not None and not any(other.start <= first < other.end for other in (*found, *made)):
                made.append(replace(one, value=value * 10**power, start=first, end=first + len(figure[0])))
        made.append(one)
    return made


# "France promised 100 million euros and Italy 10 million": the currency is the one before.
BARE = re.compile(r"(?<![\w.,$€£])(?P<low>\d+(?:[.,]\d+)*)\s(?P<scale>million|billion)(?=\s*(?:[.,;)]|and\b|$))")


def _with_bare(found: list[Money], text: str, end: int) -> list[Money]:
    if not found:
        return found
    made = list(found)
    for match in BARE.finditer(text, found[0].end, end):
        before = [one for one in found if one.end <= match.start()]
        value = number(match["low"], scaled=True)
        if value is None or any(one.start < match.end() and match.start() < one.end for one in made):
            continue
        made.append(Money(value * _power(match["scale"]), before[-1].currency, *match.span()))
    return sorted(made, key=lambda one: one.start)


def _read(match: re.Match[str], text: str) -> Money | None:
    part = NOTHING | match.groupdict()
    high = part["high"] or part["high2"] or part["high6"]
    scale = next((part[name] for name in SCALE_NAMES if part[name]), None)
    spoken = part["spoken"] or part["spoken4"]
    low = part["low"] or part["low2"] or part["low5"] or part["low6"]
    value = _spoken(spoken) if spoken else number(low, scaled=bool(scale))
    currency = _currency(part)
    if value is None or currency is None:
        return None
    weight = match[0].lower().endswith(("-pound", "-pounds"))
    if weight and not part["scale2"]:
        return None  # "2,000-pound bombs"
    if part["low2"] and not part["scale2"] and (value < 1000 and text[match.end() : match.end() + 3] == " of"):
        return None  # "500 pounds of rice"
    value *= _power(scale)
    lead = text[max(0, match.start() - LEAD) : match.start()]
    top = number(high, scaled=True) if high else None
    if top is not None:
        top *= _power(part["high_scale"] or part["scale2"] or part["scale6"])
        if top <= value:
            top = None
    period = _period(text, match.end())
    if top is not None and _FROM.search(lead):  # "from 7 to 12 billion crowns"
        return Money(top, currency, match.start(), match.end(), per=period, raised_from=value)
    qualifier = "range" if top is not None else _qualifier(lead)
    money = Money(value, currency, match.start(), match.end(), qualifier, top, period)
    return _raised(money, lead) or money


NOTHING: dict[str, str | None] = dict.fromkeys(MONEY.groupindex)
SCALE_NAMES = ("low_scale", "high_scale", "scale2", "scale3", "scale4", "scale5", "scale6")
LEAD = 60  # characters before a sum that say how exact it is, or from what it was raised
_ROUGHLY = r"(?:an?\s|about\s|around\s|some\s|nearly\s|almost\s|roughly\s|over\s|more\sthan\s|the\s|current\s|its\s)*"
_FROM = re.compile(rf"\bfrom\s{_ROUGHLY}$", re.IGNORECASE)
_RAISED = re.compile(
    rf"\bfrom\s{_ROUGHLY}(?:(?P<digits>{_NUMBER})|(?P<spoken>{_SPOKEN}))(?:[\s-]?(?P<scale>{_LONG_SCALE}|bn|m))?"
    rf"(?:\s(?:a|per)\s\w+)?\sto\s{_ROUGHLY}$",
    re.IGNORECASE,
)


def _raised(money: Money, lead: str) -> Money | None:
    """ "from four billion to eight billion euros": the first figure has no currency of its own."""
    match = _RAISED.search(lead)
    if not match or money.value_max is not None:
        return None
    before = _spoken(match["spoken"]) if match["spoken"] else number(match["digits"], scaled=bool(match["scale"]))
    if before is None:
        return None
    if match["scale"]:
        before *= _power(match["scale"])
    else:  # "from 7 to 12 billion"
        scale = next((power for power in (9, 6, 3) if money.value >= 10**power), 0)
        before *= 10**scale
    return replace(money, raised_from=before, qualifier="exact") if before < money.value else None


def _currency(part: dict[str, str | None]) -> str | None:
    sign = part["sign"] or part["sign4"]
    word = part["sign_word"] if sign == "$" and part["sign_word"] else None
    if word and (named := _named(word)) and named != DOLLAR:
        return named
    if sign:
        return _named(sign)
    return _named(part["word2"] or part["word3"] or part["code5"] or part["word6"] or "")


def _named(written: str) -> str | None:
    if written in SIGNS:
        return SIGNS[written]
    if written.upper() in CODES:
        return "CNY" if written == "RMB" else written.upper()
    folded = re.sub(r"[\s-]+", " ", written.lower())
    return WORDS.get(folded) or WORDS.get(folded.removesuffix("s"))


def number(written: str | None, *, scaled: bool = False) -> Decimal | None:
    """The number that digits with commas and points stand for; ``1,5 million`` and ``150.000`` as Europeans write."""
    if not written:
        return None
    if "," in written and "." in written:
        last = max(written.rfind(","), written.rfind("."))
        written = re.sub(r"[.,]", "", written[:last]) + "." + written[last + 1 :]
    elif "," in written:
        grouped = re.fullmatch(r"\d{1,3}(?:,\d{3})+", written) or re.fullmatch(r"\d{1,2}(?:,\d{2})+,\d{3}", written)
        written = written.replace(",", "" if grouped else ".")
    elif re.fullmatch(r"\d{1,3}(?:\.\d{3})+", written) and (not scaled or written.count(".") > 1):
        written = written.replace(".", "")
    try:
        return Decimal(written)
    except InvalidOperation:
        return None


def _spoken(written: str) -> Decimal | None:
    folded = re.sub(r"[\s-]+", " ", written.lower())
    return FRACTIONS.get(folded) or SMALL.get(folded) or SMALL.get(folded.replace(" ", "-"))


def _power(scale: str | None) -> Decimal:
    return Decimal(10) ** SCALES[scale.lower()] if scale else Decimal(1)


def _qualifier(before: str) -> Qualifier:
    for qualifier, pattern in _BEFORE:
        if pattern.search(before):
            return qualifier
    return "exact"


def _period(text: str, end: int) -> Period:
    match = _PER.match(text, end, end + 60)
    if not match:
        return "total"
    periods: dict[str, Period] = {
        "daily": "day",
        "weekly": "week",
        "monthly": "month",
        "annually": "year",
        "yearly": "year",
    }
    unit = match["unit"]
    named: dict[str, Period] = {"day": "day", "week": "week", "month": "month", "quarter": "quarter", "year": "year"}
    return named[unit] if unit else periods[match["ly"]]


def _joined(found: list[Money], text: str) -> Iterator[Money]:
    """Pairs "from A to B" and "to B from A" (a raise) and "between A and B" (a range) as one."""
    place = 0
    while place < len(found):
        one = found[place]
        two = found[place + 1] if place + 1 < len(found) else None
        paired = _pair(one, two, text) if two else None
        if paired:
            yield paired
            place += 2
        else:
            yield one
            place += 1


def _pair(one: Money, two: Money, text: str) -> Money | None:
    if two.start - one.end > LINK or one.currency != two.currency:
        return None
    lead, between = text[max(0, one.start - LEAD) : one.start], text[one.end : two.start]
    link = _LINK.fullmatch(between)
    if not link:
        return None
    one = _in_scale_of(two, one, text) if link["word"] != "from" else one
    if link["word"] == "to" and _FROM.search(lead) and two.value > one.value:
        return replace(two, raised_from=one.value, start=one.start)
    if link["word"] == "from" and _TO.search(lead) and one.value > two.value:
        return replace(one, raised_from=two.value, end=two.end)
    ranged = link["word"] == "and" and lead.rstrip().lower().endswith("between")
    if (ranged or link["word"] in {"to", "-", "–"}) and two.value > one.value:
        return replace(one, end=two.end, qualifier="range", value_max=two.value)
    return None


LINK = 30  # characters between two sums that belong together
_LINK = re.compile(rf",?\s?(?P<word>to|from|and|-|–)\s?{_ROUGHLY}", re.IGNORECASE)
_TO = re.compile(rf"\bto\s{_ROUGHLY}$", re.IGNORECASE)


def _in_scale_of(two: Money, one: Money, text: str) -> Money:
    """ "$10 to $15 million": the scale of the second is that of the first."""
    plain = not re.search(r"[a-zA-Z]", text[one.start : one.end].lstrip("USDERGBPCAN$€£ "))
    scale = next((power for power in (9, 6, 3) if two.value >= 10**power), 0)
    return replace(one, value=one.value * 10**scale) if plain and one.value < 1000 <= two.value else one


def currency_of(money: Money, speakers: tuple[str, ...]) -> str:
    """``$`` and crowns read by who speaks: Canadians mean their own dollar, Norwegians their own crown."""
    if money.currency == DOLLAR:
        return next((DOLLARS[one] for one in speakers if one in DOLLARS), "USD")
    if money.currency == CROWN:
        return next((CROWNS[one] for one in speakers if one in CROWNS), "CZK")
    return money.currency
