"""Storing entries: what is the same article, what an entry costs, and what one that cannot be stored does to others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import DataError, IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from ingestion import services
from ingestion.addresses import fold_address
from ingestion.deciding import seen_hash, words_alike
from ingestion.models import Article, ArticleUrl, FetchAttempt, Revision, Source, SourceKind, Story
from ingestion.parsing import Entry
from ingestion.services import storing
from ingestion.services.storing import Tally, note_addresses, note_page, store_entries
from ingestion.services.upgrading import Filled, fill_folded_addresses
from tests.ingestion.conftest import NOW, MakeSource

TEXT = "Spain will send forty trucks to Ukraine before the end of the month, the ministry in Madrid said on Sunday."
OTHER = "Rain is expected all over the north of the country, and the rivers may rise over their banks by the weekend."


def entry(name: str, text: str = TEXT, **values: object) -> Entry:
    """An entry with its own identifier and address."""
    fields: dict[str, object] = {
        "guid": name,
        "url": f"https://example.org/{name}",
        "title": f"About {name}",
        "text": text,
    }
    return Entry(**(fields | values))  # type: ignore[arg-type]


def listed(name: str, **values: object) -> Entry:
    """An entry of which only the address is known."""
    return entry(name, "", **({"guid": "", "title": "", "needs_page": True} | values))


@pytest.fixture
def source(make_source: MakeSource) -> Source:
    """A feed."""
    return make_source("https://example.org/feed")


def store(source: Source, *entries: Entry, by_hand: bool = False, minutes: int = 0) -> Tally:
    """Store entries of one reading."""
    now = NOW + timedelta(minutes=minutes)
    attempt = FetchAttempt.objects.create(source=source, started_at=now)
    return store_entries(source, entries, attempt=attempt, now=now, by_hand=by_hand)


def counts(tally: Tally) -> tuple[int, int, int, int]:
    """Added, revised, unchanged, dropped."""
    return tally.added, tally.revised, tally.unchanged, len(tally.dropped)


# --- One story once ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "again",
    [
        entry("a", url="https://example.org/elsewhere", title="Another title"),
        entry("x", url="http://www.example.org/a/?utm_source=x"),
        entry("x", url="https://m.example.org/amp/a"),
        entry("x", url="https://www.google.com/amp/s/example.org/a"),
        entry("x", url="https://other.example/b", title="About a"),
        entry("", url="", title="About a"),
    ],
    ids=["identifier", "scheme and www", "mobile and AMP", "AMP viewer", "words", "words without an address"],
)
def test_within_a_source_the_same_identifier_address_or_words_are_the_same_article(
    source: Source, again: Entry
) -> None:
    store(source, entry("a"))
    assert store(source, again, minutes=1).added == 0
    assert store(source, entry("a"), again, minutes=2).added == 0
    assert Article.objects.count() == Story.objects.count() == 1


@pytest.mark.parametrize(
    ("again", "same"),
    [
        (entry("x", url="https://amp.example.org/a?gclid=1"), True),
        (entry("a", url="https://example.org/other"), False),
        (entry("x", url="https://example.org/a?page=2"), False),
        (entry("x", url="https://example.org/A"), False),
    ],
    ids=["folded address", "identifier", "another page", "another path"],
)
def test_across_sources_only_the_same_folded_address_is_the_same_article(
    source: Source, make_source: MakeSource, again: Entry, same: bool
) -> None:
    store(source, entry("a"))
    assert store(make_source("https://example.net/feed"), again).added == (0 if same else 1)


def test_all_addresses_of_an_article_are_kept_with_their_folded_form(source: Source) -> None:
    store(source, entry("a", url="https://m.example.org/a"))
    store(source, entry("a"), minutes=1)
    store(source, entry("a", url="https://example.org/b"), minutes=2)
    article = Article.objects.get()
    assert (article.canonical_url, article.folded_url) == ("https://m.example.org/a", "example.org/a")
    assert set(article.urls.values_list("url", "folded_url")) == {
        ("https://m.example.org/a", "example.org/a"),
        ("https://example.org/a", "example.org/a"),
        ("https://example.org/b", "example.org/b"),
    }


def test_an_article_without_an_address_gets_the_first_under_which_it_is_found(source: Source) -> None:
    store(source, entry("a", url=""))
    store(source, entry("a"), minutes=1)
    article = Article.objects.get()
    assert (article.canonical_url, article.folded_url) == ("https://example.org/a", "example.org/a")


def test_the_same_article_twice_in_a_reading_is_taken_once_and_other_words_of_it_are_named(source: Source) -> None:
    again = entry("b", url="https://www.example.org/a", title="About a")
    other = entry("c", OTHER, url="https://www.example.org/a")
    tally = store(source, entry("a"), again, other, entry("d", OTHER))
    assert counts(tally) == (2, 0, 1, 1)
    assert tally.dropped == ["“About c” has the address or identifier of an earlier entry, with other words."]
    assert tally.article_ids[0] == tally.article_ids[1]


def test_other_words_of_an_article_taken_in_an_earlier_batch_are_named_as_well(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storing, "BATCH", 1)
    assert counts(store(source, entry("a"), entry("b", OTHER, url="https://example.org/a"))) == (1, 0, 0, 1)
    assert Revision.objects.count() == 1


# --- Articles of which only the address is known ----------------------------------------------------------------------


def test_an_article_without_words_waits_for_its_page_and_is_not_handed_on_to_be_read(source: Source) -> None:
    tally = store(source, listed("a", title="A title"), listed("b"))
    assert counts(tally) == (2, 0, 0, 0)
    assert tally.revision_ids == []
    assert set(Article.objects.values_list("page_due_at", "page_host")) == {(NOW, "example.org")}
    assert set(Revision.objects.values_list("title", "text", "blob")) == {("A title", "", ""), ("", "", "")}


def test_only_a_page_that_is_said_to_have_changed_is_fetched_anew_and_only_while_it_is_young(source: Source) -> None:
    first = listed("a", modified_at=NOW)
    store(source, first)
    Article.objects.update(page_due_at=None)
    same_hour = replace(first, modified_at=NOW + timedelta(minutes=20), title="Worded anew")
    assert counts(store(source, same_hour, replace(first, modified_at=None), minutes=30)) == (0, 0, 2, 0)
    assert not Article.objects.filter(page_due_at__isnull=False).exists()
    store(source, replace(first, modified_at=NOW + timedelta(hours=3)), minutes=200)
    assert Article.objects.filter(page_due_at=NOW + timedelta(minutes=200)).count() == 1
    Article.objects.update(page_due_at=None)
    store(source, replace(first, modified_at=NOW + timedelta(days=8)), minutes=8 * 24 * 60)
    assert not Article.objects.filter(page_due_at__isnull=False).exists()
    assert Revision.objects.count() == 1


def test_a_listed_address_that_another_source_brought_with_its_words_asks_for_nothing(
    source: Source, make_source: MakeSource
) -> None:
    store(source, entry("a"))
    sitemap = make_source("https://example.org/sitemap.xml", kind=SourceKind.SITEMAP)
    assert counts(store(sitemap, listed("a", modified_at=NOW))) == (0, 0, 1, 0)
    assert not Article.objects.filter(page_due_at__isnull=False).exists()


def test_the_host_of_a_page_is_named_as_host_slots_name_it(make_source: MakeSource) -> None:
    source = make_source("https://example.org/feed", fetch_pages=True)
    store(source, entry("a", url="https://WWW.example.org:8443/a"))
    assert Article.objects.get().page_host == "www.example.org:8443"


# --- The address that a page calls its own ----------------------------------------------------------------------------


def test_an_article_brought_by_hand_is_the_known_one_that_its_page_names_if_their_words_are_alike(
    source: Source,
) -> None:
    store(source, entry("a"))
    page = entry(
        "", f"{TEXT} The trucks are new.", url="https://example.org/print?id=7", canonical="https://example.org/a"
    )
    tally = store(source, replace(page, guid=""), by_hand=True)
    assert counts(tally) == (0, 1, 0, 0)
    assert set(ArticleUrl.objects.values_list("url", flat=True)) == {page.url, page.canonical}


def test_a_site_whose_pages_all_name_the_same_address_swallows_no_story(source: Source) -> None:
    pages = [
        entry(f"p{number}", f"{OTHER} {number}" if number else TEXT, canonical="https://example.org/news", guid="")
        for number in range(3)
    ]
    tallies = [store(source, page, by_hand=True, minutes=number) for number, page in enumerate(pages)]
    assert [tally.added for tally in tallies] == [1, 1, 1]
    assert tallies[0].remarks == []
    assert tallies[1].remarks == [
        "Its page names https://example.org/news as its own address, where we have an article with other words; "
        "that was not believed."
    ]
    assert ArticleUrl.objects.get(url="https://example.org/news").article_id == tallies[0].article_ids[0]


def test_a_fetched_page_keeps_its_addresses_and_their_spellings(source: Source) -> None:
    (article_id,) = store(source, entry("a", url="https://example.org/r?id=1")).article_ids
    page = entry(
        "a",
        canonical="https://www.example.org/a",
        alternatives=("https://example.org/a/amp", "https://example.org/else"),
    )
    assert note_page(article_id, page) == []
    assert set(ArticleUrl.objects.values_list("url", flat=True)) == {
        "https://example.org/r?id=1",
        "https://example.org/a",
        "https://www.example.org/a",
        "https://example.org/a/amp",
    }


def test_the_spelling_that_a_page_prefers_becomes_the_canonical_address(source: Source) -> None:
    (article_id,) = store(source, entry("a", url="http://m.example.org/a/amp")).article_ids
    note_page(article_id, entry("a", url="http://m.example.org/a/amp", canonical="https://www.example.org/a"))
    article = Article.objects.get()
    assert (article.canonical_url, article.folded_url) == ("https://www.example.org/a", "example.org/a")


@pytest.mark.parametrize(("text", "words"), [(TEXT, "as one story"), (OTHER, "was not believed")])
def test_a_fetched_page_that_names_another_article_leaves_both_as_they_are_and_says_so(
    source: Source, text: str, words: str
) -> None:
    first, second = store(source, entry("a"), entry("b", f"{text} Yes.")).article_ids
    remarks = note_page(second, entry("b", f"{text} Yes.", canonical="https://example.org/a"))
    assert [words in remark for remark in remarks] == [True]
    assert ArticleUrl.objects.get(url="https://example.org/a").article_id == first
    assert Revision.objects.count() == 2


def test_an_address_that_leads_to_another_article_stays_with_it(source: Source) -> None:
    first, second = store(source, entry("a"), entry("b", OTHER)).article_ids
    note_addresses(second, ["https://example.org/a", "https://example.org/c"])
    assert ArticleUrl.objects.get(url="https://example.org/a").article_id == first
    assert ArticleUrl.objects.get(url="https://example.org/c").folded_url == "example.org/c"


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        (TEXT, TEXT.upper(), True),
        (TEXT, f"{TEXT} {OTHER}", True),
        (TEXT, OTHER, False),
        (TEXT, "", False),
        ("", "", False),
        ("Two words", "Two words", True),
    ],
)
def test_words_are_alike_if_half_of_the_shorter_text_stands_in_the_longer(one: str, other: str, alike: bool) -> None:
    assert words_alike(one, other) is words_alike(other, one) is alike


def test_what_is_seen_of_a_listed_article_is_no_hash_of_words() -> None:
    assert seen_hash(listed("a")) == "page:"
    assert seen_hash(listed("a", modified_at=NOW)) == "page:2026-05-04T12"


# --- What it costs, and what breaks -----------------------------------------------------------------------------------


def queries(work: Callable[[], object]) -> int:
    """How many queries the work takes."""
    with CaptureQueriesContext(
        connection,
    ) as captured:
        work()
    return len(captured)


@pytest.mark.parametrize("number", [2, 40])
def test_new_articles_take_ten_queries_a_batch_and_known_ones_three(source: Source, number: int) -> None:
    entries = [entry(f"n{place}", f"{TEXT} {place}") for place in range(number)]
    attempt = FetchAttempt.objects.create(source=source, started_at=NOW)
    new = queries(lambda: store_entries(source, entries, attempt=attempt, now=NOW))
    known = queries(lambda: store_entries(source, entries, attempt=attempt, now=NOW))
    assert (new, known) == (9, 3)
    assert Revision.objects.count() == number


def test_an_entry_that_the_database_refuses_is_named_and_the_others_are_stored(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = storing._write_articles

    def refusing(work: object, items: list[storing._Item], made: object) -> object:
        if any(item.entry.guid == "bad" for item in items):
            raise DataError("value too long")
        return whole(work, items, made)  # type: ignore[arg-type]

    monkeypatch.setattr(storing, "_write_articles", refusing)
    tally = store(source, entry("a"), entry("bad", "x"), entry("c", OTHER))
    assert counts(tally) == (2, 0, 0, 1)
    assert tally.dropped == ["“About bad” cannot be stored (DataError)."]
    assert len(tally.revision_ids) == len(tally.article_ids) == Article.objects.count() == Revision.objects.count() == 2
    assert Story.objects.count() == 2


def test_what_another_worker_stored_in_between_is_looked_up_anew(
    source: Source, make_source: MakeSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make_source("https://example.net/feed")
    whole, raced = storing._write_articles, list[bool]()

    def racing(work: object, items: list[storing._Item], made: object) -> object:
        if not raced:
            raced.append(True)
            store(other, entry("a", url="https://m.example.org/a"))
        return whole(work, items, made)  # type: ignore[arg-type]

    monkeypatch.setattr(storing, "_write_articles", racing)
    tally = store(source, entry("a"), entry("b", OTHER))
    assert (Article.objects.count(), Revision.objects.count()) == (2, 2)
    assert tally.dropped == []


def test_a_row_that_is_always_in_the_way_drops_only_its_entry(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    def refusing(*_args: object) -> None:
        raise IntegrityError("duplicate")

    monkeypatch.setattr(storing, "_write_addresses", refusing)
    tally = store(source, entry("a"), entry("b", OTHER))
    assert counts(tally) == (0, 0, 0, 2)
    assert Article.objects.count() == Story.objects.count() == 0


# --- Rows of older versions -------------------------------------------------------------------------------------------


def test_rows_of_older_versions_get_their_folded_address_and_conflicts_stay_empty(
    source: Source, staff: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingestion.services.upgrading.BATCH", 2)
    for number, url in enumerate(["https://m.example.org/a", "https://example.org/b", "https://www.example.org/a"]):
        article = Article.objects.create(
            source=source,
            story=Story.objects.create(created_at=NOW),
            canonical_url=url,
            first_seen_at=NOW,
            guid=str(number),
        )
        ArticleUrl.objects.create(article=article, url=url)
    pasted = services.add_text(text="No address.", acting_user=staff, now=NOW).article_id
    assert fill_folded_addresses() == Filled(addresses=3, articles=2)
    assert fill_folded_addresses() == Filled(addresses=0, articles=0)
    assert list(Article.objects.order_by("id").values_list("folded_url", flat=True)) == [
        "example.org/a",
        "example.org/b",
        None,
        None,
    ]
    assert Article.objects.get(pk=pasted).canonical_url is None
    assert all(row.folded_url == fold_address(row.url) for row in ArticleUrl.objects.all())
