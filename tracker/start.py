"""``python -m tracker.start``: prepares the tracker and starts web server, worker and schedule together.

Without ``REDIS_URL`` everything runs in this one process; with it, as processes of their own that this one looks after.
Whatever stands in the way is answered with a sentence and a non-zero exit.
"""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from typing import NoReturn

HOST = "127.0.0.1"


def main() -> None:
    """Check, prepare, start, and stop again on Ctrl-C."""
    os.environ.setdefault("TRACKER_LOCAL", "1")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
    _check_python()
    port = _port()
    _check_port_free(port)
    _set_up_django()
    _check_folder()
    _check_services()
    _prepare()
    _say_where(port)
    from django.conf import settings

    if settings.REDIS_URL:
        from tracker.processes import run
    else:
        from tracker.embedded import run
    run(HOST, port)


def fail(words: str) -> NoReturn:
    """End with a sentence for the person who started it."""
    sys.stderr.write(f"\n{words}\n")
    raise SystemExit(1)


def say(words: str) -> None:
    """Tell the person who started it how it goes."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def _check_python() -> None:
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        fail(f"The tracker needs Python 3.11, 3.12 or 3.13; this is {sys.version.split()[0]}.")


def _port() -> int:
    written = os.environ.get("PORT", "").strip() or "8000"
    if not written.isascii() or not written.isdigit() or not 1 <= int(written) <= 65535:
        fail(f"PORT is {written!r}; choose a number from 1 to 65535, for example PORT=9000 make run.")
    return int(written)


def _check_port_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError:
            fail(f"You may not use port {port}. Choose one above 1023, for example: PORT=9000 make run")
        except OSError:
            fail(f"Port {port} is in use by another program. Stop it, or choose another port: PORT={port + 1} make run")


def _set_up_django() -> None:
    import django
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
    except ImproperlyConfigured as error:
        fail(f"The settings are not right: {error}")


def _check_folder() -> None:
    from django.conf import settings

    folder = Path(settings.DATA_DIR)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".write-test"
        probe.touch()
        probe.unlink()
    except OSError as error:
        fail(
            f"The folder {folder} cannot be written ({error.strerror}). Make it writable, or choose another one: "
            "DATA_DIR=/path/to/folder make run"
        )


def _check_services() -> None:
    import redis
    from django.conf import settings
    from django.db import Error, connection

    try:
        connection.ensure_connection()
    except Error as error:
        fail(f"The database of DATABASE_URL does not answer: {str(error).strip()}\nStart it, or correct DATABASE_URL.")
    if settings.REDIS_URL:
        try:
            client = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=5)
            client.ping()
            client.close()
        except (redis.RedisError, ValueError) as error:
            fail(f"The Redis of REDIS_URL does not answer: {error}\nStart it, or correct REDIS_URL.")


def _prepare() -> None:
    from django.core.management import call_command
    from django.db import DatabaseError, connections
    from django.utils import timezone

    from tracker.preparing import ensure_staff_account, prepare

    say("Preparing the database (the first time takes a moment) …")
    try:
        call_command("migrate", verbosity=0, interactive=False)
        prepare(now=timezone.now(), sample=True)
    except DatabaseError as error:
        fail(f"The database could not be prepared: {str(error).strip()}")
    account = ensure_staff_account()
    connections.close_all()
    if account and account.password:
        say(f"\nStaff account: {account.username}\nPassword:      {account.password}   (shown only this once)")
    elif account:
        say(f"\nStaff account: {account.username}, with the password from STAFF_PASSWORD.")


def _say_where(port: int) -> None:
    site = f"http://{HOST}:{port}"
    say(
        f"""
Site       {site}/
Admin      {site}/admin/
API        {site}/api/v1/
API docs   {site}/api/v1/docs/
Totals     {site}/api/v1/totals/?group_by=donor,type&currency=EUR

Ctrl-C stops everything.
"""
    )


if __name__ == "__main__":
    main()
