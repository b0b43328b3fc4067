"""From bytes to entries: every kind of feed, file and page, and what is broken or hostile in them."""

from __future__ import annotations

import gzip
import json
import os
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.parsing import (
    Entry,
    Parsed,
    UnreadableError,
    clean_line,
    clean_text,
    parse_feed,
    parse_page,
    raw_of_file,
)
from ingestion.parsing.entry import MAX_TITLE
from ingestion.parsing.markup import plain_text
from tests.ingestion.conftest import NOW, item, rss


def parse(body: str | bytes, content_type: str = "", address: str = "https://example.org/feed") -> Parsed:
    """Parse a feed that must be readable."""
    raw = body.encode() if isinstance(body, str) else body
    return parse_feed(raw, address=address, content_type=content_type, now=NOW)


def reason(body: str | bytes) -> str:
    """Why a feed is refused."""
    with pytest.raises(UnreadableError) as refusal:
        parse(body)
    assert str(refusal.value).endswith(".")
    return str(refusal.value)


def dated(written: str) -> Parsed:
    """A feed with one entry of this date."""
    return parse(rss(f"<item><title>T</title><description>D</description><pubDate>{written}</pubDate></item>"))


# --- Kinds of feeds ---------------------------------------------------------------------------------------------------


def test_rss_gives_title_text_address_date_author_and_language() -> None:
    body = """<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
        xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>F</title><language>en-gb</language><item>
        <title>Aid &amp; arms</title><link>/a?utm_source=x</link><guid isPermaLink="false">g1</guid>
        <pubDate>Sun, 27 Feb 2022 14:05:00 +0100</pubDate><dc:creator>A. Writer</dc:creator>
        <description>Short.</description>
        <content:encoded><![CDATA[<p>First <b>bold</b>
        words.</p><script>alert(1)</script><p>Second.</p>]]></content:encoded></item></channel></rss>"""
    assert parse(body).entries == (
        Entry(
            guid="g1",
            url="https://example.org/a",
            title="Aid & arms",
            text="First bold words.\nSecond.",
            published_at=datetime(2022, 2, 27, 13, 5, tzinfo=UTC),
            author="A. Writer",
            language="en-gb",
        ),
    )


def test_atom_is_read() -> None:
    body = """<feed xmlns="http://www.w3.org/2005/Atom"><title>F</title><id>f</id><entry><id>urn:1</id><title>T</title>
        <link href="https://example.org/t"/><updated>2022-02-27T10:00:00Z</updated>
        <content type="html">&lt;p&gt;Words&lt;/p&gt;</content></entry></feed>"""
    entry = parse(body).entries[0]
    assert (entry.guid, entry.url, entry.text) == ("urn:1", "https://example.org/t", "Words")
    assert entry.published_at == datetime(2022, 2, 27, 10, tzinfo=UTC)


def test_rss_0_91_is_read_and_its_document_type_is_not_fetched() -> None:
    body = """<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN"
        "http://127.0.0.1:1/rss-0.91.dtd"><rss version="0.91"><channel><title>F</title><item><title>T</title>
        <link>https://example.org/t</link><description>Caf&eacute; words</description></item></channel></rss>"""
    assert parse(body).entries[0].text == "Café words"


def test_rss_1_0_is_read() -> None:
    body = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
        <channel rdf:about="x"><title>F</title></channel>
        <item rdf:about="https://example.org/t"><title>T</title><link>https://example.org/t</link>
        <description>Words</description></item></rdf:RDF>"""
    assert parse(body).entries[0].text == "Words"


def test_a_json_feed_is_read() -> None:
    item_1 = {
        "id": 7,
        "url": "https://example.org/t",
        "title": "T",
        "content_html": "<p>One</p><p>Two</p>",
        "date_published": "2022-02-27T12:00:00+02:00",
        "authors": [{"name": "W"}],
        "language": "de",
    }
    body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [item_1, "no item", {"id": "x"}]})
    parsed = parse(body)
    assert parsed.entries == (
        Entry("7", "https://example.org/t", "T", "One\nTwo", datetime(2022, 2, 27, 10, tzinfo=UTC), "W", "de"),
    )
    assert parsed.dropped == (
        "Entry 2 has neither a title nor a text.",
        "Entry 3 has neither a title nor a text.",
    )


def test_a_feed_without_entries_is_read_and_gives_none() -> None:
    assert parse(rss()) == Parsed(entries=())


def test_an_entry_with_only_a_title_has_it_as_its_text() -> None:
    assert parse(rss(item("one", ""))).entries[0].text == "About one"


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-2", "windows-1252", "utf-8-sig"])
def test_other_encodings_are_read(encoding: str) -> None:
    declared = encoding.removesuffix("-sig")
    body = rss(item("one", "Škoda" if encoding != "windows-1252" else "Señor €"))
    body = body.replace('version="1.0"?', f'version="1.0" encoding="{declared}"?')
    text = parse(body.encode(encoding)).entries[0].text
    assert text in {"Škoda", "Señor €"}


# --- Broken and hostile feeds -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", ["", "   \n", "\ufeff"])
def test_an_empty_answer_is_told(body: str) -> None:
    assert reason(body)


def test_a_web_page_instead_of_a_feed_is_told() -> None:
    assert "a web page, not a feed" in reason("<!DOCTYPE html><html><body>Hello</body></html>")
    assert "a web page, not a feed" in reason("\n <html><body>Hello</body></html>")


@pytest.mark.parametrize(
    "body", ["rubbish", "{", '{"a": 1}', "[]", "<a><b></a>", "\x00\x01\x02", "<rss", "[" * 100_000]
)
def test_what_is_no_feed_is_told(body: str) -> None:
    assert reason(body)


def test_expanding_entities_are_refused() -> None:
    bomb = '<!ENTITY a "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "&a;" * 10}">' for n in range(9))
    body = f"<?xml version='1.0'?><!DOCTYPE rss [{bomb}]>" + rss(item("one", "&a8;")).partition("?>")[2]
    begun = time.monotonic()
    assert "declares XML entities" in reason(body)
    assert "declares XML entities" in reason(body.encode("utf-16"))
    assert time.monotonic() - begun < 1


def test_external_entities_are_refused_and_never_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("TOP SECRET")
    body = (
        f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file://{secret}">]>'
        + rss(item("one", "&x;")).partition("?>")[2]
    )
    assert "declares XML entities" in reason(body)


def test_deep_nesting_is_refused_quickly() -> None:
    begun = time.monotonic()
    assert "nests its elements" in reason("<rss><channel>" + "<a>" * 100_000)
    assert time.monotonic() - begun < 2


def test_a_hundred_thousand_entries_are_refused_quickly() -> None:
    begun = time.monotonic()
    assert "more than 5,000 entries" in reason(rss(*["<item><title>x</title></item>"] * 100_000))
    assert "more than 5,000 entries" in reason(json.dumps({"items": [{}] * 100_000}))
    assert time.monotonic() - begun < 3


def test_a_title_of_ten_megabytes_is_cut_and_told() -> None:
    parsed = parse(rss(f"<item><title>{'x' * 10_000_000}</title><description>D</description></item>"))
    assert len(parsed.entries[0].title) == MAX_TITLE
    assert "10,000,000 characters was cut" in parsed.remarks[0]


def test_a_large_broken_feed_is_not_given_to_the_slow_parser() -> None:
    begun = time.monotonic()
    assert "too large to be read all the same" in reason(rss(item("one", "x" * 3_000_000)) + "<")
    assert time.monotonic() - begun < 2


def test_slightly_broken_xml_is_read_all_the_same() -> None:
    entries = parse(rss(item("one", "Tea & cake &nbsp; &eacute;"))).entries
    assert entries[0].text == "Tea & cake   é"


@pytest.mark.parametrize("written", ["Mon, 01 Jan 0000 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", "1899-01-01"])
def test_a_date_that_cannot_be_right_is_left_out(written: str) -> None:
    assert dated(written).entries[0].published_at is None


def test_a_date_far_in_the_future_is_left_out_and_told() -> None:
    parsed = dated("Fri, 31 Dec 2027 23:59:59 GMT")
    assert parsed.entries[0].published_at is None
    assert parsed.remarks == ("Entry 1 (“T”): its date (31 Dec 2027) cannot be right and was left out.",)


@pytest.mark.parametrize("written", ["yesterday", "", "32 Foo 2022", "2022-13-45"])
def test_a_date_that_is_none_is_unknown(written: str) -> None:
    assert dated(written).entries[0].published_at is None


@pytest.mark.parametrize(
    ("written", "hour"),
    [("Sun, 27 Feb 2022 10:00:00 EST", 15), ("2022-02-27T10:00:00", 10), ("Sun, 27 Feb 2022 10:00 +0200", 8)],
)
def test_dates_are_kept_in_utc(written: str, hour: int) -> None:
    assert dated(written).entries[0].published_at == datetime(2022, 2, 27, hour, tzinfo=UTC)


def test_markup_and_script_in_a_title_do_not_survive() -> None:
    hostile = "&lt;b&gt;Aid&lt;/b&gt; &lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt; to Kyiv"
    assert parse(rss(f"<item><title>{hostile}</title></item>")).entries[0].title == "Aid to Kyiv"


def test_an_unusable_link_is_left_out_and_told_and_the_entry_taken() -> None:
    parsed = parse(rss(item("one", url="javascript:alert(1)")))
    assert parsed.entries[0].url == ""
    assert "taken without its address" in parsed.remarks[0]


@pytest.mark.parametrize("written", ["x" * 5000, "語" * 900])
def test_a_very_long_identifier_is_stood_for_by_its_hash(written: str) -> None:
    guid = parse(rss(item("one", guid=written))).entries[0].guid
    assert guid.startswith("sha256:")
    assert len(guid) == 71


@given(st.binary(max_size=300))
@settings(max_examples=60, deadline=None)
def test_any_bytes_give_entries_or_a_sentence(body: bytes) -> None:
    try:
        parsed = parse(body)
    except UnreadableError:
        return
    assert isinstance(parsed, Parsed)


# --- Plain text -------------------------------------------------------------------------------------------------------


def test_markup_becomes_paragraphs() -> None:
    html = "<h2>Head</h2><p>One<br>two &amp; three</p><ul><li>a</li><li>b</li></ul><style>p{}</style><!-- no -->tail"
    assert plain_text(html) == "Head\nOne\ntwo & three\na\nb\ntail"


def test_text_without_markup_keeps_its_lines() -> None:
    assert plain_text("a < b\nTea &amp; cake") == "a < b\nTea & cake"


def test_deeply_nested_markup_is_bounded() -> None:
    begun = time.monotonic()
    plain_text("<div>" * 100_000 + "x")
    assert time.monotonic() - begun < 5


@given(st.text())
def test_clean_text_is_storable_and_stays_as_it_is(text: str) -> None:
    clean = clean_text(text)
    clean.encode("utf-8")
    assert "\x00" not in clean
    assert clean_text(clean) == clean
    assert "\n" not in clean_line(text)


# --- Files and pages --------------------------------------------------------------------------------------------------


def test_a_markdown_file_says_its_title_address_and_date_in_its_head() -> None:
    raw = raw_of_file(
        "a.md", b'---\ntitle: "Aid"\nurl: https://example.org/a\ndate: 2022-02-27\n---\n# Aid\n\nSpain sends trucks.\n'
    )
    assert (raw.guid, raw.title, raw.url) == ("a.md", "Aid", "https://example.org/a")
    assert raw.text.strip() == "Spain sends trucks."
    assert raw.published_at == datetime(2022, 2, 27, tzinfo=UTC)


@pytest.mark.parametrize("encoded", ["Zürich".encode(), "Zürich".encode("utf-16"), "Zürich".encode("cp1252")])
def test_a_text_file_is_read_in_its_encoding(encoded: bytes) -> None:
    assert raw_of_file("x/my-file_1.txt", encoded).text == "Zürich"
    assert raw_of_file("x/my-file_1.txt", encoded).title == "my file 1"


PAGE = """<!DOCTYPE html><html lang="en"><head><title>Aid for Kyiv</title>
<meta property="article:published_time" content="2022-02-27T10:00:00Z"></head><body>
<nav><a href="/">Home</a><a href="/sport">Sport</a></nav><article><h1>Aid for Kyiv</h1>
<p>Spain will send trucks to Ukraine, the ministry of defence in Madrid said on Sunday after a long meeting.</p>
<p>The trucks leave on Monday and are to arrive before the end of the week, a spokeswoman said to reporters.</p>
</article><footer>Subscribe to our newsletter</footer></body></html>"""


def test_a_page_gives_its_article_without_menus() -> None:
    entry = parse_page(PAGE.encode(), address="https://example.org/a", content_type="text/html", now=NOW)
    assert entry.title == "Aid for Kyiv"
    assert entry.text.startswith("Spain will send trucks") or "Spain will send trucks" in entry.text
    assert "Sport" not in entry.text
    assert "newsletter" not in entry.text
    assert entry.published_at == datetime(2022, 2, 27, tzinfo=UTC)


def page_saying(head: str, address: str = "https://m.example.org/a") -> Entry:
    """The article of a page with this in its head."""
    body = PAGE.replace("<head>", f"<head>{head}")
    return parse_page(body.encode(), address=address, content_type="text/html", now=NOW)


def test_a_page_says_its_canonical_address_its_other_forms_and_its_language() -> None:
    entry = page_saying(
        """<link rel="Canonical" href="https://www.example.org/a?utm_source=x"><link rel=amphtml href="/a/amp">
        <link rel=alternate media="only screen and (max-width: 640px)" href="https://m.example.org/a">
        <link rel=alternate hreflang=de href="/de/a"><meta property="og:url" content="/b">"""
    )
    assert (entry.url, entry.canonical) == ("https://m.example.org/a", "https://www.example.org/a")
    assert entry.alternatives == ("https://m.example.org/a/amp", "https://m.example.org/a")
    assert entry.language == "en"


def test_without_a_canonical_link_the_address_of_open_graph_counts() -> None:
    assert (
        page_saying("""<meta property="og:url" content="https://example.org/b">""").canonical == "https://example.org/b"
    )


@pytest.mark.parametrize(
    "href", ["https://other.example/a", "https://www.example.org/", "javascript:alert(1)", "https://[x/", "", "#"]
)
def test_a_canonical_address_of_another_site_or_of_a_whole_site_is_not_believed(href: str) -> None:
    assert page_saying(f"<link rel=canonical href='{href}'>").canonical in {"", "https://m.example.org/a"}


def test_the_name_of_the_site_is_no_part_of_the_title() -> None:
    body = PAGE.replace("<title>Aid for Kyiv", "<title>Aid for Kyiv | The Example – News")
    assert parse_page(body.encode(), address="", content_type="text/html", now=NOW).title == "Aid for Kyiv"


def test_links_over_adverts_and_to_other_articles_are_no_words_of_the_article() -> None:
    skip = '<a class="skip-ad" href="#next">Skip the advert</a>'
    body = PAGE.replace("</article>", f'{skip}<p class="more-link">MORE: <a href="/x">Another story</a></p></article>')
    text = parse_page(body.encode(), address="", content_type="text/html", now=NOW).text
    assert "advert" not in text
    assert "MORE" not in text


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", "text/html"),
        (b"<html><body></body></html>", "text/html"),
        (b"%PDF-1.7", "application/pdf"),
        (b"x" * 6_000_000, "text/html"),
    ],
)
def test_a_page_without_an_article_is_told(body: bytes, content_type: str) -> None:
    with pytest.raises(UnreadableError, match=r"\.$"):
        parse_page(body, address="https://example.org/a", content_type=content_type, now=NOW)


def test_a_page_of_nothing_but_nesting_ends() -> None:
    begun = time.monotonic()
    with pytest.raises(UnreadableError):
        parse_page(b"<div>" * 200_000, address="https://example.org/a", content_type="text/html", now=NOW)
    assert time.monotonic() - begun < 20


# --- What nobody on this project wrote --------------------------------------------------------------------------------


@pytest.fixture
def real() -> Path:
    """The folder of real feeds and pages."""
    if not os.environ.get("REAL_DATA"):
        pytest.skip("REAL_DATA is not set")
    return Path(os.environ["REAL_DATA"]) / "data"


@pytest.mark.real_data
def test_a_real_feed_is_read_whole(real: Path) -> None:
    parsed = parse((real / "feeds/reliefweb_ukraine_rss.xml").read_bytes())
    assert len(parsed.entries) == 5
    assert parsed.dropped == ()
    assert all(entry.url and entry.guid and entry.title and entry.published_at for entry in parsed.entries)
    assert not any("<p>" in entry.text for entry in parsed.entries)
    assert parsed.entries[0].author == "Danish Refugee Council; Danish Demining Group"
    assert {entry.language for entry in parsed.entries} == {"en"}


@pytest.mark.real_data
def test_a_real_feed_that_calls_itself_utf_16_is_read(real: Path) -> None:
    assert len(parse((real / "feeds/utf16_encoded.xml").read_bytes()).entries) == 1


@pytest.mark.real_data
def test_a_real_malformed_feed_is_refused_with_its_reason(real: Path) -> None:
    assert "not well-formed XML" in reason((real / "feeds/malformed_rss_namespaced.xml").read_bytes())


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("name", "title", "day", "author", "language", "canonical", "words", "noise"),
    [
        ("BBC_2026_04_25", "What is Nato", (2012, 5, 10), "Duncan", "en-GB", "www.bbc.com/", "Pentagon", "Cookie"),
        ("DW_2024_01_30", "Nadeschdin", (2024, 1, 30), "Pahlke", "de", "www.dw.com/de/", "Unterschr", "Newsletter"),
        ("GlobalNews_2026_05_24", "Russia", (2026, 5, 24), "Kullab", "en-US", "globalnews.ca/", "Oreshnik", "Subscri"),
        ("LeFigaro_2024_11_22", "Guerre", (2024, 11, 22), "AFP", "fr", "www.lefigaro.fr/", "Défense", "publicité"),
        ("Metro_2024_11_29", "Sweden tells", (2024, 11, 18), "Noora", "en", "metro.co.uk/2024", "pamphlet", "MORE"),
    ],
)
def test_a_real_page_gives_its_article(
    real: Path,
    name: str,
    title: str,
    day: tuple[int, int, int],
    author: str,
    language: str,
    canonical: str,
    words: str,
    noise: str,
) -> None:
    body = gzip.decompress((real / f"pages/{name}.html.gz").read_bytes())
    now = datetime(2026, 11, 24, tzinfo=UTC)
    site = f"https://{canonical.partition('/')[0]}/found"
    entry = parse_page(body, address=site, content_type="text/html", now=now)
    assert title in entry.title
    assert " | " not in entry.title
    assert " – " not in entry.title
    assert entry.canonical.startswith(f"https://{canonical}")
    assert author in entry.author
    assert entry.language == language
    assert words in entry.text
    assert noise not in entry.text
    assert len(entry.text) > 1500
    assert entry.published_at == datetime(*day, tzinfo=UTC)
