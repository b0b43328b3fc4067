"""Amounts as people write them: ``110m``, ``1.2bn``, ``35 000 000``, ``1,250,000.50``. Pure.

What could be meant in two ways (``1,250`` is 1250 or 1.25) is refused with a sentence that says what to write instead:
a guess would be wrong by a factor of a thousand.
"""

from __future__ import annotations

import re
from decimal import Decimal

from reference.currencies import EXACT

# Words after a number and what they multiply it by. "t" and "milliard" are missing on purpose: the first means
# trillion, thousand or tonnes, and of the second's neighbours (billion) German and English mean different things.
MULTIPLES = {
    "k": 3,
    "thousand": 3,
    "m": 6,
    "mn": 6,
    "mln": 6,
    "mio": 6,
    "million": 6,
    "millions": 6,
    "b": 9,
    "bn": 9,
    "bln": 9,
    "billion": 9,
    "billions": 9,
    "tn": 12,
    "trn": 12,
    "trillion": 12,
    "trillions": 12,
}
LONGEST = 60
BLANKS = re.compile(r"[\s\u00a0\u2007\u2009\u202f]+")
NUMBER_AND_WORD = re.compile(r"([0-9][0-9., '’]*?)\s*([^\W\d_]*)\.?", re.ASCII)
PLAIN = re.compile(r"[0-9]+(?:\.[0-9]+)?")
GROUPED = [
    # The sign between groups of three, and the one before the decimals.
    (re.compile(r"[0-9]{1,3}(?: [0-9]{3})+(?:[.,][0-9]+)?"), " "),
    (re.compile(r"[0-9]{1,3}(?:['’][0-9]{3})+(?:[.,][0-9]+)?"), "'’"),
    (re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]+"), ","),
    (re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+"), "."),
    (re.compile(r"[0-9]{1,3}(?:,[0-9]{3}){2,}"), ","),
    (re.compile(r"[0-9]{1,3}(?:\.[0-9]{3}){2,}"), "."),
]
TWO_READINGS = re.compile(r"([1-9][0-9]{0,2})[.,]([0-9]{3})")
DECIMAL_COMMA = re.compile(r"[0-9]+,[0-9]+")


class AmountError(ValueError):
    """The text is no amount, or could be two; the message is a sentence for the person who wrote it."""


def parse_amount(text: str) -> Decimal:
    """The amount that a text means, exactly. Raises ``AmountError``."""
    written = BLANKS.sub(" ", text).strip()
    if len(written) > LONGEST:
        raise AmountError(f"An amount has at most {LONGEST} characters; this text has {len(written)}.")
    if not written:
        raise AmountError("Write an amount, such as 110m or 35 000 000.")
    if written[0] in "-−+":
        raise AmountError("Write the amount without a sign; it is above zero.")
    found = NUMBER_AND_WORD.fullmatch(written)
    if found is None:
        raise AmountError(
            f"“{written}” is no amount. Write figures, such as 110m, 1.2bn or 35 000 000, and no currency."
        )
    figures, word = found.group(1).strip(), found.group(2)
    power = _power(word, written)
    return EXACT.scaleb(_number(figures), power) if power else _number(figures)


def _power(word: str, written: str) -> int:
    if not word:
        return 0
    if word.lower() not in MULTIPLES:
        raise AmountError(
            f"“{word}” in “{written}” is no multiple that we know; "
            "write k, m, bn or tn, and the currency in its own field."
        )
    return MULTIPLES[word.lower()]


def _number(figures: str) -> Decimal:
    if two := TWO_READINGS.fullmatch(figures):
        whole, rest = two.groups()
        raise AmountError(
            f"“{figures}” can be read in two ways: write {whole}{rest} (or {whole} {rest}) for the larger, "
            f"{whole}.{rest}0 for the smaller."
        )
    if PLAIN.fullmatch(figures):
        return Decimal(figures)
    if DECIMAL_COMMA.fullmatch(figures):
        return Decimal(figures.replace(",", "."))
    for shape, separators in GROUPED:
        if shape.fullmatch(figures):
            for one in separators:
                figures = figures.replace(one, "")
            return Decimal(figures.replace(",", "."))
    raise AmountError(f"“{figures}” is no number: group the figures by three, as in 35 000 000, or do not group them.")


def write_amount(amount: Decimal) -> str:
    """An amount as a text that ``parse_amount`` reads back as the same number: 35 000 000, 1 250.5."""
    whole, _, fraction = f"{amount:f}".partition(".")
    fraction = fraction.rstrip("0")
    if len(fraction) == 3:
        fraction += "0"  # three decimals might be thousands
    grouped = f"{int(whole):,}".replace(",", " ")
    return f"{grouped}.{fraction}" if fraction else grouped


def in_words(amount: Decimal) -> str:
    """An amount as people say it, without loss: 110 million, 1.25 billion, 12,345.67."""
    for power, word in ((12, "trillion"), (9, "billion"), (6, "million")):
        scaled = EXACT.normalize(EXACT.scaleb(amount, -power))
        exponent = scaled.as_tuple().exponent
        if scaled >= 1 and isinstance(exponent, int) and exponent >= -3:
            return f"{scaled:f} {word}"
    whole, _, fraction = f"{amount:f}".partition(".")
    fraction = fraction.rstrip("0")
    return f"{int(whole):,}" + (f".{fraction.ljust(2, '0')}" if fraction else "")
