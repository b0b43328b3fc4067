"""Articles of any length to measure with: the project's own gold texts among everyday news made from patterns.

The same seed gives the same articles. Everyday news has names, numbers, sums and quotes, as real news has, so that the
reader cannot pass over it at once; it tells of no aid and no sanctions.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from extraction.contract import Article
from extraction.evaluation import GoldArticle, read_gold

GOLD = Path(__file__).resolve().parents[1] / "tests" / "gold"
PARAGRAPH = 3  # everyday sentences that stand together

PATTERNS = (
    "The {works} in {town} will stay closed until {month}, the council said on {day}.",
    "{name}, who has run the {works} for {few} years, said nobody had been asked beforehand.",
    "“We looked at every figure twice and found nothing that worried us,” {name} told reporters in {town}.",
    "Traffic on the ring road was held up for {few} hours after a lorry lost its load near {town}.",
    "Prices rose by {few}.{few} per cent in {month}, more slowly than most economists had thought.",
    "The company said its sales had grown to {sum} in the quarter, and that {many} people worked for it.",
    "Shares in the owner of the {works} fell {few} per cent before noon and recovered later.",
    "{town} won {few}–1 at home on {day}, with {name} scoring twice in the second half.",
    "Rain is expected in the north from {day}; in {town} it may reach {few} centimetres.",
    "About {many} visitors came to the festival, {few} hundred more than a year ago.",
    "The court in {town} put the hearing off to {month} because {name} had fallen ill.",
    "A new line between {town} and the coast would cost {sum} and take {few} years to build, a study says.",
    "Teachers at {few} schools walked out on {day} over hours, not over pay, their union said.",
    "{name} is to lead the museum from {month}; the post had been vacant for {few} months.",
    "Voters in {town} go to the polls in {month}, and {few} parties hope for seats.",
    "Police are looking for the driver of a dark van seen near the {works} on {day} evening.",
    "The harvest was good in the east and poor in the west, where it had not rained for {few} weeks.",
    "Engineers found {few} cracks in the bridge, none of them dangerous, according to {name}.",
    "The film, shot in {town} for {sum}, opens in {month} and runs for almost three hours.",
    "Fewer than {many} households were without power by {day} night, down from twice as many.",
)
SLOTS: dict[str, tuple[str, ...]] = {
    "town": ("Harwick", "Lindau", "Porto Alto", "Kestrel Bay", "Novoselje", "Upper Marden", "Saint-Rémy", "Tarn"),
    "name": ("Ada Kern", "Paul Ostrow", "Lena Vogt", "Tom Hale", "Marta Ilves", "Jon Brandt", "Rosa Mejía"),
    "works": ("swimming pool", "paper mill", "library", "tram depot", "brewery", "indoor market"),
    "month": ("January", "March", "May", "August", "October"),
    "day": ("Monday", "Tuesday", "Thursday", "Saturday"),
    "few": ("2", "3", "4", "5", "6", "7"),
    "many": ("1,200", "3,400", "17,000", "240", "90,000"),
    "sum": ("€4.2m", "$18 million", "£650,000", "2.3 billion kronor", "75 million euros"),
}
# What may lead a pattern to try again and again: one thing repeated without end, mostly without a full stop.
ODD = {
    "a name": "Norway ",
    "digits": "1",
    "thousands": "1,000",
    "signs of money": "€1 ",
    "ranges": "between 1 and 2 million euros ",
    "raises": "from 20 to 30 ",
    "open brackets": "(",
    "open quotes": '"',
    "abbreviations": "U.S. ",
    "a list of states": "Norway, Denmark, Sweden, ",
    "a list of goods": "14 tanks, ",
    "a clause": "Norway will give Ukraine 12 million euros in aid and ",
    "a ban": "Norway will ban imports from Russia and ",
    "respectively": "Norway and Sweden will give 1 and 2 million euros respectively ",
}


@dataclass(frozen=True, slots=True)
class Texts:
    """The gold articles by what is in them."""

    claims: tuple[GoldArticle, ...]
    near_misses: tuple[GoldArticle, ...]


def gold_texts() -> Texts:
    """The project's own gold articles."""
    gold = read_gold(GOLD / "articles.jsonl", GOLD / "labels.jsonl")
    return Texts(
        claims=tuple(one for one in gold if not one.negative), near_misses=tuple(one for one in gold if one.negative)
    )


def everyday(chance: random.Random) -> str:
    """A paragraph of everyday news."""
    said = chance.sample(PATTERNS, PARAGRAPH)
    return " ".join(one.format(**{name: chance.choice(values) for name, values in SLOTS.items()}) for one in said)


def article(kind: str, length: int, chance: random.Random, texts: Texts) -> Article:
    """An article of ``length`` characters of one of ``KINDS``."""
    parts, size = [], 0
    for part in KINDS[kind](chance, texts):
        parts.append(part)
        size += len(part) + 2
        if size >= length + 2:
            break
    text = "\n\n".join(parts)[:length]
    return Article(text, title=parts[0].split(". ")[0][:80])


def _news_of_claims(chance: random.Random, texts: Texts) -> Iterator[str]:
    """Two texts with claims first, then one with every four paragraphs of other things."""
    yield chance.choice(texts.claims).article.text
    while True:
        yield chance.choice(texts.claims).article.text
        yield chance.choice(texts.near_misses).article.text
        for _ in range(3):
            yield everyday(chance)


def _near_misses(chance: random.Random, texts: Texts) -> Iterator[str]:
    while True:
        yield chance.choice(texts.near_misses).article.text
        yield everyday(chance)


def _everyday_news(chance: random.Random, texts: Texts) -> Iterator[str]:
    while True:
        yield everyday(chance)


def _claims_alone(chance: random.Random, texts: Texts) -> Iterator[str]:
    while True:
        yield chance.choice(texts.claims).article.text


KINDS: dict[str, Callable[[random.Random, Texts], Iterator[str]]] = {
    "news of a claim": _news_of_claims,
    "near misses": _near_misses,
    "everyday news": _everyday_news,
    "claims alone": _claims_alone,
}
MIXTURE = ("news of a claim", "near misses", "everyday news", "everyday news")  # a feed of world news, in equal parts


def mixture(count: int, length: int, seed: int, texts: Texts) -> list[Article]:
    """``count`` articles as a feed of world news brings them."""
    chance = random.Random(seed)  # noqa: S311 - nothing is kept secret by it
    return [article(MIXTURE[number % len(MIXTURE)], length, chance, texts) for number in range(count)]


def odd(name: str, length: int) -> Article:
    """An article that repeats one thing."""
    return Article((ODD[name] * (length // len(ODD[name]) + 1))[:length])


def alike(kind: str, count: int, length: int, seed: int, texts: Texts) -> list[Article]:
    """``count`` articles of one kind."""
    chance = random.Random(seed)  # noqa: S311 - nothing is kept secret by it
    return [article(kind, length, chance, texts) for _ in range(count)]
