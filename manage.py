#!/usr/bin/env python
"""Django's command line for the tracker: ``python manage.py help`` lists what it can do."""

import os
import secrets
import sys

# They only read texts: no database and nobody's key, so they run in a checkout that was never set up.
READING = {"extract", "explain_extraction", "evaluate_extraction", "check_coding"}


def main() -> None:
    """Run one management command with the tracker's settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
    if len(sys.argv) > 1 and sys.argv[1] in READING:
        os.environ.setdefault("TRACKER_LOCAL", "1")
        os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(50))
    try:
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line
    except ModuleNotFoundError as error:
        raise SystemExit(
            "Django is not installed for this Python. Run `make run` once, which makes .venv, or use .venv/bin/python."
        ) from error
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        raise SystemExit(f"The settings are not right: {error}") from error


if __name__ == "__main__":
    main()
