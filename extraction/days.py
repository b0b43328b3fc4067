"""Stage 3, days: on which day a deed was announced, as the sentence that tells of it says.

"On Tuesday" is the latest Tuesday that is not after the day of publication; a day without a year is the latest such
day. A day that belongs to a deed still to come ("will arrive on Friday") is no day of announcement.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from extraction.mentions import Mentions, Verb
from extraction.segment import Word

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
SHORT = {name[:3]: number for number, name in enumerate(MONTHS, 1)} | {"sept": 9}
RELATIVE = {"today": 0, "yesterday": 1, "tonight": 0}
ORDINALS = frozenset({"st", "nd", "rd", "th"})
WORDS = {*WEEKDAYS, *MONTHS, *SHORT, *RELATIVE}
AHEAD = frozenset({"will", "would", "to", "shall", "'ll", "can", "could", "may", "might"})
BEFORE, AFTER = 16, 5  # words from a verb to the day after it, and from a day to the verb after it
WEEK = 7
EARLIEST_YEAR = 1900


@dataclass(frozen=True, slots=True)
class Named:
    """A day at its words."""

    first: int
    last: int
    day: date


def announced_on(mentions: Mentions, published: date | None) -> date | None:
    """The day on which what a sentence tells was said or done; ``None`` where it names none."""
    if published is None or not any(word.lower in WORDS for word in mentions.words):
        return None
    for named in days(mentions.words, published):
        verb = _verb_of(mentions, named)
        if verb is not None and not _still_to_come(mentions, verb):
            return named.day
    return None


def days(words: tuple[Word, ...], published: date) -> list[Named]:
    """The days that a sentence names, none of them after the day of publication."""
    found: list[Named] = []
    for place, word in enumerate(words):
        named = _at(words, place, published) if word.lower in WORDS else None
        if named and named.day <= published and (not found or named.first >= found[-1].last):
            found.append(named)
    return found


def _at(words: tuple[Word, ...], place: int, published: date) -> Named | None:
    lower = words[place].lower
    if lower in RELATIVE:
        return Named(place, place + 1, published - timedelta(days=RELATIVE[lower]))
    if lower in WEEKDAYS:
        return _weekday(words, place, published)
    return _day_of_month(words, place, published) if words[place].capital else None


def _weekday(words: tuple[Word, ...], place: int, published: date) -> Named | None:
    before = words[place - 1].lower if place else ""
    if before in {"next", "from", "until", "by", "this", "every"} or not words[place].capital:
        return None
    back = (published.weekday() - WEEKDAYS.index(words[place].lower)) % WEEK
    following = " ".join(word.lower for word in words[place + 1 : place + 3])
    return Named(place, place + 1, published - timedelta(days=back + WEEK * (following == "last week")))


def _day_of_month(words: tuple[Word, ...], place: int, published: date) -> Named | None:
    """ "3 March", "March 3", "3 March 2023", "March 3, 2023"."""
    lower = words[place].lower
    month = MONTHS.index(lower) + 1 if lower in MONTHS else SHORT.get(lower, 0)
    lead = place - 1
    while lead > 0 and words[lead].lower in {"of", *ORDINALS}:  # "the 3 | rd | of March"
        lead -= 1
    before, after = _number(words, lead), _number(words, place + 1)
    if not month or not (before or after):
        return None
    number, first, last = (before, lead, place + 1) if before else (after, place, place + 2)
    if words[first - 1].lower in {"by", "from", "until", "since", "before", "of", "after", "between"} and first:
        return None
    year_at = last + (last < len(words) and words[last].text == ",")
    year = int(words[year_at].text) if year_at < len(words) and _is_year(words[year_at].text) else None
    day = _day(year or published.year, month, number)
    if day and year is None and day > published:
        day = _day(published.year - 1, month, number)
    return Named(first, last, day) if day else None


def _number(words: tuple[Word, ...], place: int) -> int:
    if not 0 <= place < len(words):
        return 0
    text = words[place].text
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 2 else 0


def _is_year(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) == 4 and int(text) >= EARLIEST_YEAR


def _day(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None


def _verb_of(mentions: Mentions, named: Named) -> Verb | None:
    """The verb that a day belongs to: the last one before it, or the first one after it."""
    before = [one for one in mentions.verbs if 0 <= named.first - one.place <= BEFORE]
    if before:
        return before[-1]
    after = [one for one in mentions.verbs if one.place >= named.last]
    near = after and (after[0].place - named.last <= AFTER or named.first <= 1)
    return after[0] if near else None


def _still_to_come(mentions: Mentions, verb: Verb) -> bool:
    lead = mentions.text(verb.place - 3, verb.place).split()
    return not verb.acts("say") and bool(AHEAD & set(lead))
