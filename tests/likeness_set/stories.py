"""Base articles: news stories put together from the wordings of ``topics.toml``, the same ones at every call."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

OF_A_TOPIC = 8
CHOICE = re.compile(r"\[([^\[\]]+)\]")
DONORS = (
    ("Norway", "Oslo", "kroner"), ("Denmark", "Copenhagen", "kroner"), ("Sweden", "Stockholm", "kronor"),
    ("Finland", "Helsinki", "euros"), ("Estonia", "Tallinn", "euros"), ("Lithuania", "Vilnius", "euros"),
    ("Spain", "Madrid", "euros"), ("Portugal", "Lisbon", "euros"), ("Canada", "Ottawa", "dollars"),
    ("Japan", "Tokyo", "dollars"), ("Australia", "Canberra", "dollars"), ("Slovenia", "Ljubljana", "euros"),
)  # fmt: skip
PERSONS = (
    "Marit Solheim", "Jens Kofoed", "Anna Lindqvist", "Pekka Aalto", "Liis Tamm", "Rasa Petrauskas", "Elena Vidal",
    "Rui Carvalho", "Claire Bouchard", "Kenji Mori", "Olive Harper", "Maja Kranjc", "Tom Ellery", "Nadia Farouk",
    "Viktor Sand", "Greta Holm",
)  # fmt: skip
CITIES = ("Kharkiv", "Mykolaiv", "Zaporizhzhia", "Chernihiv", "Sumy", "Odesa", "Poltava", "Izmail")
ARMS = ("howitzers", "mortars", "rocket launchers", "self-propelled guns")
COMPANIES = ("Norlund Works", "Halvorsen and Sons", "Brightwater", "Kestrel Systems", "Marlowe Partners", "Tessera")
POLLSTERS = ("Plumb Line", "Opinio", "Vox Nord", "Meridian")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")


@dataclass(frozen=True, slots=True)
class Story:
    """A story before its slots are filled."""

    id: str
    split: str
    title: str
    opening: str
    other_opening: str
    paragraphs: tuple[str, ...]
    unused: tuple[str, ...]  # paragraphs of its topic that it does not have
    slots: dict[str, str]

    def filled(self, text: str) -> str:
        """A text with the story's names and figures."""
        return text.format(**self.slots)

    def lines(self) -> list[str]:
        """Its paragraphs as they are printed, the opening first."""
        return [self.filled(one) for one in (self.opening, *self.paragraphs)]

    def headline(self) -> str:
        """Its title as it is printed."""
        return self.filled(self.title)

    def with_slots(self, **slots: str) -> Story:
        """The same words about something else."""
        return replace(self, slots={**self.slots, **slots})


def base_stories() -> list[Story]:
    """Every base story: for each topic so many, from brief ones to long ones."""
    written = tomllib.loads((Path(__file__).parent / "topics.toml").read_text("utf-8"))
    topics, background = written["topic"], written["background"]
    return [_story(topic, number, background) for topic in topics for number in range(OF_A_TOPIC)]


def _story(topic: dict[str, Any], number: int, background: list[str]) -> Story:
    random = Random(f"{topic['name']} {number}")  # noqa: S311 - the same choices each time are wanted
    paragraphs = [_chosen(one, random) for one in topic["paragraphs"]]
    count = 2 + number * (len(paragraphs) - 4) // (OF_A_TOPIC - 1)
    taken = set(random.sample(range(len(paragraphs)), count))
    return Story(
        id=f"{topic['name']}-{number}",
        split=topic["split"],
        title=_chosen(topic["title"], random),
        opening=_chosen(topic["opening"], random),
        other_opening=_chosen(topic["other_opening"], random),
        paragraphs=(
            *(one for place, one in enumerate(paragraphs) if place in taken),
            *(_chosen(one, random) for one in random.sample(background, max(0, 2 * (number - 4)))),
        ),
        unused=tuple(one for place, one in enumerate(paragraphs) if place not in taken),
        slots=slots_from(random),
    )


def _chosen(template: str, random: Random) -> str:
    """A template with one wording of each choice; a choice without alternatives may be left out."""

    def choose(match: re.Match[str]) -> str:
        wordings = str(match[1]).split("|")
        return random.choice(wordings if len(wordings) > 1 else [*wordings, ""])

    chosen = CHOICE.sub(choose, template)
    return " ".join(chosen.split())


def slots_from(random: Random) -> dict[str, str]:
    """Names and figures of one story."""
    donor, capital, currency = random.choice(DONORS)
    person, person2 = random.sample(PERSONS, 2)
    return {
        "donor": donor,
        "capital": capital,
        "currency": currency,
        "person": person,
        "person2": person2,
        "city": random.choice(CITIES),
        "arms": random.choice(ARMS),
        "company": random.choice(COMPANIES),
        "pollster": random.choice(POLLSTERS),
        "day": random.choice(DAYS),
        "amount": str(random.choice([random.randrange(11, 99), random.randrange(100, 990, 10)])),
        "n": str(random.randrange(12, 190)),
        "n2": str(random.randrange(200, 990)),
        "n3": str(random.randrange(21, 79)),
    }
