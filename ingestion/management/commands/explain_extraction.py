"""``manage.py explain_extraction FILE``: what was recognised in each sentence, and why a finding was made or not."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from extraction.contract import Article
from extraction.explaining import explained
from extraction.reader import default_extractor


class Command(BaseCommand):
    """For the person who mends a rule."""

    help = "Show what the reader recognised in each sentence of FILE, and why a finding was or was not made."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """One file and its context."""
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--title", default="", help="headline, as context")
        parser.add_argument("--published", type=date.fromisoformat, metavar="YYYY-MM-DD")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print each sentence with its mentions and verdicts, then the findings."""
        path: Path = options["file"]
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{path} cannot be read: {error}") from error
        reader = default_extractor()
        article = Article(text=text, title=options["title"], published=options["published"])
        reading = reader.read(article, explain=True)
        for sentence in explained(article, reading):
            self.stdout.write(f"\n{text[sentence.span.start : sentence.span.end]}")
            for mention in sentence.mentions:
                self.stdout.write(f"    {mention}")
            for verdict in sentence.verdicts:
                self.stdout.write(f"  → {verdict}")
        self.stdout.write(f"\n{len(reading.findings)} findings by {reader.version}")
        for finding in reading.findings:
            self.stdout.write(f"  {finding.confidence:.2f} {finding.quote}")
            for reason in finding.reasons:
                self.stdout.write(f"       {reason}")
