"""Sitemaps and index pages: addresses without texts, whose articles are read from their own pages."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime

import lxml.html
import pytest
from cssselect import HTMLTranslator
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.parsing import (
    BadSelectorError,
    Parsed,
    Sitemap,
    UnreadableError,
    parse_index_page,
    parse_selector,
    parse_sitemap,
)
from ingestion.parsing.selecting import select_links
from tests.ingestion.conftest import NOW
from tests.ingestion.lists import sitemap, sitemap_index

NEWS = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"
        xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
  <url><loc>https://example.org/a?utm_source=x</loc>
    <n:news><n:publication><n:name>The Paper</n:name><n:language>de</n:language></n:publication>
      <n:publication_date>2026-05-04T10:00:00+02:00</n:publication_date><n:title>Aid &amp; arms</n:title></n:news>
    <image:image><image:loc>https://example.org/a.jpg</image:loc><image:title>A photo</image:title></image:image></url>
  <url><loc><![CDATA[https://example.org/b]]></loc><lastmod>2026-05-04</lastmod></url>
</urlset>"""


def index_page(body: str, selector: str = "main a", content_type: str = "text/html") -> Parsed:
    """The links of a page that must be readable."""
    return parse_index_page(
        body.encode(), selector, address="https://www.example.org/news/", content_type=content_type, now=NOW
    )


# --- Sitemaps ---------------------------------------------------------------------------------------------------------


def test_a_news_sitemap_gives_address_title_date_and_language_and_no_text() -> None:
    first, second = parse_sitemap(NEWS.encode(), now=NOW).parsed.entries
    assert (first.url, first.title, first.language) == ("https://example.org/a", "Aid & arms", "de")
    assert first.published_at == datetime(2026, 5, 4, 8, tzinfo=UTC)
    assert (second.url, second.title, second.published_at) == ("https://example.org/b", "", None)
    assert second.modified_at == datetime(2026, 5, 4, tzinfo=UTC)
    assert {first.text, second.text} == {""}
    assert first.needs_page
    assert second.needs_page


def test_the_newest_come_first_and_those_without_a_date_last() -> None:
    body = sitemap(("old", "2020-01-01"), ("undated", ""), ("new", "2026-05-01"), ("newer", "2026-05-02T10:00:00Z"))
    names = [entry.url.rpartition("/")[2] for entry in parse_sitemap(body, now=NOW).parsed.entries]
    assert names == ["newer", "new", "old", "undated"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_packed_sitemap_is_unpacked(encoding: str) -> None:
    body = sitemap(("a", "")).decode().replace("UTF-8", encoding).encode(encoding)
    assert parse_sitemap(gzip.compress(body), now=NOW) == parse_sitemap(body, now=NOW)
    assert len(parse_sitemap(body, now=NOW).parsed.entries) == 1


def test_a_sitemap_of_lines_is_read() -> None:
    body = b"\xef\xbb\xbfhttps://example.org/a\r\n\r\nhttps://example.org/b\nrubbish\nhttps://example.org/a\n"
    parsed = parse_sitemap(body, now=NOW).parsed
    assert [entry.url for entry in parsed.entries] == ["https://example.org/a", "https://example.org/b"]
    assert parsed.dropped == ("Line 3 has no address that can be fetched, and so no text.",)


def test_an_index_names_its_sitemaps_newest_first_and_says_which_it_leaves_out() -> None:
    body = sitemap_index(
        ("https://example.org/1.xml", "2026-01-01"), ("rubbish", ""), ("https://example.org/2.xml", "2026-02-01")
    )
    read = parse_sitemap(body, now=NOW)
    assert [child.address for child in read.children] == ["https://example.org/2.xml", "https://example.org/1.xml"]
    assert read.parsed.entries == ()
    assert read.parsed.remarks[0].startswith("Sitemap 2 of the index is left out. The address rubbish does not begin")


def test_one_address_twice_is_one_entry() -> None:
    assert len(parse_sitemap(sitemap(("a", ""), ("a", "")), now=NOW).parsed.entries) == 1


def test_a_moment_that_most_entries_share_says_nothing_of_them() -> None:
    built = [(f"n{number}", "2026-05-04T11:00:00Z") for number in range(6)]
    entries = parse_sitemap(sitemap(*built, ("own", "2026-05-03T09:00:00Z")), now=NOW).parsed.entries
    assert [entry.modified_at for entry in entries if entry.modified_at] == [datetime(2026, 5, 3, 9, tzinfo=UTC)]


def test_a_sitemap_that_breaks_off_is_read_as_far_as_it_goes() -> None:
    whole = sitemap(("a", ""), ("b", ""))
    read = parse_sitemap(whole[: whole.rindex(b"<loc>")], now=NOW).parsed
    assert [entry.url for entry in read.entries] == ["https://example.org/a"]
    assert "what stands before was read" in read.remarks[0]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "is empty"),
        (b"<!DOCTYPE html><html></html>", "a web page, not a sitemap"),
        (b"<rss><channel/></rss>", "a feed, not a sitemap"),
        (b"<a/>", "no sitemap"),
        (b"rubbish", "not well-formed"),
        (gzip.compress(b"x" * 999)[:-9], "breaks off"),
        (b"\x1f\x8b rubbish", "packed wrongly"),
        (b"<?xml version='1.0' encoding='klingon'?><urlset/>", "not well-formed"),
    ],
)
def test_what_is_no_sitemap_is_told(body: bytes, words: str) -> None:
    with pytest.raises(UnreadableError, match=words) as refusal:
        parse_sitemap(body, now=NOW)
    assert str(refusal.value).endswith(".")


@given(st.binary(max_size=300))
@settings(max_examples=60, deadline=None)
def test_any_bytes_give_a_sitemap_or_a_sentence(body: bytes) -> None:
    try:
        read = parse_sitemap(body, now=NOW)
    except UnreadableError:
        return
    assert isinstance(read, Sitemap)


# --- Index pages ------------------------------------------------------------------------------------------------------


def test_the_selected_links_of_a_page_become_articles_with_their_words_as_titles() -> None:
    body = """<html><head><base href="/archive/"></head><body><nav><a href="/sport">Sport</a></nav><main>
        <h2><a href="one?utm_source=x">Aid  for <b>Kyiv</b></a></h2><a href="/two"><img alt="Two"></a>
        <a href="one"><img src="x"></a><a name="x">No link</a></main></body></html>"""
    parsed = index_page(body)
    assert [(entry.url, entry.title) for entry in parsed.entries] == [
        ("https://www.example.org/archive/one", "Aid for Kyiv"),
        ("https://www.example.org/two", "Two"),
    ]
    assert all(entry.needs_page and not entry.text for entry in parsed.entries)


def test_links_to_other_sites_are_left_out_unless_the_selector_names_addresses() -> None:
    body = """<main><a href="https://news.example.org/1">One</a><a href="https://other.example/2">Two</a>
        <a href="mailto:desk@example.org">Mail</a><a href="/">Home</a><a href="#top">Top</a></main>"""
    parsed = index_page(body)
    assert [entry.title for entry in parsed.entries] == ["One"]
    assert parsed.remarks == (
        "Links to other sites, left out: 1.",
        "Links that are no web addresses, left out: 1.",
    )
    named = index_page(body, 'main a[href^="https://"]')
    assert [entry.title for entry in named.entries] == ["One", "Two"]


def test_a_selector_may_mean_what_holds_the_links() -> None:
    assert len(index_page("<main><p><a href=/1>1</a></p></main><a href=/2>2</a>", "main").entries) == 1


def test_a_page_in_another_encoding_is_read_as_its_server_says() -> None:
    body = "<main><a href=/1>Škoda</a></main>".encode("iso-8859-2")
    parsed = parse_index_page(
        body, "a", address="https://example.org/", content_type="text/html; charset=ISO-8859-2", now=NOW
    )
    assert parsed.entries[0].title == "Škoda"


@pytest.mark.parametrize(
    ("body", "selector", "words"),
    [
        ("", "a", "empty"),
        ("<?xml version='1.0'?><rss/>", "a", "XML, not a web page"),
        ("<main></main>", "main a", "fits no link"),
        ("<a href=/1>1</a>", "main a", "fits no link"),
        ("<a href=/1>1</a>", "a[", "no CSS selector"),
        ("<a href=/1>1</a>", "", "no CSS selector"),
        ("<a href=/1>1</a>", "a:hover", "not supported"),
        ("<a href=/1>1</a>", "a::before", "not supported"),
        ("<a href=/1>1</a>", "x|a", "not supported"),
        ("<a href=/1>1</a>", "a:nth-child(2)", "not supported"),
        ("<a href=/1>1</a>", "* " * 21 + "a", "too many parts"),
        ("<a href=/1>1</a>", ",".join("abcdefghi"), "too many parts"),
        ("<a href=/1>1</a>", "a" * 400, "longer than 300"),
    ],
)
def test_a_page_or_a_selector_that_cannot_be_used_is_told(body: str, selector: str, words: str) -> None:
    with pytest.raises(UnreadableError, match=words) as refusal:
        index_page(body, selector)
    assert str(refusal.value).endswith(".")


def test_a_selector_is_checked_without_a_page() -> None:
    assert len(parse_selector("main h2 > a.title:not(.advert), #top a")) == 2
    with pytest.raises(BadSelectorError):
        parse_selector("a:visited")


TAGS = st.sampled_from(["div", "a href=/1", "a href=/2 class=y", "h2 class=x", "span class='x y'", "p id=z", "/"])
SELECTORS = st.sampled_from(
    [
        *("a", "div a", "div > a", "h2 + a", "p ~ a", "h2.x > span a", "a.y", "a:not(.y)", ".x.y a", "#z a", "p, a.y"),
        *("a[href='/2']", "a[href^='/']", "a[href$='1']", "a[href*=x]", "a[class]", "a[class!=y]", "div p ~ span a"),
        *("div > * + a", "a[class|=y]", "span[class~=y] a", "[href]"),
    ]
)


@given(tags=st.lists(TAGS, max_size=25), selector=SELECTORS)
@settings(deadline=None)
def test_links_are_selected_as_css_defines_it(tags: list[str], selector: str) -> None:
    opened: list[str] = []
    written: list[str] = []
    for tag in tags:
        if tag != "/":
            opened.append(tag.split()[0])
            written.append(f"<{tag}>")
        elif opened:
            written.append(f"</{opened.pop()}>")
    root = lxml.html.document_fromstring(f"<html><body><section>{''.join(written)}</section></body></html>")
    meant = set(root.xpath(HTMLTranslator().css_to_xpath(selector)))
    expected = [link for link in root.iter("a") if meant & {link, *link.iterancestors()}]
    assert list(select_links(root, parse_selector(selector))) == expected
