"""``manage.py extract``: prints what the reader finds in texts, as JSON. It needs no database."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from extraction.contract import Article, Extractor
from extraction.jsonl import as_scored_line, finding_as_dict
from extraction.reader import default_extractor


class Command(BaseCommand):
    """Reads files, or one JSON object a line on standard input, and prints findings for people and scripts."""

    help = (
        "Print the findings in FILEs (plain text; standard input without any) as JSON. With --jsonl, read lines "
        '{"id", "title", "text", "published"} on standard input and write a line of findings for each.'
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Files, or lines on standard input."""
        parser.add_argument("files", nargs="*", type=Path, metavar="FILE")
        parser.add_argument("--jsonl", action="store_true", help="one JSON object a line, in and out")
        parser.add_argument("--published", type=date.fromisoformat, metavar="YYYY-MM-DD", help="day of publication")
        parser.add_argument("--title", default="", help="headline, as context")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read all, print all; the first input that cannot be read stops with its place."""
        reader = default_extractor()
        if options["jsonl"]:
            if options["files"]:
                raise CommandError("--jsonl reads standard input; leave the files away.")
            for line in read_lines(sys.stdin, reader):
                self.stdout.write(line)
            return
        for path in options["files"] or [None]:
            text = sys.stdin.read() if path is None else _text(path)
            article = Article(text=text, title=options["title"], published=options["published"])
            reading = reader.read(article)
            found = {
                "file": str(path) if path else None,
                "extractor": reader.version,
                "findings": [finding_as_dict(finding) for finding in reading.findings],
            }
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{path} is no UTF-8 text: byte {error.start} does not fit.") from error


def read_lines(lines: Iterable[str], reader: Extractor) -> Iterator[str]:
    """A line of findings for each line of articles; empty lines are passed over."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            article_id, article = _article(line, number)
            yield json.dumps(as_scored_line(article_id, reader.read(article)), ensure_ascii=False)


def _article(line: str, number: int) -> tuple[str, Article]:
    try:
        given = json.loads(line)
        article_id, text = given["id"], given["text"]
        published = given.get("published")
        day = date.fromisoformat(published[:10]) if published else None
        title = given.get("title") or ""
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CommandError(
            f'Line {number} is no article: {error!r}. Each line should be {{"id", "title", "text", "published"}}.'
        ) from error
    if not isinstance(article_id, str) or not isinstance(text, str) or not isinstance(title, str):
        raise CommandError(f"Line {number} is no article: id, title and text should be texts.")
    return article_id, Article(text=text, title=title, published=day)
