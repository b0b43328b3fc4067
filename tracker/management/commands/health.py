"""``manage.py health``: whether database, broker and schedule work, for container health checks and people."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from tracker.health import parts


class Command(BaseCommand):
    """Prints how each part is; fails if one does not work."""

    help = "Say whether database, broker and schedule work; the exit code is not zero if one does not."

    def handle(self, *args: Any, **options: Any) -> None:
        """Look and report."""
        found = parts(now=timezone.now())
        for name, part in found.items():
            self.stdout.write(f"{name}: {part.words}")
        broken = [name for name, part in found.items() if not part.works]
        if broken:
            raise CommandError(f"Not working: {', '.join(broken)}.")
