"""What the words around a claim say of its being another one: ordinals, "another", "promised earlier"."""

from __future__ import annotations

import re
from collections.abc import Iterable

_ORDINALS = """
    first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth
    sixteenth seventeenth eighteenth nineteenth twentieth
"""
ORDINALS = {word: number for number, word in enumerate(_ORDINALS.split(), start=1)}
BATCH = r"(?:[\w-]+ ){0,2}(?:package|tranche|round|batch|instalment|installment|shipment|consignment|convoy|lot|slice)"
NUMBERED = re.compile(rf"\b({'|'.join(ORDINALS)}|\d{{1,2}}(?=st |nd |rd |th ))(?:st|nd|rd|th)? {BATCH}", re.IGNORECASE)
FURTHER = re.compile(
    r"\b(?:another|additional|additionally|further|extra|on top of|in addition|fresh|once more|once again|next|more)\b"
    r"|\bnew (?:\w+ ){0,3}"
    r"(?:package|tranche|round|batch|pledge|contribution|loan|grant|sanctions|aid|money|measures)\b",
    re.IGNORECASE,
)
SAID = r"(?:promised|pledged|announced|agreed|committed|offered|planned|proposed)"
EARLIER = re.compile(
    rf"\b{SAID} (?:earlier|before|in|last|on|at|a|two)\b"
    r"|\b(?:that|which|as) (?:\w+ ){0,3}(?:promised|pledged|announced)\b"
    r"|\b(?:earlier|previously|already|long|first|once|last) ?-?(?:promised|pledged|announced|agreed)\b"
    r"|\b(?:earlier|previous|standing|its|their|his|her|the) (?:promise|pledge|announcement|offer|plan)\b"
    r"|\bpromised (?:\w+ ){0,4}(?:package|loan|grant|tanks|guns|money|aid|help|funds)\b",
    re.IGNORECASE,
)


def ordinals(texts: Iterable[str]) -> frozenset[int]:
    """The numbers of packages, tranches and rounds that texts name: "the 17th package" is 17."""
    found = (match.group(1).lower() for text in texts for match in NUMBERED.finditer(text))
    return frozenset(ORDINALS[one] if one in ORDINALS else int(one) for one in found)


def says_further(texts: Iterable[str]) -> bool:
    """Whether it is told as something that comes on top: another, additional, a new package."""
    return any(FURTHER.search(text) for text in texts)


def says_earlier(texts: Iterable[str]) -> bool:
    """Whether it looks back at what was promised before."""
    return any(EARLIER.search(text) for text in texts)
