"""Reads an index page: the links that a selector means, as entries whose words are on the pages that they lead to."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import httpx
import lxml.etree
import lxml.html

from ingestion.addresses import AddressError, canonical_address, fold_address, host_of, is_home, shorten
from ingestion.parsing.entry import Parsed, RawEntry, UnreadableError, clean_line, finish_all
from ingestion.parsing.selecting import BadSelectorError, names_addresses, parse_selector, select_links

MAX_INDEX_BYTES = 4_000_000
MAX_ELEMENTS = 50_000
MAX_LINKS = 2000


def parse_index_page(body: bytes, selector: str, *, address: str, content_type: str, now: datetime) -> Parsed:
    """The links of a page that a CSS selector means, or that stand inside of what it means, as entries without a text.

    A link's words are the entry's title. Links to other sites are left out, unless the selector itself says where its
    links lead (``a[href^="https://…"]``); so are those to the page itself and to a site's front page. Raises
    :class:`UnreadableError`: no page, a selector that cannot be used, or one that fits no link or too many.
    """
    root = _root(body, content_type)
    try:
        rules = parse_selector(selector)
    except BadSelectorError as error:
        raise UnreadableError(str(error)) from error
    found = _Links(address, _base(root, address), anywhere=names_addresses(selector))
    for number, link in enumerate(select_links(root, rules), start=1):
        if number > MAX_LINKS:
            raise UnreadableError(
                f"The selector “{shorten(selector, 60)}” fits more than {MAX_LINKS:,} links. Make it narrower."
            )
        found.take(link)
    if not found.titles:
        raise UnreadableError(
            f"The selector “{shorten(selector, 60)}” fits no link to an article of this site. If the page was rebuilt, "
            "give another selector."
        )
    parsed = finish_all(list(found.entries()), now=now)
    return Parsed(parsed.entries, parsed.dropped, (*found.remarks(), *parsed.remarks))


def _root(body: bytes, content_type: str) -> Any:
    if not body.strip():
        raise UnreadableError("The page is empty: the answer has no content. It is tried again at the next poll.")
    if len(body) > MAX_INDEX_BYTES:
        raise UnreadableError(f"The page is larger than {MAX_INDEX_BYTES:,} bytes; it is not read.")
    if body.lstrip()[:5].lower() in {b"<?xml", b"<rss "} or body.lstrip()[:6].lower() == b"<feed ":
        raise UnreadableError("The address gives XML, not a web page. If it is a feed or a sitemap, add it as such.")
    parser = lxml.html.HTMLParser(encoding=encoding_of(body, content_type), no_network=True, huge_tree=False)
    try:
        root = lxml.html.document_fromstring(body, parser=parser)
    except (lxml.etree.LxmlError, ValueError, AssertionError) as error:
        raise UnreadableError("The address gives no web page that can be read.") from error
    if sum(1 for _element in root.iter()) > MAX_ELEMENTS:
        raise UnreadableError(f"The page has more than {MAX_ELEMENTS:,} elements; it is not read.")
    return root


def encoding_of(body: bytes, content_type: str) -> str | None:
    """How a page is encoded: UTF-8 if it can be, or as its server says; ``None`` leaves it to what the page says."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        name = content_type.lower().partition("charset=")[2].partition(";")[0].strip(" \"'")
        try:
            return codecs.lookup(name).name
        except (LookupError, ValueError):
            return None
    return "utf-8"


def _base(root: Any, address: str) -> str:
    """The address that the page's links are meant from."""
    for element in root.iterfind(".//base[@href]"):
        return joined(address, str(element.get("href")))
    return address


def joined(address: str, link: str) -> str:
    """A link made absolute; as it is where that cannot be done."""
    try:
        return str(httpx.URL(address).join(link.strip()))
    except (httpx.InvalidURL, ValueError):
        return link


class _Links:
    """The articles that the links lead to, each once, in the order of the page."""

    def __init__(self, address: str, base: str, *, anywhere: bool) -> None:
        self.titles: dict[str, str] = {}
        self._base, self._anywhere = base, anywhere
        self._page = fold_address(address)
        self._elsewhere = self._unusable = 0

    def take(self, link: Any) -> None:
        """Take the address and the words of a link."""
        try:
            url = canonical_address(joined(self._base, str(link.get("href"))))
            folded = fold_address(url)
        except AddressError:
            self._unusable += 1
            return
        if folded == self._page or is_home(folded):
            return
        if not self._anywhere and not _of_one_site(host_of(folded), host_of(self._page)):
            self._elsewhere += 1
            return
        self.titles[url] = max(self.titles.get(url, ""), _words(link), key=len)

    def entries(self) -> Iterator[RawEntry]:
        """What was taken."""
        for place, (url, title) in enumerate(self.titles.items(), start=1):
            yield RawEntry(place=f"Link {place}", url=url, title=title, needs_page=True)

    def remarks(self) -> Iterator[str]:
        """What was not."""
        if self._elsewhere:
            yield f"Links to other sites, left out: {self._elsewhere}."
        if self._unusable:
            yield f"Links that are no web addresses, left out: {self._unusable}."


def _of_one_site(one: str, other: str) -> bool:
    """Whether two hosts are the same, or one is a part of the other."""
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


def _words(link: Any) -> str:
    """The words of a link, or of the picture that stands for them."""
    words = clean_line("".join(link.xpath(".//text()[not(ancestor::script or ancestor::style)]")))
    if not words:
        words = next((clean_line(str(image.get("alt") or "")) for image in link.iterfind(".//img")), "")
    return words or clean_line(str(link.get("title") or ""))
