"""From bytes to entries: feeds, pages and files, all into the same plain form. Pure: no network, no database."""

from ingestion.parsing.entry import Entry, Parsed, RawEntry, UnreadableError, clean_line, clean_text, finish, finish_all
from ingestion.parsing.feeds import parse_feed
from ingestion.parsing.files import SUFFIXES, raw_of_file
from ingestion.parsing.pages import parse_page

__all__ = [
    "SUFFIXES",
    "Entry",
    "Parsed",
    "RawEntry",
    "UnreadableError",
    "clean_line",
    "clean_text",
    "finish",
    "finish_all",
    "parse_feed",
    "parse_page",
    "raw_of_file",
]
