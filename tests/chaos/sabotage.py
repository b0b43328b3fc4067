"""Damages what a run has left, one thing after the other, and sees that the judgement notices each.

A check that cannot fail is worth nothing. Every damage is made in a transaction that is taken back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from ingestion.models import (
    Article,
    ArticleUrl,
    Candidate,
    CandidateFinding,
    CandidateState,
    FetchAttempt,
    Finding,
    HostSlot,
    Revision,
    Source,
    Story,
)
from tests.chaos.judging import judge
from tests.chaos.news import News

Damage = Callable[[], object]


def unnoticed(news: News) -> tuple[int, list[str]]:
    """How many damages were made, and those that the judgement did not notice."""
    missed = []
    damages = dict(_damages())
    for name, damage in damages.items():
        with transaction.atomic():
            damage()
            messages = {"extraction": 1} if name == "a message is left" else {}
            if judge(news, waiting_messages=messages).good:
                missed.append(name)
            transaction.set_rollback(True)
    return len(damages), missed


def _damages() -> Iterator[tuple[str, Damage]]:
    now = timezone.now()
    pending = Candidate.objects.filter(state=CandidateState.PENDING)
    yield "an article is lost", _lose_an_article
    yield "an article is doubled", _double_an_article
    yield "a revision is doubled", _double_a_revision
    yield "the latest words are old ones", _lose_the_latest_words
    yield "a finding is lost", _lose_a_finding
    yield "a finding is doubled", _double_a_finding
    yield "a candidate is lost", lambda: _delete_candidate(pending.first())
    yield "a candidate is doubled", _double_a_candidate
    yield "a candidate is superseded", lambda: Candidate.objects.filter(pk=_id(pending)).update(state="superseded")
    yield "a copy is a story of its own", _part_a_story
    yield "a revision waits", lambda: Revision.objects.filter(pk=_id(Revision.objects)).update(extract_state="pending")
    yield (
        "a revision is claimed",
        lambda: Revision.objects.filter(pk=_id(Revision.objects)).update(extract_state="claimed", lease_until=now),
    )
    yield (
        "an attempt is under way",
        lambda: FetchAttempt.objects.filter(pk=_id(FetchAttempt.objects)).update(outcome="running"),
    )
    yield (
        "a source is claimed",
        lambda: Source.objects.filter(pk=_id(Source.objects)).update(claimed_until=now + timedelta(minutes=5)),
    )
    yield (
        "a host is claimed",
        lambda: HostSlot.objects.filter(pk=_id(HostSlot.objects)).update(claimed_until=now + timedelta(minutes=5)),
    )
    yield "a page waits", lambda: Article.objects.filter(pk=_id(Article.objects)).update(page_due_at=now)
    yield "a message is left", lambda: None


def _id(rows: object) -> int:
    first = rows.order_by("pk").first()  # type: ignore[attr-defined]
    if first is None:
        raise LookupError("There is nothing to damage: the run brought no row of this kind.")
    pk: int = first.pk
    return pk


def _delete_candidate(candidate: Candidate | None) -> None:
    if candidate is None:
        raise LookupError("There is no candidate to delete.")
    CandidateFinding.objects.filter(candidate=candidate).delete()
    Candidate.objects.filter(successor=candidate).update(successor=None)
    candidate.delete()


def _a_plain_article() -> Article:
    """An article of one revision, in a story of its own, with one candidate at least."""
    alone = Story.objects.annotate(number=Count("articles", distinct=True)).filter(number=1, candidates__isnull=False)
    once = Article.objects.annotate(number=Count("revisions")).filter(number=1, story__in=alone.values("pk"))
    return Article.objects.get(pk=_id(once))


def _lose_an_article() -> None:
    article = _a_plain_article()
    for candidate in Candidate.objects.filter(story=article.story):
        _delete_candidate(candidate)
    Finding.objects.filter(revision__article=article).delete()
    Revision.objects.filter(article=article).delete()
    article.delete()


def _double_an_article() -> None:
    article = _a_plain_article()
    story = Story.objects.create(created_at=timezone.now())
    url = f"{article.canonical_url}?again"
    again = Article.objects.create(
        source=article.source, story=story, canonical_url=url, folded_url=None, guid="again",
        seen_hash=article.seen_hash, first_seen_at=timezone.now(),
    )  # fmt: skip
    ArticleUrl.objects.create(article=again, url=url)


def _copy(row: Revision | Finding | Candidate, **changes: object) -> None:
    """Insert a row once more, with changes."""
    again = type(row)(**{field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields})
    again.pk = None
    for name, value in changes.items():
        setattr(again, name, value)
    again.save(force_insert=True)


def _double_a_revision() -> None:
    row = Revision.objects.get(pk=_id(Revision.objects.filter(article=_a_plain_article())))
    _copy(row, number=row.number + 1)


def _lose_the_latest_words() -> None:
    changed = Article.objects.annotate(number=Count("revisions")).filter(number__gt=1)
    row = Revision.objects.filter(article_id=_id(changed)).order_by("-number").first()
    before = Revision.objects.get(article_id=_id(changed), number=1)
    Revision.objects.filter(pk=row.pk if row else 0).update(text=before.text)


def _lose_a_finding() -> None:
    finding = Finding.objects.filter(revision__article=_a_plain_article()).first()
    for candidate in Candidate.objects.filter(finding=finding):
        _delete_candidate(candidate)
    Finding.objects.filter(pk=finding.pk if finding else 0).delete()


def _double_a_finding() -> None:
    row = Finding.objects.get(pk=_id(Finding.objects))
    _copy(row, extractor_version="another-reader")


def _double_a_candidate() -> None:
    row = Candidate.objects.get(pk=_id(Candidate.objects.filter(state=CandidateState.PENDING)))
    story = Story.objects.create(created_at=timezone.now())
    _copy(row, story_id=story.pk)


def _part_a_story() -> None:
    together = Story.objects.annotate(number=Count("articles")).filter(number__gt=1)
    article = Article.objects.filter(story_id=_id(together)).first()
    story = Story.objects.create(created_at=timezone.now())
    Article.objects.filter(pk=article.pk if article else 0).update(story=story)
