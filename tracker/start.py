"""``python -m tracker.start``: prepares the tracker and starts web server, worker and schedule together.

Without ``REDIS_URL`` everything runs in this one process; with it, as processes of their own that this one looks after.
Whatever stands in the way is answered with a sentence and a non-zero exit.
"""

from __future__ import annotations

import errno
import os
import signal
import socket
import sys
from pathlib import Path
from types import FrameType
from typing import NoReturn

STOPPED_BY_HAND = 130


def main() -> None:
    """Check, prepare, start, and stop again on Ctrl-C."""
    _check_python()
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, _stop)
    try:
        _run()
    except KeyboardInterrupt:
        say("\nStopped.")
        raise SystemExit(STOPPED_BY_HAND) from None


def _run() -> None:
    host, port = _address()
    _check_port_free(host, port)
    _set_up_django()
    from django.conf import settings

    _check_folder(Path(settings.DATA_DIR))
    _check_services()
    lock = None if settings.REDIS_URL else _claim(Path(settings.DATA_DIR))
    _prepare()
    _say_where(host, port)
    try:
        if settings.REDIS_URL:
            from tracker import processes

            processes.run()
        else:
            from tracker import embedded

            embedded.run(host, port)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        _port_in_use(port)
    finally:
        if lock is not None:
            os.close(lock)


def fail(words: str) -> NoReturn:
    """End with a sentence for the person who started it."""
    sys.stderr.write(f"\n{words}\n")
    raise SystemExit(1)


def say(words: str) -> None:
    """Tell the person who started it how it goes."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def _stop(number: int, frame: FrameType | None) -> None:
    """Stop in the same way for Ctrl-C, for a service manager and for a terminal that is closed."""
    raise KeyboardInterrupt


def _check_python() -> None:
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        fail(f"The tracker needs Python 3.11, 3.12 or 3.13; this is {sys.version.split()[0]}.")


def _address() -> tuple[str, int]:
    """Where to listen. Reading it also reads ``.env``; only after that is local mode the default."""
    from django.core.exceptions import ImproperlyConfigured

    from tracker import env

    os.environ.setdefault("TRACKER_LOCAL", "1")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
    try:
        return env.text("BIND_ADDRESS", default="127.0.0.1"), env.port()
    except ImproperlyConfigured as error:
        fail(str(error))


def _check_port_free(host: str, port: int) -> None:
    try:
        family, *_, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(where)
    except PermissionError:
        fail(f"You may not use port {port}. Choose one above 1023, for example: PORT=9000 make run")
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            _port_in_use(port)
        fail(f"BIND_ADDRESS is {host!r}, which is no address of this machine. Use 127.0.0.1, or 0.0.0.0 for all.")


def _port_in_use(port: int) -> NoReturn:
    other = port + 1 if port < 65535 else 8000
    fail(f"Port {port} is in use by another program. Stop it, or choose another port: PORT={other} make run")


def _set_up_django() -> None:
    import django
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
    except ImproperlyConfigured as error:
        fail(f"The settings are not right: {error}")


def _check_folder(folder: Path) -> None:
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


def _claim(folder: Path) -> int:
    from tracker.folder import FolderInUseError, claim_folder

    try:
        return claim_folder(folder)
    except FolderInUseError:
        fail(
            f"The tracker already runs on the folder {folder}. Stop it first, or choose another folder: "
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
            client = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=5, socket_timeout=5)
            client.ping()
            client.close()
        except (redis.RedisError, ValueError) as error:
            fail(f"The Redis of REDIS_URL does not answer: {error}\nStart it, or correct REDIS_URL.")


def _prepare() -> None:
    from tracker.preparing import NotPreparedError, prepare

    say("Preparing the database (the first time takes a moment) …")
    try:
        for line in prepare():
            say(line)
    except NotPreparedError as error:
        fail(str(error))


def _say_where(host: str, port: int) -> None:
    from tracker import __version__

    seen = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104  # compared, not bound
    site = f"http://{f'[{seen}]' if ':' in seen else seen}:{port}"
    say(
        f"""
The tracker {__version__} runs.

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
