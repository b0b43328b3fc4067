"""Compares what stands in the database with what the feeds told, and finds whatever was lost, doubled or left."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from django.db.models import Count, Q
from django.utils import timezone

from ingestion.models import (
    Article,
    Candidate,
    CandidateFinding,
    CandidateState,
    ExtractState,
    FetchAttempt,
    Finding,
    HostSlot,
    Outcome,
    Revision,
    Source,
)
from tests.chaos.news import Claim, News, PlannedArticle

TOLD_OF_EACH = 5
MILLION = 10**6


@dataclass
class Judgement:
    """What was found, in numbers and in sentences."""

    figures: dict[str, int] = field(default_factory=dict)
    faults: dict[str, list[str]] = field(default_factory=lambda: {"lost": [], "doubled": [], "left": [], "wrong": []})

    def blame(self, kind: str, words: str) -> None:
        """Note one fault."""
        self.faults[kind].append(words)

    @property
    def good(self) -> bool:
        """Whether there is nothing to blame."""
        return not any(self.faults.values())

    def sentences(self) -> list[str]:
        """The first few of each kind."""
        told = []
        for kind, words in self.faults.items():
            told += [f"{kind}: {one}" for one in words[:TOLD_OF_EACH]]
            if len(words) > TOLD_OF_EACH:
                told.append(f"{kind}: … and {len(words) - TOLD_OF_EACH} more")
        return told


def judge(news: News, *, waiting_messages: dict[str, int]) -> Judgement:
    """Everything, once the feeds have told all and every process has ended."""
    judgement = Judgement()
    articles = _judge_articles(news, judgement)
    revisions = _judge_revisions(articles, judgement)
    _judge_findings(revisions, judgement)
    _judge_candidates(articles, revisions, judgement)
    _judge_stories(articles, judgement)
    for what, number in {**unfinished(), **{f"messages in {key}": n for key, n in waiting_messages.items()}}.items():
        if number:
            judgement.blame("left", f"{number} {what}")
    return judgement


def unfinished() -> dict[str, int]:
    """What is begun and not ended, or waits to be begun, by what it is. A claim whose time is over is none."""
    now = timezone.now()
    return {
        "revisions not read": Revision.objects.exclude(extract_state=ExtractState.DONE).count(),
        "attempts under way": FetchAttempt.objects.filter(outcome=Outcome.RUNNING).count(),
        "sources claimed": Source.objects.filter(claimed_until__gt=now).count(),
        "hosts claimed": HostSlot.objects.filter(Q(claimed_until__gt=now) | Q(visit_until__gt=now)).count(),
        "pages to be fetched": Article.objects.filter(page_due_at__isnull=False).count(),
    }


def _judge_articles(news: News, judgement: Judgement) -> dict[int, PlannedArticle]:
    """Each article once, none unknown. The planned article of each row, by the row's id."""
    by_path = {article.path: article for article in news.articles}
    found: dict[int, PlannedArticle] = {}
    rows = dict(Article.objects.values_list("id", "canonical_url"))
    for pk, url in rows.items():
        planned = by_path.get(urlsplit(url or "").path)
        if planned is None:
            judgement.blame("wrong", f"article {pk} at {url}, which no feed told of")
        else:
            found[pk] = planned
    times = Counter(planned.number for planned in found.values())
    for article in news.articles:
        if times[article.number] == 0:
            judgement.blame("lost", f"article {article.path}")
        elif times[article.number] > 1:
            judgement.blame("doubled", f"article {article.path}, {times[article.number]} times")
    judgement.figures["articles told of"] = len(news.articles)
    judgement.figures["articles in"] = len(rows)
    return found


@dataclass(frozen=True, slots=True)
class ReadRevision:
    """A revision, and the claims that its words make."""

    article: int
    latest: bool
    claims: frozenset[Claim]


def _judge_revisions(articles: dict[int, PlannedArticle], judgement: Judgement) -> dict[int, ReadRevision]:
    """The words of each revision are an edition's; the latest has the latest words; none comes twice in a row."""
    by_article: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for pk, article, text in Revision.objects.order_by("article", "number").values_list("id", "article_id", "text"):
        by_article[article].append((pk, " ".join(text.split())))
    found: dict[int, ReadRevision] = {}
    for article, rows in by_article.items():
        if article not in articles:
            continue
        planned = articles[article]
        words = _words(planned)
        for place, (pk, text) in enumerate(rows):
            latest = place == len(rows) - 1
            if text not in words:
                judgement.blame("wrong", f"revision {pk} of {planned.path} has words that were never told: {text[:80]}")
            elif place and rows[place - 1][1] == text:
                judgement.blame("doubled", f"revision {pk} of {planned.path}")
            found[pk] = ReadRevision(article, latest, words.get(text, frozenset()))
        if not rows[-1][1].endswith(planned.latest.text):
            judgement.blame(
                "lost", f"the latest words of {planned.path}; it has revision {len(rows)}: {rows[-1][1][:60]}"
            )
    for article, planned in articles.items():
        if article not in by_article:
            judgement.blame("lost", f"the words of {planned.path}")
    judgement.figures["revisions"] = sum(map(len, by_article.values()))
    return found


def _words(planned: PlannedArticle) -> dict[str, frozenset[Claim]]:
    """All words that an article may have, with the claims that they make. Those of a page begin with its headline."""
    if planned.whole_in_feed:
        return {edition.text: edition.claims for edition in planned.editions}
    pages = {f"{planned.title} {edition.text}": edition.claims for edition in planned.editions}
    return {**pages, **{edition.summary: frozenset() for edition in planned.editions}}


def _judge_findings(revisions: dict[int, ReadRevision], judgement: Judgement) -> None:
    """Each revision is read once, and by one reader; what it was read to say is what it says."""
    found: dict[int, list[Claim]] = defaultdict(list)
    versions: dict[int, set[str]] = defaultdict(set)
    rows = Finding.objects.values_list("revision_id", "extractor_version", "payload")
    for of_revision, version, payload in rows:
        found[of_revision].append(claim_of(payload))
        versions[of_revision].add(version)
    for pk, revision in revisions.items():
        if len(versions[pk]) > 1:
            judgement.blame("doubled", f"the reading of revision {pk}: by {', '.join(sorted(versions[pk]))}")
        _compare(Counter(found[pk]), Counter(revision.claims), f"in revision {pk}", "finding", judgement)
    judgement.figures["findings"] = len(rows)


def claim_of(payload: dict[str, Any]) -> Claim:
    """What a stored finding says, in the terms of the news."""
    amount = payload.get("amount") or {}
    millions = int(Decimal(amount.get("value") or 0)) // MILLION
    return Claim(donor="+".join(payload.get("donors") or ["?"]), millions=millions)


def _compare(found: Counter[Claim], wanted: Counter[Claim], where: str, what: str, judgement: Judgement) -> None:
    for claim, number in (wanted - found).items():
        judgement.blame("lost", f"{number} {what}(s) of {claim} {where}")
    for claim, number in (found - wanted).items():
        kind = "doubled" if claim in wanted else "wrong"
        judgement.blame(kind, f"{number} {what}(s) too many of {claim} {where}")


def _judge_candidates(
    articles: dict[int, PlannedArticle], revisions: dict[int, ReadRevision], judgement: Judgement
) -> None:
    """One waiting candidate for each claim that stands in the latest words, carried by each article that makes it.

    Of claims that stood in earlier words alone at most one candidate is left, and it is superseded: whether there is
    one depends on whether those words were read while they were the latest.
    """
    states: dict[str, Counter[Claim]] = defaultdict(Counter)
    rows = Candidate.objects.values_list("state", "finding__payload")
    for state, payload in rows:
        states[state][claim_of(payload)] += 1
    stand = {claim for planned in articles.values() for claim in planned.latest.claims}
    stood = {claim for planned in articles.values() for one in planned.editions for claim in one.claims} - stand
    _compare(states.pop(CandidateState.PENDING, Counter()), Counter(stand), "waiting", "candidate", judgement)
    superseded = states.pop(CandidateState.SUPERSEDED, Counter())
    _compare(superseded, superseded & Counter(stood), "superseded", "candidate", judgement)
    for state, counted in states.items():
        judgement.blame("wrong", f"{counted.total()} candidates {state}, though nobody decided")
    _judge_links(revisions, judgement)
    judgement.figures["candidates"] = len(rows)


def _judge_links(revisions: dict[int, ReadRevision], judgement: Judgement) -> None:
    """Every finding of latest words carries one candidate that waits, and it is one of the same claim."""
    carried: Counter[int] = Counter()
    rows = CandidateFinding.objects.filter(candidate__state=CandidateState.PENDING).values_list(
        "finding_id", "finding__payload", "candidate__finding__payload"
    )
    for finding, payload, shown in rows:
        carried[finding] += 1
        if claim_of(payload) != claim_of(shown):
            judgement.blame("wrong", f"finding {finding} carries a candidate of another claim")
    latest = [pk for pk, revision in revisions.items() if revision.latest]
    for first in range(0, len(latest), 500):
        for finding in Finding.objects.filter(revision__in=latest[first : first + 500]).values_list("id", flat=True):
            if carried[finding] != 1:
                kind = "doubled" if carried[finding] else "lost"
                judgement.blame(kind, f"finding {finding} carries {carried[finding]} waiting candidates instead of one")


def _judge_stories(articles: dict[int, PlannedArticle], judgement: Judgement) -> None:
    """Articles of the same words are one story, and others are not."""
    stories: dict[int, set[int]] = defaultdict(set)
    planned: dict[int, set[int]] = defaultdict(set)
    for pk, story in Article.objects.values_list("id", "story_id"):
        if pk in articles:
            stories[story].add(articles[pk].story)
            planned[articles[pk].story].add(story)
    for story, numbers in stories.items():
        if len(numbers) > 1:
            judgement.blame("wrong", f"story {story} holds articles that have nothing to do with each other: {numbers}")
    for number, found in planned.items():
        if len(found) > 1:
            judgement.blame("wrong", f"the articles of story-{number} are {len(found)} stories")
    judgement.figures["stories"] = len(stories)


def attempts() -> dict[str, int]:
    """How the attempts ended."""
    rows = FetchAttempt.objects.order_by().values_list("outcome").annotate(number=Count("pk"))
    return dict(rows.order_by("-number"))
