"""Stage 2, goods: what is given in kind, how many of it, and its category."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from extraction.contract import Goods, Qualifier, Span
from extraction.data_files import word_set
from extraction.lexicon import Lexicon
from extraction.money import SMALL, number
from extraction.segment import Word

CATEGORIES = {  # the groups of goods.toml as the vocabulary's item categories
    "heavy_weapon": "heavy_weapon",
    "ammunition_heavy": "heavy_weapon_ammunition",
    "aviation": "aviation_and_drones",
    "portable_defence": "portable_defence_system",
    "light_infantry": "light_armaments",
    "ammunition_light": "light_ammunition",
    "missile": "missile",
    "ammunition_unspecified": "ammunition_unspecified",
    "military_equipment": "military_equipment",
    "services": "funding_training_services",
    "medical": "medical",
    "food": "food",
    "shelter": "shelter",
    "energy": "energy",
    "humanitarian_unspecified": "humanitarian_unspecified",
    "other": "other",
}
MILITARY = word_set("goods", "military")
HUMANITARIAN = frozenset({"medical", "food", "shelter", "humanitarian_unspecified"})
MOST_MODIFIERS = 6
NO_GOODS = word_set("goods", "no_goods")  # "arms factory", "drone attack"
BREAKS = word_set("goods", "breaks")
UNITS_OF = 3


def find_goods(
    words: tuple[Word, ...], lexicon: Lexicon, taken: frozenset[int], openings: Sequence[int]
) -> list[tuple[int, int, Goods]]:
    """Goods with the word places they cover; ``taken`` are the words of sums and parties."""
    found: list[tuple[int, int, str, bool]] = []
    reached = 0
    for place in sorted({*openings, *_bulk_places(words)}):
        if place < reached or place in taken:
            continue
        hit = lexicon.goods.at(words, place)
        bulk = 0 if hit else _bulk(words, place)
        if bulk:
            found.append((place, place + bulk, "humanitarian_unspecified", False))
            reached = place + bulk
            continue
        if hit is None or _no_noun(words, place, hit[1].group):
            continue
        model = hit[1].group == "model"
        reached = place + hit[0]
        if found and _same_name(words, found[-1][1], place):
            first, _, category, was_model = found[-1]
            found[-1] = (first, reached, category if was_model else hit[1].value, was_model)
        else:
            found.append((place, reached, hit[1].value, model))
    ends = frozenset(one[1] for one in found)
    goods = [_with_number(words, (first, last, category), lexicon, taken, ends) for first, last, category, _ in found]
    return [one for one in _apart(goods) if not _carrier(words, one)]


BULK_UNITS = word_set("goods", "bulk_units")


def _bulk_places(words: tuple[Word, ...]) -> list[int]:
    """The places after "tonnes of"."""
    return [
        place + 2
        for place in range(len(words) - 2)
        if words[place].lower in BULK_UNITS and words[place + 1].lower == "of"
    ]


def _bulk(words: tuple[Word, ...], place: int) -> int:
    """ "60 tonnes of humanitarian aid": aid by weight is goods. The length of the noun in words, or 0."""
    if place < 2 or words[place - 1].lower != "of" or words[place - 2].lower not in BULK_UNITS:
        return 0
    for length in (1, 2):
        if place + length <= len(words) and words[place + length - 1].lower in {
            "aid",
            "assistance",
            "relief",
            "supplies",
            "goods",
        }:
            return length
    return 0


def _carrier(words: tuple[Word, ...], one: tuple[int, int, Goods]) -> bool:
    """ "a plane with 35 tonnes of food": the plane is not given."""
    vessel = words[one[1] - 1].lower in {
        "plane",
        "planes",
        "aircraft",
        "helicopter",
        "truck",
        "trucks",
        "boat",
        "lorries",
        "ship",
        "ships",
        "warship",
        "warships",
    }
    if vessel and " ".join(word.lower for word in words[max(0, one[0] - 3) : one[0]]).endswith(ABOARD):
        return True
    after = [word.lower for word in words[one[1] : one[1] + CARGO_WITHIN]]  # "three ships to Myanmar with tents"
    return vessel and (bool({"with", "carrying", "loaded"} & set(after)) or after[:1] in (["full"], ["of"]))


CARGO_WITHIN = 4  # words
ABOARD = (
    "on a",
    "by",
    "aboard",
    "aboard a",
    "aboard an",
    "on board",
    "on board a",
    "via",
    "in a",
    "on",
    "on an",
    "by a",
)


def _apart(goods: list[tuple[int, int, Goods]]) -> list[tuple[int, int, Goods]]:
    """Drops what another goods phrase already covers."""
    kept: list[tuple[int, int, Goods]] = []
    for one in goods:
        if kept and one[0] < kept[-1][1]:
            continue
        kept.append(one)
    return kept


def _no_noun(words: tuple[Word, ...], place: int, group: str) -> bool:
    """ "arms factory" and "tank commander" are no goods, nor is a model's name in lower case ("a puma")."""
    if group == "model":
        return not any(sign.isupper() for sign in words[place].text)
    after = words[place + 1].lower if place + 1 < len(words) else ""
    before = words[place - 1].lower if place else ""
    if words[place].lower.endswith(("mines", "mine")) and before in {"clearing", "clear", "remove", "removing"}:
        return True  # taken away, not given
    if after == "of" and words[place].lower in {"round", "rounds", "container", "containers", "supplies", *BULK_UNITS}:
        return True  # a unit, not the thing
    return after in NO_GOODS


def _same_name(words: tuple[Word, ...], end: int, start: int) -> bool:
    """Whether only modifiers stand between two goods words: "Stinger | anti-aircraft missiles"."""
    between = words[end:start]
    return len(between) <= UNITS_OF and not any(
        word.lower in BREAKS or word.lower == "of" or value_of(word) is not None for word in between
    )


def value_of(word: Word) -> Decimal | None:
    """The number that a word is, in digits or letters."""
    if word.text[0].isdigit():
        return number(word.text) if word.text.replace(",", "").replace(".", "").isdigit() else None
    return SMALL.get(word.lower) or {
        "dozen": Decimal(12),
        "hundred": None,
        "pair": Decimal(2),
        "couple": Decimal(2),
    }.get(word.lower)


def _with_number(
    words: tuple[Word, ...], found: tuple[int, int, str], lexicon: Lexicon, taken: frozenset[int], ends: frozenset[int]
) -> tuple[int, int, Goods]:
    first, last, category = found
    start, unit = first, ""
    quantity: Decimal | None = None
    qualifier: Qualifier = "exact"
    place, begin = first - 1, first
    while place >= 0 and first - place <= MOST_MODIFIERS + (UNITS_OF if unit else 0):
        word = words[place]
        value = value_of(word)
        if place in taken:
            break
        if value is not None:
            quantity, start, qualifier = _scaled(words, place, value)
            break
        if word.lower == "of" and not unit and place and words[place - 1].lower in lexicon.units:
            unit, place = words[place - 1].lower, place - 2
            start = place + 1
            continue
        verb = lexicon.verbs.get(word.lower)
        if (
            word.text == "," and place not in ends and _counted_before(words, place)
        ):  # "four sophisticated, medium-range systems"
            place -= 1
            continue
        if word.lower in BREAKS or word.lower == "of" or (verb and not word.capital):
            break
        if word.lower in SCALE_WORDS:
            place -= 1
            continue
        begin = place if not unit else begin
        start = min(start, place)
        place -= 1
    name = _name(words, begin, last)
    goods = Goods(
        name, quantity, None, qualifier, unit, CATEGORIES[category], Span(words[start].start, words[last - 1].end)
    )
    return start, last, goods


def _counted_before(words: tuple[Word, ...], comma: int) -> bool:
    """Whether a number and one adjective stand right before a comma."""
    return comma >= 2 and value_of(words[comma - 2]) is not None and words[comma - 1].text.replace("-", "").isalpha()


SCALE_WORDS = {"hundred": 100, "thousand": 1000, "million": 1_000_000, "billion": 1_000_000_000, "m": 1_000_000}


def _scaled(words: tuple[Word, ...], place: int, value: Decimal) -> tuple[Decimal | None, int, Qualifier]:
    """The full number that ends at a place, where it begins, and how exact it is."""
    after = words[place + 1].lower if place + 1 < len(words) else ""
    if after in SCALE_WORDS:
        value *= SCALE_WORDS[after]
    if after == "-" or (
        place and words[place - 1].text in {"-", "–"} and place >= 2 and words[place - 2].text[0].isdigit()
    ):
        return None, place, "exact"  # "30-year"
    before = " ".join(word.lower for word in words[max(0, place - 4) : place])
    for qualifier, endings in _NEAR.items():
        if before.endswith(endings):
            return value, place, qualifier
    return value, place, "exact"


_NEAR: dict[Qualifier, tuple[str, ...]] = {
    "at_least": ("more than", "over", "at least", "upwards of", "in excess of"),
    "up_to": ("up to", "as many as", "as much as"),
    "about": ("about", "around", "some", "nearly", "almost", "approximately", "roughly", "close to", "an estimated"),
}


def _name(words: tuple[Word, ...], first: int, last: int) -> str:
    dropped = {
        "another",
        "additional",
        "more",
        "new",
        "further",
        "extra",
        "several",
        "some",
        "many",
        "first",
        "of",
        "its",
        "hundred",
        "thousand",
        "million",
    }
    while first < last - 1 and words[first].lower in dropped:
        first += 1
    return " ".join(word.text for word in words[first:last])
