"""Stores entries: each story once, each change of its words as a revision, whatever runs beside it or breaks off.

A batch is looked up in three queries, decided on, and what is new in it is written in one transaction: the cost does
not grow with what is stored already. If the database refuses the batch, it is looked up anew, for another worker may
have stored the same; if it is refused again, its entries are stored one by one, so that one that cannot be taken
leaves the others alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db import DataError, IntegrityError, transaction
from django.db.models import Max

from ingestion.addresses import fold_address, shorten
from ingestion.blobs import NO_BYTES, BlobFields, Keeper
from ingestion.deciding import Known, New, Revised, content_hash, decide, seen_hash, words_alike
from ingestion.hosts import host_key
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
    remarks: list[str] = field(default_factory=list)
    revision_ids: list[int] = field(default_factory=list)  # that can be read, once their page has come if one is due
    article_ids: list[int] = field(default_factory=list)  # of the entries taken, in their order


@dataclass(frozen=True, slots=True)
class _Item:
    """An entry with the keys by which it is known."""

    entry: Entry
    addresses: dict[str, str]  # each with its folded form; its own first
    words: str  # the hash of title and text; empty if its words are on its page alone
    seen: str

    @classmethod
    def of(cls, entry: Entry) -> _Item:
        addresses = _addresses_of(entry)
        words = "" if entry.needs_page else content_hash(entry.title, entry.text)
        return cls(entry, addresses, words, seen_hash(entry))

    @property
    def folded(self) -> str:
        return self.addresses.get(self.entry.url, "")

    @property
    def name(self) -> str:
        return f"“{shorten(self.entry.title or self.entry.url, 60)}”"


@dataclass(slots=True)
class _Index:
    """The known articles that the entries of a batch may be about."""

    urls: set[str] = field(default_factory=set)
    by_guid: dict[str, Known] = field(default_factory=dict)
    by_folded: dict[str, Known] = field(default_factory=dict)
    by_words: dict[str, Known] = field(default_factory=dict)

    def of(self, item: _Item) -> Known | None:
        """The article an entry is about: by the source's own name, by address, by its very words."""
        if item.entry.guid and (known := self.by_guid.get(item.entry.guid)):
            return known
        if item.folded and (known := self.by_folded.get(item.folded)):
            return known
        return self.by_words.get(item.words) if item.words else None

    def learn(self, item: _Item, known: Known) -> None:
        """Remember what an entry of this batch became, for the entries after it."""
        if item.entry.guid:
            self.by_guid[item.entry.guid] = known
        if item.words:
            self.by_words[item.words] = known
        for url, folded in item.addresses.items():
            self.urls.add(url)
            self.by_folded.setdefault(folded, known)


@dataclass(slots=True)
class _Plan:
    """What is to be done with a batch. Articles that are still to be made have the numbers -1, -2 and so on."""

    new: list[_Item] = field(default_factory=list)
    revised: list[tuple[int, _Item]] = field(default_factory=list)
    found_at: list[tuple[int, str, str]] = field(default_factory=list)  # article, address, folded address
    unchanged: int = 0
    dropped: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    taken: dict[int, str] = field(default_factory=dict)  # articles with the words they were taken with
    order: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Work:
    """What stays the same while the entries of one reading are stored."""

    source: Source
    attempt: FetchAttempt
    now: datetime
    by_hand: bool
    origin: Keeper | None
    tally: Tally
    taken: dict[int, str]


def store_entries(
    source: Source,
    entries: Sequence[Entry],
    *,
    attempt: FetchAttempt,
    now: datetime,
    by_hand: bool = False,
    origin: Keeper | None = None,
) -> Tally:
    """Store what is new among the entries, and count.

    ``by_hand``: staff gave the entry, so it may revise an article of any source. Run again with the same entries it
    changes nothing. An entry that the database cannot take is dropped with a sentence; the rest goes on. ``origin`` has
    the bytes that the entries were read from; they are stored once a revision rests on them.
    """
    work = _Work(source, attempt, now, by_hand, origin, Tally(), {})
    for first in range(0, len(entries), BATCH):
        if first:  # for who watches
            FetchAttempt.objects.filter(pk=attempt.pk).update(done=first)
        _store(work, [_Item.of(entry) for entry in entries[first : first + BATCH]])
    return work.tally


def _store(work: _Work, items: list[_Item]) -> None:
    failure: Exception | None = None
    for _look in range(2):
        plan = _plan(work, items, _look_up(work, items))
        try:
            made = _write(work, plan)
        except IntegrityError as error:
            failure = error  # another worker stored the same article in between: look again
        except DataError as error:
            failure = error
            break
        else:
            _count(work, plan, made)
            return
    if len(items) > 1:
        for item in items:
            _store(work, [item])
    else:
        work.tally.dropped.append(f"{items[0].name} cannot be stored ({type(failure).__name__}).")


# --- Looking up -------------------------------------------------------------------------------------------------------


def _look_up(work: _Work, items: list[_Item]) -> _Index:
    """Three queries for a batch, however much is stored."""
    index = _Index()
    guids = [item.entry.guid for item in items if item.entry.guid]
    folded = {form for item in items for form in item.addresses.values()}
    words = {item.words for item in items if item.words}
    if guids:
        _find_by_guid(work, index, guids)
    if folded:
        _find_by_address(work, index, folded)
    if words:
        _find_by_words(work, index, words, with_address=any(item.entry.url for item in items))
    if work.by_hand:
        _take_latest_words(index)
    return index


def _find_by_guid(work: _Work, index: _Index, guids: list[str]) -> None:
    found = Article.objects.filter(source=work.source, guid__in=guids)
    for pk, guid, seen, since in found.values_list("id", "guid", "seen_hash", "first_seen_at"):
        index.by_guid[guid] = Known(pk, own=True, seen_hash=seen, first_seen_at=since)


def _find_by_address(work: _Work, index: _Index, folded: Iterable[str]) -> None:
    found = ArticleUrl.objects.filter(folded_url__in=folded).order_by("id")
    columns = ("url", "folded_url", "article_id", "article__source_id", "article__seen_hash", "article__first_seen_at")
    for url, form, pk, owner_id, seen, since in found.values_list(*columns):
        index.urls.add(url)
        own = work.by_hand or owner_id == work.source.pk
        index.by_folded.setdefault(form, Known(pk, own=own, seen_hash=seen, first_seen_at=since))


def _find_by_words(work: _Work, index: _Index, words: Iterable[str], *, with_address: bool) -> None:
    found = Revision.objects.filter(article__source=work.source, content_hash__in=words)
    if work.source.kind == SourceKind.SINGLE and with_address:
        # Two papers may print the same agency's words: by hand, only a text without an address is known by its words.
        found = found.filter(article__canonical_url__isnull=True)
    columns = ("content_hash", "article_id", "article__seen_hash", "article__first_seen_at")
    for form, pk, seen, since in found.values_list(*columns):
        index.by_words[form] = Known(pk, own=True, seen_hash=seen, first_seen_at=since)


def _take_latest_words(index: _Index) -> None:
    """By hand, an entry is compared with the article's words as they stand, not with what its source last gave."""
    for found in (index.by_guid, index.by_folded, index.by_words):
        for key, known in found.items():
            found[key] = replace(known, seen_hash=_latest(known.article_id).content_hash)


# --- Deciding ---------------------------------------------------------------------------------------------------------


def _plan(work: _Work, items: list[_Item], index: _Index) -> _Plan:
    plan = _Plan(taken=dict(work.taken))
    for item in items:
        known = index.of(item) or _by_canonical(item, index, plan)
        if known is not None and not item.entry.needs_page and plan.taken.get(known.article_id, item.seen) != item.seen:
            plan.dropped.append(f"{item.name} has the address or identifier of an earlier entry, with other words.")
            continue
        decision = decide(known, item.entry, now=work.now)
        if isinstance(decision, New) or known is None:
            plan.new.append(item)
            known = Known(-len(plan.new), own=True, seen_hash=item.seen, first_seen_at=work.now)
        elif isinstance(decision, Revised):
            plan.revised.append((known.article_id, item))
            known = replace(known, seen_hash=item.seen)
        else:
            plan.unchanged += 1
        for url, folded in item.addresses.items():
            if url not in index.urls and index.by_folded.get(folded, known).article_id == known.article_id:
                plan.found_at.append((known.article_id, url, folded))
        index.learn(item, known)
        plan.taken[known.article_id] = item.seen
        plan.order.append(known.article_id)
    return plan


def _by_canonical(item: _Item, index: _Index, plan: _Plan) -> Known | None:
    """The article that the entry's page names as its own, if their words are alike; else that is only noted.

    There are sites whose pages all name the same address.
    """
    known = index.by_folded.get(item.addresses.get(item.entry.canonical, ""))
    if known is None or known.article_id < 0:
        return None
    if _tells_the_same(_latest(known.article_id), item.entry):
        return known
    plan.remarks.append(_not_believed(item.entry))
    return None


def _tells_the_same(revision: Revision, entry: Entry) -> bool:
    same_title = bool(entry.title) and revision.title.casefold() == entry.title.casefold()
    return same_title or words_alike(revision.text, entry.text)


def _not_believed(entry: Entry) -> str:
    return (
        f"Its page names {shorten(entry.canonical)} as its own address, "
        "where we have an article with other words; that was not believed."
    )


def _addresses_of(entry: Entry) -> dict[str, str]:
    """The addresses of an entry with their folded forms: its own, what its page calls canonical, and spellings."""
    if not entry.url:
        return {}
    addresses = {entry.url: fold_address(entry.url)}
    if entry.canonical:
        addresses.setdefault(entry.canonical, fold_address(entry.canonical))
    own = set(addresses.values())
    for url in entry.alternatives:
        folded = fold_address(url)
        if folded in own:  # anything else would rest on the page's word alone
            addresses.setdefault(url, folded)
    return addresses


# --- Writing ----------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Made:
    """What a plan became: articles by their numbers in the plan, and revisions."""

    articles: dict[int, int] = field(default_factory=dict)
    revision_ids: list[int] = field(default_factory=list)
    revised: int = 0
    unchanged: int = 0
    dropped: list[str] = field(default_factory=list)


def _write(work: _Work, plan: _Plan) -> _Made:
    made = _Made()
    # Bytes are written to the disk before the transaction, which others may wait for.
    bytes_of = [
        work.origin.fields(item.entry) if work.origin and not item.entry.needs_page else NO_BYTES for item in plan.new
    ]
    if plan.new or plan.found_at:
        with transaction.atomic():
            articles = _write_articles(work, plan.new, made) if plan.new else []
            _write_addresses(plan, made)
            _write_revisions(work, plan.new, articles, bytes_of, made)
    for article_id, item in plan.revised:
        _revise(work, article_id, item, made)
    return made


def _write_articles(work: _Work, items: list[_Item], made: _Made) -> list[Article]:
    """The new articles, each with a story of its own; written in the order of their addresses.

    Two workers that store the same addresses at once then wait for each other in one direction only.
    """
    stories = Story.objects.bulk_create([Story(created_at=work.now) for _item in items])
    articles = [
        Article(
            source=work.source,
            story=story,
            canonical_url=item.entry.url or None,
            folded_url=item.folded or None,
            guid=item.entry.guid,
            seen_hash=item.seen,
            first_seen_at=work.now,
            **_page_of(work, item.entry),
        )
        for story, item in zip(stories, items, strict=True)
    ]
    Article.objects.bulk_create(sorted(articles, key=lambda article: (article.folded_url or "", article.guid)))
    made.articles = {-number: article.pk for number, article in enumerate(articles, start=1)}
    return articles


def _write_revisions(
    work: _Work, items: list[_Item], articles: list[Article], bytes_of: list[BlobFields], made: _Made
) -> None:
    revisions = [
        Revision(
            article=article,
            number=1,
            content_hash=content_hash(item.entry.title, item.entry.text),
            fetched_at=work.now,
            attempt=work.attempt,
            **_said(item.entry),
            **blob,
        )
        for article, item, blob in zip(articles, items, bytes_of, strict=True)
    ]
    Revision.objects.bulk_create(revisions)
    # What has no words yet is not to be read before its page has come.
    made.revision_ids += [row.pk for row, item in zip(revisions, items, strict=True) if not item.entry.needs_page]


def _page_of(work: _Work, entry: Entry) -> dict[str, object]:
    if not entry.url or not (entry.needs_page or work.source.fetch_pages):
        return {"page_due_at": None}
    return {"page_due_at": work.now, "page_host": host_key(entry.url)}


def _write_addresses(plan: _Plan, made: _Made) -> None:
    """All addresses under which articles were found; the first that an article gets is its canonical one."""
    rows = [
        ArticleUrl(article_id=made.articles.get(number, number), url=url, folded_url=folded)
        for number, url, folded in plan.found_at
    ]
    own = {item.entry.url for item in plan.new}
    rows.sort(key=lambda row: row.url)
    ArticleUrl.objects.bulk_create([row for row in rows if row.url in own])
    if others := [row for row in rows if row.url not in own]:
        ArticleUrl.objects.bulk_create(others, ignore_conflicts=True)
        _name_unnamed({row.article_id: row for row in reversed(others)})


def _name_unnamed(rows: dict[int, ArticleUrl]) -> None:
    """Articles that were known without an address have one now."""
    unnamed = Article.objects.filter(pk__in=rows, canonical_url__isnull=True)
    for pk in unnamed.values_list("id", flat=True):
        Article.objects.filter(pk=pk, canonical_url__isnull=True).update(
            canonical_url=rows[pk].url, folded_url=rows[pk].folded_url
        )


def _revise(work: _Work, article_id: int, item: _Item, made: _Made) -> None:
    try:
        with transaction.atomic():
            revision = _revision_by_hand(work, article_id, item) if work.by_hand else _revision(work, article_id, item)
    except (DataError, IntegrityError) as error:
        made.dropped.append(f"{item.name} cannot be stored ({type(error).__name__}).")
        return
    if revision is None:
        made.unchanged += 1
    else:
        made.revised += 1
        made.revision_ids.append(revision.pk)


def _revision(work: _Work, article_id: int, item: _Item) -> Revision | None:
    article = Article.objects.select_for_update().get(pk=article_id)
    if article.seen_hash == item.seen:  # another run was quicker
        return None
    article.seen_hash = item.seen
    wants_page = bool(article.canonical_url) and (item.entry.needs_page or work.source.fetch_pages)
    if wants_page:
        article.page_due_at, article.page_tries = work.now, 0
        article.page_host = host_key(article.canonical_url or "")
    article.save(update_fields=["seen_hash", "page_due_at", "page_tries", "page_host"])
    if item.entry.needs_page or (wants_page and len(item.entry.text) < len(_latest(article.pk).text)):
        return None  # a changed summary of a text that is known whole: its page is read anew instead
    return write_revision(article.pk, item.entry, attempt=work.attempt, now=work.now, origin=work.origin)


def _revision_by_hand(work: _Work, article_id: int, item: _Item) -> Revision | None:
    """A revision that staff brought. What the source last gave stays noted, so that its next poll undoes nothing."""
    Article.objects.select_for_update().get(pk=article_id)
    if _latest(article_id).content_hash == item.words:
        return None
    return write_revision(article_id, item.entry, attempt=work.attempt, now=work.now, origin=work.origin)


def _latest(article_id: int) -> Revision:
    """The newest revision; an article always has one, for both are written together."""
    return Revision.objects.filter(article_id=article_id).order_by("-number")[0]


def _said(entry: Entry) -> dict[str, object]:
    return {
        "title": entry.title,
        "text": entry.text,
        "author": entry.author,
        "language": entry.language,
        "published_at": entry.published_at,
    }


def _count(work: _Work, plan: _Plan, made: _Made) -> None:
    tally = work.tally
    tally.added += len(plan.new)
    tally.revised += made.revised
    tally.unchanged += plan.unchanged + made.unchanged
    tally.dropped += [*plan.dropped, *made.dropped]
    tally.remarks += plan.remarks
    tally.revision_ids += made.revision_ids
    tally.article_ids += [made.articles.get(number, number) for number in plan.order]
    work.taken.clear()
    work.taken.update({made.articles.get(number, number): seen for number, seen in plan.taken.items()})


# --- For the other services -------------------------------------------------------------------------------------------


def write_revision(
    article_id: int, entry: Entry, *, attempt: FetchAttempt | None, now: datetime, origin: Keeper | None = None
) -> Revision:
    """The next revision of an article, waiting to be read. The caller holds the transaction."""
    last = Revision.objects.filter(article_id=article_id).aggregate(last=Max("number"))["last"] or 0
    return Revision.objects.create(
        article_id=article_id,
        number=last + 1,
        content_hash=content_hash(entry.title, entry.text),
        fetched_at=now,
        attempt=attempt,
        **_said(entry),
        **(origin.fields(entry) if origin else NO_BYTES),
    )


def note_addresses(article_id: int, urls: Iterable[str]) -> None:
    """Keep addresses under which an article was found; those that lead to another article stay with it."""
    rows = [ArticleUrl(article_id=article_id, url=url, folded_url=fold_address(url)) for url in urls]
    ArticleUrl.objects.bulk_create(rows, ignore_conflicts=True)


def note_page(article_id: int, entry: Entry) -> list[str]:
    """Keep the addresses at which an article's page was found and those that it gives for itself.

    Gives sentences for the attempt. An address that leads to another article stays with that one: if both have the
    same words, both are kept, and the grouping of stories brings them together. The caller holds the transaction.
    """
    addresses, remarks = _addresses_of(entry), list[str]()
    others = ArticleUrl.objects.filter(folded_url__in=addresses.values()).exclude(article_id=article_id)
    taken = dict(others.order_by("-id").values_list("folded_url", "article_id"))
    note_addresses(article_id, [url for url, folded in addresses.items() if folded not in taken])
    if entry.canonical and not ArticleUrl.objects.filter(url=entry.canonical).exclude(article_id=article_id).exists():
        # A nicer spelling of the address it has: https instead of http, the page itself instead of its AMP form.
        spelled = Article.objects.filter(pk=article_id, folded_url=addresses[entry.canonical])
        spelled.update(canonical_url=entry.canonical)
    if (canonical := addresses.get(entry.canonical, "")) in taken:
        if _tells_the_same(_latest(taken[canonical]), entry):
            remarks.append(
                f"Its page names {shorten(entry.canonical)} as its own address, where we have an article with the same "
                "words already; both are kept, as one story."
            )
        else:
            remarks.append(_not_believed(entry))
    return remarks
