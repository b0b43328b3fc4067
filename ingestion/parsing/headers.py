"""What a page says of itself: its canonical address, its other forms, its language and its heading."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx

from ingestion.addresses import AddressError, canonical_address, fold_address, host_of, is_home

MAX_ALTERNATIVES = 5


@dataclass(frozen=True, slots=True)
class Header:
    """What was found in a page's head; an empty value means that the page does not say."""

    canonical: str = ""  # rel=canonical, or og:url without one; of the same site, and of no front page
    alternatives: tuple[str, ...] = ()  # its AMP and mobile forms, of the same site
    language: str = ""
    heading: str = ""


def header_of(tree: Any, address: str) -> Header:
    """What a page says of itself. Addresses of other sites and those that mean a whole site are left out.

    ``address`` is where the page was fetched. Without one nothing that the page says of its own address is believed.
    """
    links = [element for element in tree.iter("link") if element.get("href")]
    canonical = _first(_own(_hrefs(links, "canonical"), address)) or _first(_own(_meta(tree, "og:url"), address))
    forms = [*_own(_hrefs(links, "amphtml"), address), *_own(_mobile(links), address)]
    alternatives = [form for form in dict.fromkeys(forms) if form != canonical]
    return Header(
        canonical=canonical,
        alternatives=tuple(alternatives[:MAX_ALTERNATIVES]),
        language=_language(tree),
        heading=next((str(element.text_content()) for element in tree.iter("h1")), ""),
    )


def _first(found: Iterator[str]) -> str:
    return next(found, "")


def _hrefs(links: list[Any], relation: str) -> Iterator[str]:
    for link in links:
        if relation in str(link.get("rel") or "").lower().split():
            yield str(link.get("href"))


def _mobile(links: list[Any]) -> Iterator[str]:
    """The form for small screens, which a desktop page names as an alternate for a medium."""
    for link in links:
        if "alternate" in str(link.get("rel") or "").lower().split() and "max-width" in str(link.get("media") or ""):
            yield str(link.get("href"))


def _meta(tree: Any, name: str) -> Iterator[str]:
    for element in tree.iter("meta"):
        if name in {element.get("property"), element.get("name")} and element.get("content"):
            yield str(element.get("content"))


def _language(tree: Any) -> str:
    written = next((str(element.get("lang") or "") for element in tree.iter("html")), "")
    return written or _first(_meta(tree, "og:locale"))


def _own(written: Iterator[str], address: str) -> Iterator[str]:
    """The canonical form of those addresses that can be the page's own."""
    try:
        here = fold_address(address)
    except AddressError:
        return  # a file has none
    for one in written:
        try:
            canonical = canonical_address(str(httpx.URL(address).join(one.strip())))
            folded = fold_address(canonical)
        except (AddressError, httpx.InvalidURL, ValueError):
            continue  # what is no address says nothing
        if host_of(folded) == host_of(here) and (not is_home(folded) or is_home(here)):
            yield canonical
