"""Refreshes exchange rates from the ECB's file, whose address is a setting.

Every attempt leaves a ``RateRefresh`` row that says in words what happened. A failure loses nothing: the rates that
stand stay, and the next attempt reads the days that are missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

import httpx
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring
from django.conf import settings
from django.core.exceptions import ValidationError

from reference.models import RateRefresh
from reference.services import DayRate, load_rates

LARGEST_FILE = 5_000_000
CUBE = "{http://www.ecb.int/vocabulary/2002-08-01/eurofxref}Cube"


class RatesUnavailableError(Exception):
    """The rates could not be had or read; the message says why, for people."""


def refresh_rates(*, now: datetime, finished: datetime | None = None) -> RateRefresh:
    """Read the ECB's file and add the rates that are new. Never raises for what the network or the file does."""
    attempt = RateRefresh(started_at=now, words="Under way.")
    attempt.save()
    try:
        loaded = load_rates(list(read_ecb_xml(_download(settings.ECB_RATES_URL))), now=now)
    except (RatesUnavailableError, ValidationError) as error:
        words = error.messages[0] if isinstance(error, ValidationError) else str(error)
        attempt.words = f"{words} The rates that stand are kept; the next attempt reads what is missing."
    else:
        attempt.succeeded, attempt.added, attempt.last_day = True, loaded.added, loaded.last_day
        attempt.words = f"{loaded.added} new rates; the newest day is {loaded.last_day}."
    attempt.finished_at = finished or now
    attempt.save()
    return attempt


def _download(url: str) -> bytes:
    try:
        with (
            httpx.Client(timeout=settings.FETCH_TIMEOUT_SECONDS, follow_redirects=True, max_redirects=3) as client,
            client.stream("GET", url) as response,
        ):
            if response.status_code != httpx.codes.OK:
                raise RatesUnavailableError(f"{url} answered with status {response.status_code}.")
            content = b""
            for chunk in response.iter_bytes():
                content += chunk
                if len(content) > LARGEST_FILE:
                    raise RatesUnavailableError(f"{url} sent more than {LARGEST_FILE} bytes.")
            return content
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise RatesUnavailableError(f"{url} could not be reached ({str(error) or type(error).__name__}).") from error


def read_ecb_xml(content: bytes) -> Iterator[DayRate]:
    """The figures of the ECB's ``eurofxref`` XML. Raises ``RatesUnavailableError`` if the file is something else."""
    try:
        root = fromstring(content)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise RatesUnavailableError(f"The rates file is no XML that can be read ({error}).") from error
    days = [cube for cube in root.iter(CUBE) if "time" in cube.attrib]
    if not days:
        raise RatesUnavailableError("The rates file holds no day of rates; its form may have changed.")
    for cube in days:
        for one in cube.iter(CUBE):
            if "currency" in one.attrib:
                yield _day_rate(one.attrib, cube.attrib["time"])


def _day_rate(attributes: dict[str, str], day: str) -> DayRate:
    try:
        per_euro = Decimal(attributes["rate"])
        if not per_euro.is_finite() or per_euro <= 0:
            raise ValidationError("not above zero")
        return DayRate(attributes["currency"], date.fromisoformat(day), per_euro)
    except (KeyError, ValueError, InvalidOperation, ValidationError) as error:
        raise RatesUnavailableError(f"The rates file has a figure that is no rate: {attributes} of {day}.") from error
