"""What the feeds of a run tell: articles whose claims are known, and when each of them appears and changes.

Everything follows from the seed, so that the feed server and the run that judges make the same news apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from random import Random

from tests.prose import paragraph

DONORS = {
    "NO": "Norway", "SE": "Sweden", "DK": "Denmark", "FI": "Finland", "EE": "Estonia", "LV": "Latvia",
    "LT": "Lithuania", "PL": "Poland", "CZ": "the Czech Republic", "AT": "Austria", "ES": "Spain", "PT": "Portugal",
    "IT": "Italy", "GR": "Greece", "IE": "Ireland", "BE": "Belgium", "CA": "Canada", "JP": "Japan", "AU": "Australia",
    "NZ": "New Zealand",
}  # fmt: skip
TELLINGS = (
    "{Donor} announced on Tuesday that it will give {amount} million euros in humanitarian aid to Ukraine.",
    "{Donor} will provide Ukraine with {amount} million euros in humanitarian aid, the government said on Monday.",
    "{Donor} pledged {amount} million euros in humanitarian aid to Ukraine on Wednesday.",
)
EVERY_NTH_FEED_HAS_SUMMARIES = 3
EVERY_NTH_ARTICLE_CHANGES = 8
EVERY_NTH_ARTICLE_IS_COPIED = 40  # an agency's text, which other feeds print as well
COPIES = 2
LAST_NEW_ARTICLE, LAST_CHANGE = 0.8, 0.95


@dataclass(frozen=True, slots=True, order=True)
class Claim:
    """One pledge that an article tells of: who gives, and how many million euros."""

    donor: str
    millions: int


@dataclass(frozen=True, slots=True)
class Edition:
    """The words of an article at one time."""

    appears: float  # as a share of the run, 0 to 1
    paragraphs: tuple[str, ...]
    summary: str
    claims: frozenset[Claim]

    @property
    def text(self) -> str:
        """All words, with one space between two."""
        return " ".join(self.paragraphs)


@dataclass(frozen=True, slots=True)
class PlannedArticle:
    """An article with all editions that it will have, the first one first."""

    number: int
    feed: int
    whole_in_feed: bool  # else the feed has a summary, and the text is on the article's page
    editions: tuple[Edition, ...]
    story: int  # articles of one story have the same words

    @property
    def title(self) -> str:
        """Its headline."""
        return f"Story number {self.story}"

    @property
    def latest(self) -> Edition:
        """The words that it has in the end."""
        return self.editions[-1]

    @property
    def path(self) -> str:
        """Its address on its host."""
        return f"/feed-{self.feed}/story-{self.number}"

    def edition_at(self, moment: float) -> Edition | None:
        """What stands there at a moment of the run; ``None`` before it has appeared."""
        return next((one for one in reversed(self.editions) if one.appears <= moment), None)


@dataclass(frozen=True)
class News:
    """All articles of a run."""

    seed: int
    articles_wanted: int
    feeds: int

    @cached_property
    def articles(self) -> tuple[PlannedArticle, ...]:
        """Every article, spread evenly over the feeds. Two stories never tell of the same claim."""
        written = [self._article(number) for number in range(self.articles_wanted)]
        agency = [one for one in written if one.number % EVERY_NTH_ARTICLE_IS_COPIED == EVERY_NTH_ARTICLE_IS_COPIED - 1]
        copies = [
            self._copy(original, self.articles_wanted + COPIES * place + copy, feeds_on=copy + 1)
            for place, original in enumerate(agency)
            for copy in range(COPIES)
        ]
        return (*written, *copies)

    @cached_property
    def by_feed(self) -> tuple[tuple[PlannedArticle, ...], ...]:
        """The articles of each feed."""
        return tuple(tuple(one for one in self.articles if one.feed == feed) for feed in range(self.feeds))

    @staticmethod
    def has_summaries(feed: int) -> bool:
        """Whether a feed has only summaries, so that each article's page has to be fetched."""
        return feed % EVERY_NTH_FEED_HAS_SUMMARIES == 0

    def _article(self, number: int) -> PlannedArticle:
        random = Random(f"{self.seed} {number}")  # noqa: S311
        feed = number % self.feeds
        prose = [paragraph(random) for _ in range(4)]
        told = [_claim(number, place) for place in range(random.choice((0, 1, 1, 1, 2)))]
        editions = [_edition(random, random.uniform(0, LAST_NEW_ARTICLE), prose, told)]
        if number % EVERY_NTH_ARTICLE_CHANGES == 0:
            later = random.uniform(editions[0].appears, LAST_CHANGE)
            prose = [*prose[:-1], paragraph(random)]
            editions.append(_edition(random, later, prose, [*told[1:], _claim(number, 2)]))
        return PlannedArticle(number, feed, not self.has_summaries(feed), tuple(editions), story=number)

    def _copy(self, original: PlannedArticle, number: int, *, feeds_on: int) -> PlannedArticle:
        feed = (original.feed + feeds_on) % self.feeds  # one that brings the same words twice brings one article
        return PlannedArticle(number, feed, not self.has_summaries(feed), original.editions, story=original.number)


def _claim(number: int, place: int) -> Claim:
    return Claim(donor=list(DONORS)[(number + place) % len(DONORS)], millions=1 + 3 * number + place)


def _edition(random: Random, appears: float, prose: list[str], claims: list[Claim]) -> Edition:
    tellings = [_telling(random, claim) for claim in claims]
    paragraphs = [part for pair in zip(prose, [*tellings, *[""] * len(prose)], strict=False) for part in pair if part]
    summary = " ".join(_first_sentence(one) for one in (prose[0], prose[-1]))
    return Edition(appears, tuple(paragraphs), summary, frozenset(claims))


def _first_sentence(words: str) -> str:
    return words.partition(". ")[0].removesuffix(".") + "."


def _telling(random: Random, claim: Claim) -> str:
    donor = DONORS[claim.donor]
    return random.choice(TELLINGS).format(Donor=donor[0].upper() + donor[1:], amount=claim.millions)
