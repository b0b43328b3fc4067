"""Reads the files of a folder: ``.txt``, ``.md`` and ``.html``, one article each."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import PurePosixPath

from ingestion.parsing.entry import RawEntry, UnreadableError
from ingestion.parsing.feeds import moment_of
from ingestion.parsing.pages import raw_of_html

SUFFIXES = frozenset({".txt", ".md", ".html", ".htm"})
_FRONT = re.compile(r"\A---[ \t]*\n(?P<front>.*?)\n---[ \t]*\n", re.DOTALL)
_FIELD = re.compile(r"^(?P<name>title|url|date|author|language)[ \t]*:[ \t]*(?P<value>.*)$", re.MULTILINE)
_HEADING = re.compile(r"\A\s*#[ \t]+(?P<title>[^\n]+?)[ \t#]*(?:\n|\Z)")


def raw_of_file(name: str, body: bytes) -> RawEntry:
    """The article of one file, named by its path within the folder. Raises :class:`UnreadableError`."""
    path = PurePosixPath(name)
    if path.suffix.lower() in {".html", ".htm"}:
        raw = raw_of_html(body, address="", place=name)
    else:
        text = decoded(body).replace("\r\n", "\n").replace("\r", "\n")
        raw = _of_markdown(name, text) if path.suffix.lower() == ".md" else RawEntry(place=name, text=text)
    if not raw.text.strip():
        raise UnreadableError("There is no text in it.")
    raw.guid = name
    raw.title = raw.title or re.sub(r"[-_]+", " ", path.stem)
    return raw


def decoded(body: bytes) -> str:
    """The text of a file: UTF-8, or UTF-16 where its mark says so, or else Windows-1252."""
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body.decode("utf-16", "replace")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace")


def _of_markdown(name: str, text: str) -> RawEntry:
    """Title, address, date, author and language stand in a block between ``---`` lines, or the title in a heading."""
    raw = RawEntry(place=name)
    front = _FRONT.match(text)
    if front:
        fields = {field["name"]: field["value"].strip().strip("\"'") for field in _FIELD.finditer(front["front"])}
        raw.title, raw.url = fields.get("title", ""), fields.get("url", "")
        raw.author, raw.language = fields.get("author", ""), fields.get("language", "")
        raw.published_at = _day(fields.get("date", ""))
        text = text[front.end() :]
    heading = _HEADING.match(text)
    if heading and not raw.title:
        raw.title = heading["title"]
    if heading and raw.title == heading["title"]:
        text = text[heading.end() :]
    raw.text = text
    return raw


def _day(written: str) -> datetime | None:
    return moment_of(written) if written else None
