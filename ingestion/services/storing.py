"""Stores entries: each story once, each change of its words as a revision, whatever runs beside it or breaks off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db import DataError, IntegrityError, transaction
from django.db.models import Max

from ingestion.addresses import same_addresses, shorten
from ingestion.blobs import NO_BYTES, Keeper
from ingestion.deciding import Decision, Known, New, Revised, Unchanged, content_hash, decide
from ingestion.models import Article, ArticleUrl, FetchAttempt, Revision, Source, SourceKind, Story
from ingestion.parsing import Entry

BATCH = 100


@dataclass(slots=True)
class Tally:
    """What became of the entries of one reading."""

    added: int = 0
    revised: int = 0
    unchanged: int = 0
    dropped: list[str] = field(default_factory=list)
    revision_ids: list[int] = field(default_factory=list)
    article_ids: list[int] = field(default_factory=list)  # of the entries taken, in their order


@dataclass(slots=True)
class _Index:
    """The known articles that the entries of a batch may be about."""

    by_guid: dict[str, Known] = field(default_factory=dict)
    by_url: dict[str, Known] = field(default_factory=dict)
    by_hash: dict[str, Known] = field(default_factory=dict)

    def of(self, entry: Entry) -> Known | None:
        """The article an entry is about: by the source's own name, by address, by its very words."""
        if entry.guid and (known := self.by_guid.get(entry.guid)):
            return known
        if known := self.at_address(entry):
            return known
        return self.by_hash.get(content_hash(entry.title, entry.text))

    def at_address(self, entry: Entry) -> Known | None:
        """The article known under the entry's address, be it of http or https."""
        if not entry.url:
            return None
        return next((self.by_url[url] for url in same_addresses(entry.url) if url in self.by_url), None)

    def learn(self, entry: Entry, known: Known) -> None:
        """Remember what an entry of this batch became, for the entries after it."""
        if entry.guid:
            self.by_guid[entry.guid] = known
        if entry.url:
            self.by_url.setdefault(entry.url, known)
        self.by_hash[content_hash(entry.title, entry.text)] = known


def store_entries(
    source: Source,
    entries: Sequence[Entry],
    *,
    attempt: FetchAttempt,
    now: datetime,
    by_hand: bool = False,
    origin: Keeper | None = None,
) -> Tally:
    """Store what is new among the entries, each in a transaction of its own, and count.

    ``by_hand``: staff gave the entry, so it may revise an article of any source. Run again with the same entries it
    changes nothing. An entry that the database cannot take is dropped with a sentence; the rest goes on. ``origin`` has
    the bytes that the entries were read from; they are stored once a revision rests on them.
    """
    tally = Tally()
    taken: set[int] = set()
    for first in range(0, len(entries), BATCH):
        batch = entries[first : first + BATCH]
        index = _look_up(source, batch, by_hand=by_hand)
        for entry in batch:
            _store_one(source, entry, index, taken, tally, attempt=attempt, now=now, by_hand=by_hand, origin=origin)
    return tally


def _store_one(
    source: Source,
    entry: Entry,
    index: _Index,
    taken: set[int],
    tally: Tally,
    *,
    attempt: FetchAttempt,
    now: datetime,
    by_hand: bool,
    origin: Keeper | None,
) -> None:
    known = index.of(entry)
    if known is not None and known.article_id in taken and known.seen_hash != content_hash(entry.title, entry.text):
        tally.dropped.append(
            f"“{shorten(entry.title, 60)}” has the address or identifier of an earlier entry, with other words."
        )
        return
    try:
        try:
            decision, revision = _write(
                source, entry, known, index, attempt=attempt, now=now, by_hand=by_hand, origin=origin
            )
        except IntegrityError:
            # Another source stored the same article in between: look again, and decide on what is there now.
            index = _look_up(source, [entry], by_hand=by_hand)
            known = index.of(entry)
            decision, revision = _write(
                source, entry, known, index, attempt=attempt, now=now, by_hand=by_hand, origin=origin
            )
    except (DataError, IntegrityError) as error:
        tally.dropped.append(f"“{shorten(entry.title, 60)}” cannot be stored ({type(error).__name__}).")
        return
    _count(tally, decision, revision)
    learned = index.of(entry)
    if learned is not None:
        taken.add(learned.article_id)
        tally.article_ids.append(learned.article_id)


def _count(tally: Tally, decision: Decision, revision: Revision | None) -> None:
    if isinstance(decision, New):
        tally.added += 1
    elif revision is not None:
        tally.revised += 1
    else:
        tally.unchanged += 1
    if revision is not None:
        tally.revision_ids.append(revision.pk)


def _look_up(source: Source, entries: Sequence[Entry], *, by_hand: bool) -> _Index:
    """Three queries for a batch, however much is stored."""
    index = _Index()
    guids = [entry.guid for entry in entries if entry.guid]
    urls = [url for entry in entries if entry.url for url in same_addresses(entry.url)]
    hashes = [content_hash(entry.title, entry.text) for entry in entries]
    for pk, guid, seen in Article.objects.filter(source=source, guid__in=guids).values_list("id", "guid", "seen_hash"):
        index.by_guid[guid] = Known(pk, own=True, seen_hash=seen)
    found = ArticleUrl.objects.filter(url__in=urls).values_list(
        "url", "article_id", "article__source_id", "article__seen_hash"
    )
    for url, pk, owner_id, seen in found:
        index.by_url[url] = Known(pk, own=by_hand or owner_id == source.pk, seen_hash=seen)
    same_words = Revision.objects.filter(article__source=source, content_hash__in=hashes).values_list(
        "content_hash", "article_id", "article__seen_hash"
    )
    if source.kind == SourceKind.SINGLE and any(entry.url for entry in entries):
        # Two papers may print the same agency's words: by hand, only a text without an address is known by its words.
        same_words = same_words.filter(article__canonical_url__isnull=True)
    for words, pk, seen in same_words:
        index.by_hash[words] = Known(pk, own=True, seen_hash=seen)
    return _of_latest_words(index) if by_hand else index


def _of_latest_words(index: _Index) -> _Index:
    """By hand, an entry is compared with the article's words as they stand, not with what its source last gave."""
    for found in (index.by_guid, index.by_url, index.by_hash):
        for key, known in found.items():
            found[key] = replace(known, seen_hash=_latest(known.article_id).content_hash)
    return index


def _write(
    source: Source,
    entry: Entry,
    known: Known | None,
    index: _Index,
    *,
    attempt: FetchAttempt,
    now: datetime,
    by_hand: bool,
    origin: Keeper | None,
) -> tuple[Decision, Revision | None]:
    decision = decide(known, entry)
    if isinstance(decision, Unchanged) and known is not None:
        _note_address(decision.article_id, entry, index)
        index.learn(entry, known)
        return decision, None
    revision: Revision | None
    with transaction.atomic():
        if isinstance(decision, Revised):
            article_id = decision.article_id
            if by_hand:
                revision = _write_by_hand(decision, entry, attempt=attempt, now=now, origin=origin)
            else:
                revision = _write_revised(decision, source, entry, attempt=attempt, now=now, origin=origin)
            _note_address(article_id, entry, index)
        else:
            revision = _write_new(source, entry, attempt=attempt, now=now, origin=origin)
            article_id = revision.article_id
    index.learn(entry, Known(article_id, own=True, seen_hash=content_hash(entry.title, entry.text)))
    return decision, revision


def _write_new(
    source: Source, entry: Entry, *, attempt: FetchAttempt, now: datetime, origin: Keeper | None
) -> Revision:
    article = Article.objects.create(
        source=source,
        story=Story.objects.create(created_at=now),
        canonical_url=entry.url or None,
        guid=entry.guid,
        seen_hash=content_hash(entry.title, entry.text),
        page_due_at=now if source.fetch_pages and entry.url else None,
        first_seen_at=now,
    )
    if entry.url:
        ArticleUrl.objects.create(article=article, url=entry.url)
    return write_revision(article.pk, entry, attempt=attempt, now=now, origin=origin)


def _write_revised(
    decision: Revised, source: Source, entry: Entry, *, attempt: FetchAttempt, now: datetime, origin: Keeper | None
) -> Revision | None:
    seen = content_hash(entry.title, entry.text)
    article = Article.objects.select_for_update().get(pk=decision.article_id)
    if article.seen_hash == seen:  # another run was quicker
        return None
    article.seen_hash = seen
    wants_page = source.fetch_pages and bool(article.canonical_url)
    if wants_page:
        article.page_due_at, article.page_tries = now, 0
    article.save(update_fields=["seen_hash", "page_due_at", "page_tries"])
    if wants_page and len(entry.text) < len(_latest(article.pk).text):
        return None  # a changed summary of a text that is known whole: its page is read anew instead
    return write_revision(article.pk, entry, attempt=attempt, now=now, origin=origin)


def _write_by_hand(
    decision: Revised, entry: Entry, *, attempt: FetchAttempt, now: datetime, origin: Keeper | None
) -> Revision | None:
    """A revision that staff brought. What the source last gave stays noted, so that its next poll undoes nothing."""
    Article.objects.select_for_update().get(pk=decision.article_id)
    if _latest(decision.article_id).content_hash == content_hash(entry.title, entry.text):
        return None
    return write_revision(decision.article_id, entry, attempt=attempt, now=now, origin=origin)


def _latest(article_id: int) -> Revision:
    """The newest revision; an article always has one, for both are written together."""
    return Revision.objects.filter(article_id=article_id).order_by("-number")[0]


def write_revision(
    article_id: int, entry: Entry, *, attempt: FetchAttempt | None, now: datetime, origin: Keeper | None = None
) -> Revision:
    """The next revision of an article, waiting to be read. The caller holds the transaction."""
    last = Revision.objects.filter(article_id=article_id).aggregate(last=Max("number"))["last"] or 0
    return Revision.objects.create(
        article_id=article_id,
        number=last + 1,
        title=entry.title,
        text=entry.text,
        content_hash=content_hash(entry.title, entry.text),
        author=entry.author,
        language=entry.language,
        published_at=entry.published_at,
        fetched_at=now,
        attempt=attempt,
        **(origin.fields(entry) if origin else NO_BYTES),
    )


def _note_address(article_id: int, entry: Entry, index: _Index) -> None:
    """Keep one more address under which a known article was found; the first that it gets is its canonical one."""
    if entry.url and index.at_address(entry) is None:
        with transaction.atomic():
            note_addresses(article_id, [entry.url])
            Article.objects.filter(pk=article_id, canonical_url__isnull=True).update(canonical_url=entry.url)


def note_addresses(article_id: int, urls: Sequence[str]) -> None:
    """Keep addresses under which an article was found; those that lead to another article stay with it."""
    ArticleUrl.objects.bulk_create([ArticleUrl(article_id=article_id, url=url) for url in urls], ignore_conflicts=True)
