"""Stage 3, measures told as what is no longer allowed: "will buy no more oil from Russia", "may no longer land in
Canada", "diplomats have to leave Poland". No verb of imposing stands there; who forbids and who is forbidden do.
"""

from __future__ import annotations

import re

from extraction.assemble import SANCTIONED
from extraction.contract import Action
from extraction.mentions import Mentions
from extraction.parties import Party
from extraction.reading import Measure

NO_MORE = r"(?:no longer|not .{0,20}any (?:more|longer)|no more|(?:stop|cease|quit)(?:s|ped|d|ping)?)"
GATE = re.compile(r"\b(?:no longer|no more|any more|any longer|stop|stops|stopped|ceases?|ceased)\b")
# What a state does not take, sell, grant or let in any more.
WITHHELD = (
    ("arms_embargo", re.compile(r"(?:sell|export)\w* .{0,40}\b(?:arms|weapons|munitions)\b")),
    ("visa_restrictions", re.compile(r"(?:issu|grant|giv|hand|stamp)\w* .{0,40}\bvisas?\b")),
    ("media_ban", re.compile(r"(?:broadcast|carry|show|air)\w* .{0,40}\b(?:rt|sputnik|channels?)\b")),
    (
        "import_restrictions",
        re.compile(
            r"(?:buy|import|take|accept|purchas)\w* .{0,40}"
            r"\b(?:oil|crude|gas|coal|lng|steel|gold|diamonds|timber|goods|fish|caviar|uranium)\b"
        ),
    ),
    (
        "export_control",
        re.compile(r"(?:sell|export|ship|supply)\w* .{0,40}\b(?:chips|technology|machines?|goods|parts)\b"),
    ),
    ("travel_ban", re.compile(r"(?:let|admit)\w* in\b(?!to)|(?:allow|grant)\w* .{0,30}\bentry\b")),
    (
        "transportation_restrictions",
        re.compile(r"(?:let|allow|admit)\w* .{0,60}\b(?:airspace|ports?|skies|airports)\b"),
    ),
)
# What those at whom a measure is aimed may not do any more.
FORBIDDEN = (
    ("travel_ban", re.compile(r"\b(?:enter|entering|set foot|travel to|travelling to|visit)\b")),
    ("transportation_restrictions", re.compile(r"\b(?:fly|flying|land|landing|dock|docking|call at|cross|berth)\b")),
    ("media_ban", re.compile(r"\b(?:broadcast|broadcasting|transmit)\b")),
    ("financial_restrictions", re.compile(r"\b(?:borrow|raise money|raise funds|issue bonds)\b")),
)
CLOSED = re.compile(
    r"\b(?:may|can|could|will|would|are|is|was|were|be)(?: be)? no longer (?:be )?"
    r"(?:allowed |able |permitted |free |let )?"
    r"|\b(?:forbidden|not allowed|no longer allowed|not permitted|barred) "
)
LEAVE = re.compile(
    r"\b(?:have|has|had|told|ordered|given .{0,30}) to (?:leave|go home|pack)\b|\bmust (?:leave|go home)\b"
)
HYPOTHETICAL = frozenset(
    ["if", "could", "might", "whether", "should", "unless", "wants", "want", "call", "called", "urged", "demanded",
     "propose", "proposed", "?"]
)  # fmt: skip
ENVOYS = frozenset(
    {"diplomats", "diplomat", "envoys", "ambassador", "attaché", "attachés", "attaches", "consul", "consuls"}
)


def find_shut_out(mentions: Mentions) -> list[Measure]:
    """At most one measure of a sentence that names no deed, only what does not go any more."""
    if HYPOTHETICAL & set(mentions.lowers):
        return []
    text = mentions.text(0, len(mentions.words))
    found = _envoys(mentions, text)
    if found is None and GATE.search(text):
        found = _withheld(mentions, text) or _forbidden(mentions, text)
    return [found] if found else []


def _withheld(mentions: Mentions, text: str) -> Measure | None:
    """ "America will take no more oil from Russia": who acts opens the sentence."""
    imposer = next((one for one in mentions.parties if one.acts and one.codes and one.first <= OPENS), None)
    if imposer is None or imposer.possessive:
        return None
    rest = mentions.text(imposer.last, len(mentions.words))
    hit = re.search(NO_MORE, rest)
    if not hit or hit.start() > NEAR:
        return None
    after = rest[max(0, hit.start() - NEAR) :]
    kind = next((kind for kind, pattern in WITHHELD if pattern.search(after)), None)
    target = _sanctioned(mentions, imposer)
    return _measure(mentions, imposer, target, kind) if kind and target else None


def _forbidden(mentions: Mentions, text: str) -> Measure | None:
    """ "Its ships may no longer dock in Canada": where it is forbidden is who forbids it."""
    hit = CLOSED.search(text)
    if hit is None:
        return None
    kind = next((kind for kind, pattern in FORBIDDEN if pattern.match(text, hit.end())), None)
    place = len(text[: hit.end()].split())
    imposer = next((one for one in mentions.parties if one.codes and place <= one.first <= place + WITHIN), None)
    target = next(
        (one for one in mentions.parties if one.codes and one.last <= place and imposer and one.codes != imposer.codes),
        None,
    )
    return _measure(mentions, imposer, target, kind) if kind and imposer and target else None


def _envoys(mentions: Mentions, text: str) -> Measure | None:
    """ "34 French diplomats have to leave Russia": sent away by whom they leave, or by who says so."""
    hit = LEAVE.search(text)
    if hit is None or not ENVOYS & set(text[: hit.start()].split()):
        return None
    place = len(text[: hit.end()].split())
    target = next(
        (
            one
            for one in mentions.parties
            if one.codes
            and one.role in {"adjective", "office"}
            and one.last <= place
            and ENVOYS & set(mentions.lowers[one.first : one.last + 3])
        ),
        None,
    )
    left = next((one for one in mentions.parties if one.codes and place <= one.first <= place + 1), None)
    speaker = next((one for one in mentions.parties if one.acts and one.codes and one is not target), None)
    imposer = left or speaker
    if target is None or imposer is None or set(imposer.codes) & set(target.codes):
        return None
    return _measure(mentions, imposer, target, "diplomatic_measure")


def _sanctioned(mentions: Mentions, imposer: Party) -> Party | None:
    return next(
        (one for one in mentions.parties if set(one.codes) & SANCTIONED and not set(one.codes) & set(imposer.codes)),
        None,
    )


def _measure(mentions: Mentions, imposer: Party, target: Party, kind: str) -> Measure:
    words = mentions.words
    first, last = min(imposer.first, target.first), max(imposer.last, target.last)
    ahead = AHEAD & set(mentions.lowers[:last]) and kind != "diplomatic_measure"
    action: Action = "announced" if ahead else "imposed"
    return Measure(
        mentions.sentence.number, words[first].start, words[last - 1].end, imposer.codes, "", target.codes, "country",
        (kind,), action, reasons=["what is no longer allowed"], doubts=0.06,
    )  # fmt: skip


OPENS = 3  # words of a sentence within which who acts stands
NEAR = 60  # characters between who acts and "no more"
WITHIN = 8  # words after what is forbidden within which the place stands
AHEAD = frozenset({"will", "would", "'ll"})
