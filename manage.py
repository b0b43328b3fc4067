#!/usr/bin/env python
"""Django's command line for the tracker: ``python manage.py help`` lists what it can do."""

import os
import sys


def main() -> None:
    """Run one management command with the tracker's settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
    try:
        from django.core.management import execute_from_command_line
    except ModuleNotFoundError as error:
        raise SystemExit(
            "Django is not installed for this Python. Run `make run` once, which makes .venv, or use .venv/bin/python."
        ) from error
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
