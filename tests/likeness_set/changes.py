"""What papers do to a text, and what only looks like it: each makes a variant of a story, always the same one.

``SAME`` are to be found, ``OTHER`` are stories of their own.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from tests.likeness_set.stories import Story, slots_from

LOCAL = (
    "Readers of this paper have been collecting as well. The box in the hall of our office on Station Road was emptied "
    "on Friday for the eleventh time; it held coins of fourteen currencies, a wedding ring and a note that says sorry.",
    "In our town the matter was discussed at the regulars' table of the rowing club, where opinions were divided as "
    "always. The chairman closed the window, the treasurer opened it, and in the end both of them went out in a skiff.",
    "Background: the war began with an attack in the early hours of a Thursday in February. Since then the front has "
    "moved back and forth, cities have been shelled, and millions of people live somewhere else than they used to.",
    "A reader from the hill district writes to us that she was a child when soldiers came through her village. She had "
    "hidden a hen under the stairs, she writes, and the hen kept quiet, and that was all there was to say of courage.",
    "What happens next? Committees meet, papers are passed round, and signatures are wanted of people who are on a "
    "train. Those who follow such things say that dates are kept more often than not, but seldom by more than a day.",
    "Our correspondent has covered the subject since she came to the capital seven years ago. Her earlier reports, an "
    "album of photographs and a map that can be moved with two fingers are found on our pages under the heading World.",
    "The parish of St Brendan holds a flea market on Sunday, from whose proceeds a used minibus is to be bought. Cakes "
    "are welcome, above all those without cream; lists hang in the sacristy and beside the till of the corner shop.",
    "At the grammar school a class has put the question to all parties that sit in the town council. Two have answered "
    "so far, one of them in verse. The replies will be read out in assembly, with marks for clarity and for spelling.",
    "The twin town of ours beyond the river Bug sent greetings and a box of poppy-seed rolls, which customs had opened "
    "and, to judge by the crumbs, examined closely. They will be shared out at the circle's next meeting.",
    "For comparison: the new indoor pool was to cost a sum not very different from this one, and has no roof yet. The "
    "building committee looks at the matter again in spring. A bucket stands where the diving board is going to be.",
    "Listeners of the regional station could hear a debate on it last night. Callers from the coast spoke longer than "
    "those from inland, and a lady of ninety sang two verses of a song that the presenter had never heard before.",
    "A word on our own behalf: names of streets and people that might be of use to anybody with ill intentions have "
    "been left out, as has been our practice from the first day on. Thank you to those who send us pictures.",
)
SPELLINGS = {
    "defence": "defense", "programme": "program", "centre": "center", "per cent": "percent", "harbour": "harbor",
    "organised": "organized", "announced": "announced", "neighbours": "neighbors", "labour": "labor", "grey": "gray",
    "lorries": "trucks", "Defence": "Defense",
}  # fmt: skip
EDITED = {
    "said": "stated", "but": "yet", "also": "too", "about": "roughly", "because": "since", "since": "because",
    "will": "would", "help": "aid", "month": "month", "which": "that", "large": "big", "small": "little",
    "begin": "commence", "still": "yet", "last": "past", "next": "coming", "people": "persons", "another": "a further",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Variant:
    """A changed text."""

    title: str
    lines: list[str]

    @property
    def text(self) -> str:
        return "\n\n".join(self.lines)


Change = Callable[[Story, Story, Random], Variant]  # of a story, beside another one of its split


def reprinted(story: Story, other: Story, random: Random) -> Variant:
    """The words as they are, under a title of the paper's own."""
    return Variant(_own_title(story), story.lines())


def rewritten_opening(story: Story, other: Story, random: Random) -> Variant:
    """The paper's own first paragraph, with the same facts."""
    return Variant(_own_title(story), [story.filled(story.other_opening), *story.lines()[1:]])


def cut_ending(story: Story, other: Story, random: Random) -> Variant:
    """Cut from the end, to between a third and two thirds."""
    lines = story.lines()
    return Variant(story.headline(), lines[: max(2, round(len(lines) * random.uniform(0.34, 0.67)))])


def added_paragraphs(story: Story, other: Story, random: Random) -> Variant:
    """Paragraphs of the paper's own after the text, and one within it."""
    lines = story.lines()
    own = random.sample(LOCAL, 1 + len(lines) // 3)
    lines.insert(random.randrange(1, len(lines)), own[0])
    return Variant(_own_title(story), [*lines, *own[1:]])


def house_style(story: Story, other: Story, random: Random) -> Variant:
    """A dateline, other quotation marks, American spelling, figures and signs by the house's rules."""
    lines = [_american(line) for line in story.lines()]
    lines[0] = f"{story.slots['capital'].upper()}, May {random.randrange(1, 29)} (Wire) — {lines[0]}"
    return Variant(_american(story.headline()).upper(), [*lines, "Reporting by our foreign desk; editing by G. H."])


def _american(text: str) -> str:
    for british, american in SPELLINGS.items():
        text = text.replace(british, american)
    text = re.sub(r"\b(\d+) million\b", r"\1m", text)
    text = re.sub(r'"([^"]*)"', r"“\1”", text)
    return text.replace("percent", "%").replace(" %", "%").replace("'", "’")


def merged_with_another(story: Story, other: Story, random: Random) -> Variant:
    """The whole text, followed by the beginning of another report."""
    return Variant(
        _own_title(story), [*story.lines(), "In other news:", *other.lines()[: 1 + len(story.paragraphs) // 3]]
    )


def edited(story: Story, other: Story, random: Random) -> Variant:
    """Every fourth of many common words is another one, and a paragraph is left out."""
    lines = story.lines()
    if len(lines) > 3:
        del lines[random.randrange(1, len(lines))]

    def swap(match: re.Match[str]) -> str:
        return EDITED.get(match[0], match[0]) if random.random() < 0.5 else match[0]

    return Variant(_own_title(story), [re.sub(r"\b[a-z]+\b", swap, line) for line in lines])


def opening_and_ending(story: Story, other: Story, random: Random) -> Variant:
    """Another opening, and the last third cut."""
    lines = [story.filled(story.other_opening), *story.lines()[1:]]
    return Variant(_own_title(story), lines[: max(3, round(len(lines) * 0.67))])


def changed_figure(story: Story, other: Story, random: Random) -> Variant:
    """The same words with another sum."""
    return reprinted(_raised(story, "amount"), other, random)


def changed_quantity(story: Story, other: Story, random: Random) -> Variant:
    """The same words with another number of things."""
    return reprinted(_raised(story, "n" if "{n}" in story.opening else "n2"), other, random)


def changed_country(story: Story, other: Story, random: Random) -> Variant:
    """The same words of another country."""
    slots = _other_donor(story, random)
    return Variant(story.headline(), story.with_slots(donor=slots["donor"], capital=slots["capital"]).lines())


def other_donor(story: Story, other: Story, random: Random) -> Variant:
    """The same template, with everything in it changed."""
    new = story.with_slots(**_other_donor(story, random))
    return Variant(new.headline(), new.lines())


def other_week(story: Story, other: Story, random: Random) -> Variant:
    """A report that comes every week, with this week's figures."""
    figures = {name: str(int(story.slots[name]) + random.randrange(3, 11)) for name in ("amount", "n", "n2", "n3")}
    new = story.with_slots(**figures, day=random.choice(["Saturday", "Sunday"]))
    return Variant(new.headline(), new.lines())


def follow_up(story: Story, other: Story, random: Random) -> Variant:
    """The next day's report of the same event in other words, with one quotation taken over."""
    lines = [story.filled(one) for one in (story.other_opening, *story.unused)]
    return Variant(_own_title(story), [*lines[:7], story.lines()[random.randrange(1, len(story.paragraphs) + 1)]])


def figure_in_new_opening(story: Story, other: Story, random: Random) -> Variant:
    """Another opening, and in it another sum."""
    return rewritten_opening(_raised(story, "amount"), other, random)


def figure_and_cut(story: Story, other: Story, random: Random) -> Variant:
    """Another sum, and the ending cut."""
    return cut_ending(_raised(story, "amount"), other, random)


def round_up(story: Story, other: Story, random: Random) -> Variant:
    """A column of news in brief, in which the story's opening is one item among eight."""
    items = [*random.sample(LOCAL, 2), other.lines()[0], *map(other.filled, other.unused[:3]), story.lines()[0]]
    return Variant("The day in brief", [*items, *map(story.filled, story.unused[:1])])


def _own_title(story: Story) -> str:
    return story.filled("{donor}: what the decision in {capital} means")


def _raised(story: Story, slot: str) -> Story:
    return story.with_slots(**{slot: str(2 * int(story.slots[slot]))})


def _other_donor(story: Story, random: Random) -> dict[str, str]:
    while True:
        slots = slots_from(random)
        if slots["donor"] != story.slots["donor"] and slots["amount"] != story.slots["amount"]:
            return slots


SAME: tuple[Change, ...] = (
    reprinted, rewritten_opening, cut_ending, added_paragraphs, house_style, merged_with_another, edited,
    opening_and_ending,
)  # fmt: skip
OTHER: tuple[Change, ...] = (
    changed_figure, changed_quantity, changed_country, other_donor, other_week, follow_up, figure_in_new_opening,
    figure_and_cut, round_up,
)  # fmt: skip
