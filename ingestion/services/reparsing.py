"""Reads stored bytes again with the present parsers, and keeps the words where these now give others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from enum import Enum

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from ingestion.blobs import BlobFields, KeptAlready, read
from ingestion.choosing import new_page_is_better
from ingestion.deciding import content_hash
from ingestion.models import Article, BlobKind, Revision
from ingestion.parsing import Entry, Parsed, UnreadableError, finish, parse_feed, parse_page, raw_of_file
from ingestion.services.storing import write_revision

BATCH = 200


class Reparsed(Enum):
    """What came of reading the bytes of an article again."""

    SAME = "the same words"
    CHANGED = "other words"
    DOUBTFUL = "so few or so different words now that those that were there were kept"
    OVERTAKEN = "newer words meanwhile"


def with_bytes(*, source_id: int | None = None, since: datetime | None = None) -> QuerySet[Revision]:
    """The latest revision of each article whose bytes are stored, of one source or fetched from a moment on."""
    newer = Revision.objects.filter(article_id=OuterRef("article_id"), number__gt=OuterRef("number"))
    found = Revision.objects.exclude(blob="").exclude(Exists(newer))
    if source_id is not None:
        found = found.filter(article__source_id=source_id)
    if since is not None:
        found = found.filter(fetched_at__gte=since)
    return found


def ids_of(revisions: QuerySet[Revision]) -> Iterator[int]:
    """Their ids in order, a batch at a time, so that memory does not grow with the archive."""
    after = 0
    while ids := list(revisions.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        yield from ids
        after = ids[-1]


def reparse_revision(
    revision_id: int, *, dry: bool = False, feeds: StoredFeeds | None = None
) -> tuple[Reparsed, int | None]:
    """Read the bytes of an article's latest revision again; other words become a new revision, that waits to be read.

    What came of it, and the new revision's id. ``dry``: nothing is written. ``feeds``
    spares parsing a feed once for each of its articles. Raises
    :class:`ingestion.blobs.BlobError` if the bytes are missing or damaged, and :class:`UnreadableError` if the present
    parsers find no article in them.
    """
    revision = Revision.objects.select_related("article", "attempt").get(pk=revision_id)
    entry = _entry(revision, feeds or StoredFeeds())
    if content_hash(entry.title, entry.text) == revision.content_hash:
        return Reparsed.SAME, None
    if not _is_trusted(revision, entry.text):
        return Reparsed.DOUBTFUL, None
    if dry:
        return Reparsed.CHANGED, None
    return _write(revision, entry)


def _is_trusted(revision: Revision, text: str) -> bool:
    """Whether other words are likely to be better ones: a parser that goes wrong is not to spoil what is stored."""
    if revision.blob_kind == BlobKind.PAGE:
        return new_page_is_better(given=revision.text, page=text)
    return 2 * len(text) >= len(revision.text)


def _write(revision: Revision, entry: Entry) -> tuple[Reparsed, int | None]:
    with transaction.atomic():
        article = Article.objects.select_for_update().get(pk=revision.article_id)
        if Revision.objects.filter(article=article, number__gt=revision.number).exists():
            return Reparsed.OVERTAKEN, None
        kept = KeptAlready(
            BlobFields(
                blob=revision.blob,
                blob_kind=revision.blob_kind,
                content_type=revision.content_type,
                found_at=revision.found_at,
            )
        )
        written = write_revision(article.pk, entry, attempt=revision.attempt, now=revision.fetched_at, origin=kept)
        if article.seen_hash == revision.content_hash:
            # The source's next poll will give these words: they are nothing new then.
            Article.objects.filter(pk=article.pk).update(seen_hash=written.content_hash)
    return Reparsed.CHANGED, written.pk


class StoredFeeds:
    """Feeds that were parsed last: articles of one poll stand side by side, and one feed gave them all."""

    MOST = 2

    def __init__(self) -> None:
        self._parsed: dict[tuple[str, datetime], Parsed] = {}

    def parsed(self, revision: Revision) -> Parsed:
        """The feed that gave a revision, as the present parsers read it."""
        key = revision.blob, revision.fetched_at
        if key not in self._parsed:
            address = revision.found_at if "://" in revision.found_at else ""
            found = parse_feed(
                read(revision.blob), address=address, content_type=revision.content_type, now=revision.fetched_at
            )
            while len(self._parsed) >= self.MOST:
                del self._parsed[next(iter(self._parsed))]
            self._parsed[key] = found
        return self._parsed[key]


def _entry(revision: Revision, feeds: StoredFeeds) -> Entry:
    """The article as the present parsers read it, with the moment at which it was fetched as their now."""
    if revision.blob_kind == BlobKind.FEED:
        return _filled(_in_feed(revision, feeds), revision)
    if revision.blob_kind == BlobKind.FILE:
        return _filled(_of_file(revision), revision)
    entry = parse_page(
        read(revision.blob), address=revision.found_at, content_type=revision.content_type, now=revision.fetched_at
    )
    if Revision.objects.filter(article_id=revision.article_id).exclude(blob_kind=BlobKind.PAGE).exists():
        # Something else gave its title before the page was fetched, and goes on to.
        return replace(
            entry,
            title=revision.title or entry.title,
            published_at=revision.published_at or entry.published_at,
            author=revision.author or entry.author,
            language=revision.language or entry.language,
        )
    return _filled(entry, revision)


def _filled(entry: Entry, revision: Revision) -> Entry:
    """What the parsers do not find stays as it was."""
    return replace(
        entry,
        title=entry.title or revision.title,
        published_at=entry.published_at or revision.published_at,
        author=entry.author or revision.author,
        language=entry.language or revision.language,
    )


def _in_feed(revision: Revision, feeds: StoredFeeds) -> Entry:
    entries = feeds.parsed(revision).entries
    article = revision.article
    if article.guid:
        for entry in entries:
            if entry.guid == article.guid:
                return entry
    urls = set(article.urls.values_list("url", flat=True))
    for entry in entries:
        if entry.url in urls or (not entry.url and entry.title == revision.title):
            return entry
    raise UnreadableError("The present parsers no longer find its entry in the feed.")


def _of_file(revision: Revision) -> Entry:
    raw = raw_of_file(revision.found_at, read(revision.blob))
    entry = finish(raw, now=revision.fetched_at, remarks=[])
    if isinstance(entry, str):
        raise UnreadableError(entry)
    return entry
