"""Reads the environment: every variable the tracker knows, its meaning and its default, in one place.

``.env.example`` lists the same variables; a test holds the two together. A variable that is missing or malformed is
answered with a sentence that names it and says what to do.
"""

from __future__ import annotations

import os
import re
import secrets
from datetime import date
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
# ENV_FILE names another file, or none when it is empty. What the environment says already goes before the file.
if _file := os.environ.get("ENV_FILE", str(BASE_DIR / ".env")):
    environ.Env.read_env(_file)


def flag(name: str, *, default: bool) -> bool:
    """A yes/no variable: 1, true, yes, on or 0, false, no, off."""
    written = env.str(name, default="").strip().lower()
    if written == "":
        return default
    if written in {"1", "true", "yes", "on"}:
        return True
    if written in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} is {written!r}; write 1 for yes or 0 for no.")


def whole_number(name: str, *, default: int, least: int = 0) -> int:
    """A whole number that is not below ``least``."""
    written = env.str(name, default="").strip()
    if written == "":
        return default
    if not written.isascii() or not written.isdigit() or int(written) < least:
        raise ImproperlyConfigured(f"{name} is {written!r}; write a whole number of at least {least}.")
    return int(written)


def seconds(name: str, *, default: float) -> float:
    """A number of seconds, with a point for fractions; not negative."""
    written = env.str(name, default="").strip()
    if written == "":
        return default
    if not re.fullmatch(r"\d{1,6}(\.\d{1,3})?", written, flags=re.ASCII):
        raise ImproperlyConfigured(f"{name} is {written!r}; write a number of seconds, for example 0.5 or 2.")
    return float(written)


def text(name: str, *, default: str = "") -> str:
    """A text; an empty variable counts as missing."""
    return env.str(name, default="").strip() or default


def words(name: str, *, default: list[str]) -> list[str]:
    """A list separated by commas."""
    written = text(name)
    return [one.strip() for one in written.split(",") if one.strip()] if written else default


def days(name: str, *, default: str) -> dict[str, date]:
    """A list of codes with a day each, such as ``UA=2022-02-24``, separated by commas; ``none`` for no such day."""
    written = text(name, default=default)
    found: dict[str, date] = {}
    for one in [] if written.lower() == "none" else written.split(","):
        code, _, day = one.strip().partition("=")
        try:
            found[code.strip().upper()] = date.fromisoformat(day.strip())
        except ValueError as error:
            raise ImproperlyConfigured(
                f"{name} is {written!r}; write codes with a day each, for example UA=2022-02-24, or none."
            ) from error
    return found


def choice(name: str, *, default: str, allowed: tuple[str, ...]) -> str:
    """One of a few words, in capitals or not."""
    written = text(name, default=default)
    if written.upper() not in allowed:
        raise ImproperlyConfigured(f"{name} is {written!r}; write one of {', '.join(allowed)}.")
    return written.upper()


# Code list OrganisationType of IATI.
ORGANISATION_TYPES = ("10", "11", "15", "21", "22", "23", "24", "30", "40", "60", "70", "71", "72", "73", "80", "90")


def organisation_id(name: str, *, default: str) -> str:
    """The identifier of an organisation, as IATI allows it."""
    written = text(name, default=default)
    if not re.fullmatch(r"[0-9A-Za-z][0-9A-Za-z._:-]{1,99}", written):
        raise ImproperlyConfigured(
            f"{name} is {written!r}; write the organisation's identifier, such as GB-COH-1234567: letters, figures, "
            "points, hyphens and underscores."
        )
    return written


def port() -> int:
    """PORT: where the site listens."""
    written = text("PORT", default="8000")
    if not written.isascii() or not written.isdigit() or not 1 <= int(written) <= 65535:
        raise ImproperlyConfigured(f"PORT is {written!r}; choose a number from 1 to 65535, for example 9000.")
    return int(written)


def mail_address(name: str, written: str) -> str:
    """One mail address, checked."""
    try:
        validate_email(written)
    except ValidationError as error:
        raise ImproperlyConfigured(f"{name} is {written!r}; write a mail address such as desk@example.org.") from error
    return written


def staff_mail() -> list[str]:
    """STAFF_MAIL: the addresses that notices to staff are mailed to; none by default."""
    return [mail_address("STAFF_MAIL", one) for one in words("STAFF_MAIL", default=[])]


def mail_from() -> str:
    """MAIL_FROM: the address that mail comes from."""
    return mail_address("MAIL_FROM", text("MAIL_FROM", default="tracker@localhost"))


def mail_server(*, local: bool) -> dict[str, Any]:
    """Django's settings for the mail server of EMAIL_URL.

    Without it mail is printed in local mode, and handed to the machine's own mail server otherwise.
    """
    written = text("EMAIL_URL", default="consolemail://" if local else "smtp://localhost:25")
    help_text = (
        "EMAIL_URL cannot be read. Write smtp+tls://user:password@host:587 (smtp+ssl:// or smtp:// for a server that "
        "speaks otherwise; %40 for an @ in the password), or consolemail:// to have mail printed."
    )
    try:
        config: dict[str, Any] = dict(env.email_url_config(written))
    except (ImproperlyConfigured, ValueError) as error:
        raise ImproperlyConfigured(help_text) from error
    if not written.startswith(("smtp://", "smtp+tls://", "smtp+ssl://", "consolemail:")):
        raise ImproperlyConfigured(help_text)
    if written.startswith("smtp") and not config["EMAIL_HOST"]:
        raise ImproperlyConfigured(help_text)
    return config


def redis_url() -> str:
    """REDIS_URL: the broker and the cache; empty for the broker inside the one process."""
    written = text("REDIS_URL")
    if written and not written.startswith(("redis://", "rediss://", "unix://")):
        raise ImproperlyConfigured("REDIS_URL cannot be read. Write redis://host:6379/0 (rediss:// with encryption).")
    return written


def data_dir() -> Path:
    """The folder for what this installation keeps on disk: the embedded database, fetched bytes, the local key."""
    return Path(text("DATA_DIR", default=str(BASE_DIR / "var"))).expanduser()


def secret_key(*, local: bool) -> str:
    """SECRET_KEY from the environment; in local mode one is made once and kept in the data folder."""
    if given := text("SECRET_KEY"):
        return given
    if not local:
        raise ImproperlyConfigured(
            "SECRET_KEY is not set. Set it to a long random text (for example the output of "
            '`python3 -c "import secrets; print(secrets.token_urlsafe(50))"`), or set TRACKER_LOCAL=1 on a laptop.'
        )
    kept = data_dir() / "secret-key"
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        if not kept.exists():
            kept.touch(mode=0o600)
            kept.write_text(secrets.token_urlsafe(50))
        return kept.read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"The folder {kept.parent} cannot be written ({error.strerror}). "
            "Make it writable, or set DATA_DIR to a folder that is."
        ) from error


def database(default: str) -> dict[str, Any]:
    """The database of DATABASE_URL with the options that each engine needs to be safe under several writers."""
    try:
        config: dict[str, Any] = dict(env.db_url_config(text("DATABASE_URL", default=default)))
    except Exception as error:
        raise ImproperlyConfigured(
            "DATABASE_URL cannot be read. Write postgres://user:password@host:5432/name or sqlite:////path/to/file."
        ) from error
    engine = str(config.get("ENGINE", ""))
    if engine == "django.db.backends.sqlite3":
        # Three writing processes lose transactions by default, none with WAL and IMMEDIATE.
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
        }
        # Opening the file and its log anew for each request costs more than most answers.
        config["CONN_MAX_AGE"] = 60
    elif engine == "django.db.backends.postgresql":
        config["CONN_MAX_AGE"] = 60
        config["CONN_HEALTH_CHECKS"] = True
    else:
        raise ImproperlyConfigured("DATABASE_URL must name PostgreSQL (postgres://…) or SQLite (sqlite:///…).")
    return config
