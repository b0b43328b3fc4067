"""Makes the sums behind the totals anew: ``python manage.py rebuild_totals``."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from pledges.models import TotalCell
from pledges.summing.rebuilding import rebuild


class Command(BaseCommand):
    """They are kept by themselves; this is for doubts, and does no harm. Writers of the record wait for it."""

    help = "Make the sums behind the totals anew from their lines. Answers stay what they are."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Make them and say how many there are."""
        rebuild()
        self.stdout.write(f"{TotalCell.objects.count():,} sums were made anew.")
