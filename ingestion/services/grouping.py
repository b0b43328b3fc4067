"""Brings articles of nearly the same words into one story, so that the desk has one candidate with many grounds.

Two workers that read two copies at once cannot miss each other: each writes and commits its article's sketch before it
looks for others, so at least the later one sees both. They cannot join crosswise either: whoever joins stories holds
the rows of all of them, taken in the order of their ids, and looks again at who is in them.
"""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db.models import Exists, Max, OuterRef

from ingestion.likeness import Text, read_text, same_text, sketch
from ingestion.models import Article, Candidate, CandidateFinding, CandidateState, Revision, SketchBand, Story

# Papers print an agency's text within hours, a weekend later at most. It has to be well below a week, after which
# reports that come every week look like the last one.
WINDOW = timedelta(days=4)
SKETCHES_KEPT = timedelta(days=90)
MOST_HITS = 240  # equal numbers looked at; where there are more, they are a site's own words, in all that it brings
MOST_COMPARED = 6  # articles, at most MOST_OF_A_STORY of each story
MOST_OF_A_STORY = 2
CROWD = 30  # articles; among more of them one number in common says nothing
DECIDED = frozenset({CandidateState.ACCEPTED, CandidateState.MERGED, CandidateState.REJECTED})

log = logging.getLogger(__name__)


def told_at(revision: Revision) -> datetime:
    """When a revision's words were published, or fetched if its source does not say."""
    return revision.published_at or revision.fetched_at


def keep_sketch(revision: Revision) -> tuple[int, ...]:
    """Put an article's sketch, that of its latest words, into the index; the former one is replaced."""
    numbers = sketch(revision.title, revision.text)
    moment = told_at(revision)
    if not numbers:
        if revision.number > 1:
            SketchBand.objects.filter(article_id=revision.article_id).delete()
        return ()
    SketchBand.objects.bulk_create(
        [
            SketchBand(article_id=revision.article_id, band=band, value=value, told_at=moment)
            for band, value in enumerate(numbers)
        ],
        update_conflicts=True,
        unique_fields=["article", "band"],
        update_fields=["value", "told_at"],
    )
    return numbers


def find_same(revision: Revision, numbers: Sequence[int]) -> dict[int, int]:
    """Articles of the same words, each with its story. One query, and a second one if the index names any.

    To be called when the sketch is committed, outside of a transaction.
    """
    near = _near(revision, numbers)
    if not near:
        return {}
    mine = read_text(revision.title, revision.text)
    newer = Revision.objects.filter(article_id=OuterRef("article_id"), number__gt=OuterRef("number"))
    rows = (
        Revision.objects.filter(article_id__in=near)
        .exclude(Exists(newer))
        .order_by("article_id")
        .values_list("article_id", "article__story_id", "title", "text")
    )
    return _one_of_each_story(mine, rows)


def _near(revision: Revision, numbers: Sequence[int]) -> list[int]:
    """The articles that share most numbers, of each story a few."""
    if not numbers:
        return []
    moment = told_at(revision)
    hits = (
        SketchBand.objects.filter(value__in=numbers, told_at__range=(moment - WINDOW, moment + WINDOW))
        .exclude(article_id=revision.article_id)
        .values_list("article_id", "article__story_id")[:MOST_HITS]
    )
    shared = Counter(hits)
    least = 2 if len(shared) > CROWD else 1
    taken: list[int] = []
    of_story: Counter[int] = Counter()
    for (article_id, story_id), count in sorted(shared.items(), key=lambda hit: (-hit[1], hit[0])):
        if count < least:
            break
        if of_story[story_id] < MOST_OF_A_STORY and story_id != revision.article.story_id:
            of_story[story_id] += 1
            taken.append(article_id)
        if len(taken) == MOST_COMPARED:
            break
    return taken


def _one_of_each_story(mine: Text, rows: Iterable[tuple[int, int, str, str]]) -> dict[int, int]:
    same: dict[int, int] = {}
    for article_id, story_id, title, text in rows:
        if story_id not in same.values() and same_text(mine, read_text(title, text)):
            same[article_id] = story_id
    return same


def hold_story(revision: Revision, same: dict[int, int]) -> tuple[int, bool] | None:
    """Lock the story of a revision's article, joined with those of ``same``; its id, and whether the words are latest.

    ``None`` if another worker joined one of the stories with a further one in between. ``same`` and the revision's
    article are then up to date, and the caller is to end its transaction and try again.
    """
    article = revision.article
    wanted = {article.story_id, *same.values()}
    held = set(Story.objects.select_for_update().filter(pk__in=wanted).order_by("pk").values_list("pk", flat=True))
    rows = Article.objects.filter(pk__in=[article.pk, *same]).order_by().annotate(newest=Max("revisions__number"))
    latest = False
    for pk, story_id, newest in rows.values_list("pk", "story_id", "newest"):
        if pk == article.pk:
            article.story_id, latest = story_id, newest == revision.number
        else:
            same[pk] = story_id
    stories = {article.story_id, *same.values()}
    if not stories <= held:
        return None
    if len(stories) > 1 and not _settled(revision):
        article.story_id = _join(stories, article.story_id)
    return article.story_id, latest


def _settled(revision: Revision) -> bool:
    """Whether an article was grouped by earlier words: what it says now does not tie that group to another one."""
    others = Article.objects.filter(story_id=revision.article.story_id).exclude(pk=revision.article_id)
    return revision.number > 1 and others.exists()


def _join(stories: set[int], own: int) -> int:
    """Make one story of those that can be, and say which one ``own`` is now. The caller holds their rows.

    A story with a decided candidate stays what it is, and the others come to it; of two such neither moves. Else the
    oldest stays.
    """
    candidates = list(Candidate.objects.select_for_update().filter(story_id__in=stories).order_by("pk"))
    decided = {one.story_id for one in candidates if one.state in DECIDED}
    kept = min(decided or stories)
    moving = stories - decided - {kept}
    if not moving:
        return own
    if any(one.story_id in moving for one in candidates):
        _move_candidates(candidates, kept, moving)
    Article.objects.filter(story_id__in=moving).update(story_id=kept)
    Story.objects.filter(pk__in=moving).delete()
    log.info("joined stories", extra={"story": kept, "joined": sorted(moving)})
    return kept if own in moving else own


def _move_candidates(candidates: list[Candidate], kept: int, moving: set[int]) -> None:
    """Equal claims become one: that of the story that stays, or the older one, takes the other's findings."""
    living = {
        (one.kind, one.claim_key): one
        for one in candidates
        if one.story_id == kept and one.state != CandidateState.SUPERSEDED
    }
    taken_over: dict[int, Candidate] = {}
    for one in (one for one in candidates if one.story_id in moving):
        one.story_id = kept
        if one.state == CandidateState.SUPERSEDED:
            continue
        equal = living.setdefault((one.kind, one.claim_key), one)
        if equal is not one:
            one.state, one.successor = CandidateState.SUPERSEDED, equal
            one.claimed_by = one.claimed_until = None
            taken_over[one.pk] = equal
    # Superseded first: of equal claims in one story only one may live, and the check is made row by row.
    moved = [one for one in candidates if one.pk in taken_over]
    Candidate.objects.bulk_update(moved, ["state", "successor", "claimed_by", "claimed_until"])
    Candidate.objects.filter(story_id__in=moving).update(story_id=kept)
    _take_over(taken_over)


def _take_over(taken_over: dict[int, Candidate]) -> None:
    """Let the candidates that stay have the findings and the parts of those that they took the place of."""
    if not taken_over:
        return
    findings: defaultdict[int, list[int]] = defaultdict(list)
    links = CandidateFinding.objects.filter(candidate_id__in=taken_over)
    for candidate_id, finding_id in links.values_list("candidate_id", "finding_id"):
        findings[candidate_id].append(finding_id)
    CandidateFinding.objects.bulk_create(
        [
            CandidateFinding(candidate=equal, finding_id=finding_id)
            for pk, equal in taken_over.items()
            for finding_id in findings[pk]
        ],
        ignore_conflicts=True,
    )
    parts = list(Candidate.objects.filter(part_of_id__in=taken_over))
    for part in parts:
        if part.part_of_id is not None:
            part.part_of = taken_over[part.part_of_id]
    Candidate.objects.bulk_update(parts, ["part_of"])


def forget_old_sketches(*, now: datetime) -> int:
    """Delete the sketches of articles first seen, and told, more than 90 days ago. How many articles' were deleted.

    Nothing told now is compared with them any more. Told alone would not do: a backfill brings old articles.
    """
    before = now - SKETCHES_KEPT
    old = SketchBand.objects.filter(told_at__lt=before, article__first_seen_at__lt=before)
    articles = old.filter(band=0).count()
    SketchBand.objects.filter(
        told_at__lt=before, article_id__in=Article.objects.filter(first_seen_at__lt=before).values("pk")
    ).delete()
    return articles
