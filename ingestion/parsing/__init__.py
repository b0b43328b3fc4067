"""From bytes to entries: feeds, sitemaps, pages, files, all in the same plain form. Pure: no network, no database."""

from ingestion.parsing.entry import Entry, Parsed, RawEntry, UnreadableError, clean_line, clean_text, finish, finish_all
from ingestion.parsing.feeds import parse_feed
from ingestion.parsing.files import SUFFIXES, raw_of_file
from ingestion.parsing.index_pages import parse_index_page
from ingestion.parsing.pages import parse_page
from ingestion.parsing.selecting import BadSelectorError, parse_selector
from ingestion.parsing.sitemaps import ChildSitemap, Sitemap, parse_sitemap

__all__ = [
    "SUFFIXES",
    "BadSelectorError",
    "ChildSitemap",
    "Entry",
    "Parsed",
    "RawEntry",
    "Sitemap",
    "UnreadableError",
    "clean_line",
    "clean_text",
    "finish",
    "finish_all",
    "parse_feed",
    "parse_index_page",
    "parse_page",
    "parse_selector",
    "parse_sitemap",
    "raw_of_file",
]
