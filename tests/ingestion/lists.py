"""Sitemaps made up for the tests of this room."""

from __future__ import annotations

SPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


def sitemap(*pages: tuple[str, str], at: str = "https://example.org") -> bytes:
    """A sitemap of pages, each with its name and the moment of its last change, which may be empty."""
    records = "".join(f"<url><loc>{at}/{name}</loc>{_changed(moment)}</url>" for name, moment in pages)
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="{SPACE}">{records}</urlset>'.encode()


def sitemap_index(*sitemaps: tuple[str, str]) -> bytes:
    """An index of sitemaps, each with its address and the moment of its last change, which may be empty."""
    records = "".join(f"<sitemap><loc>{address}</loc>{_changed(moment)}</sitemap>" for address, moment in sitemaps)
    return f'<?xml version="1.0" encoding="UTF-8"?><sitemapindex xmlns="{SPACE}">{records}</sitemapindex>'.encode()


def _changed(moment: str) -> str:
    return f"<lastmod>{moment}</lastmod>" if moment else ""
