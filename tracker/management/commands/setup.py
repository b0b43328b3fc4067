"""``manage.py setup``: prepares a new or an upgraded installation."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tracker.preparing import NotPreparedError, prepare


class Command(BaseCommand):
    """Migrates, loads reference data, schedules, a staff account and static files. Running it again changes nothing."""

    help = (
        "Prepare the tracker: migrate, load countries, exchange rates and schedules, make a staff account where there "
        "is none (STAFF_USERNAME, STAFF_PASSWORD), gather static files. With LOAD_SAMPLE=1 also the sample."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Prepare and report."""
        try:
            for line in prepare():
                self.stdout.write(line)
        except NotPreparedError as error:
            raise CommandError(str(error)) from error
        self.stdout.write("The tracker is prepared.")
