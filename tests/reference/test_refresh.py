"""The scheduled job that reads the ECB's daily file, against a real HTTP server on loopback."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from pytest_django import Settings
from pytest_httpserver import HTTPServer

from pledges.models import Pledge
from pledges.tasks import refresh_rates as refresh_task
from reference.models import Rate, RateRefresh
from reference.refresh import refresh_rates
from tests.builders import NOW, draft, person

pytestmark = pytest.mark.django_db

FILE = """<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01"
                 xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
  <Cube><Cube time="2022-02-25"><Cube currency="USD" rate="1.1216"/><Cube currency="SEK" rate="10.6"/></Cube></Cube>
</gesmes:Envelope>"""


@pytest.fixture
def ecb(httpserver: HTTPServer, settings: Settings) -> HTTPServer:
    settings.ECB_RATES_URL = httpserver.url_for("/rates.xml")
    return httpserver


def test_new_rates_are_added_and_the_attempt_says_so(ecb: HTTPServer) -> None:
    ecb.expect_request("/rates.xml").respond_with_data(FILE)
    attempt = refresh_rates(now=NOW)
    assert (attempt.succeeded, attempt.added, attempt.last_day) == (True, 2, date(2022, 2, 25))
    assert Rate.objects.get(currency="SEK").per_euro == Decimal("10.6")


def test_running_twice_adds_nothing(ecb: HTTPServer) -> None:
    ecb.expect_request("/rates.xml").respond_with_data(FILE)
    refresh_rates(now=NOW)
    assert refresh_rates(now=NOW).added == 0


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("<html>sorry</html>", "holds no day of rates"),
        (FILE.replace("SEK", "SWEDISH"), "no currency that has a rate"),
        ("not xml at all", "no XML that can be read"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "no XML that can be read"),
        (FILE.replace("10.6", "-1"), "figure that is no rate"),
    ],
)
def test_a_file_that_is_none_changes_nothing_and_is_named(ecb: HTTPServer, answer: str, words: str) -> None:
    ecb.expect_request("/rates.xml").respond_with_data(answer)
    attempt = refresh_rates(now=NOW)
    assert not attempt.succeeded
    assert words in attempt.words
    assert not Rate.objects.exists()


def test_an_error_of_the_server_is_told_in_words(ecb: HTTPServer) -> None:
    ecb.expect_request("/rates.xml").respond_with_data("", status=503)
    assert "status 503" in refresh_rates(now=NOW).words


def test_offline_it_fails_with_clear_words_and_loses_nothing(settings: Settings) -> None:
    settings.ECB_RATES_URL = "http://127.0.0.1:9/rates.xml"
    attempt = refresh_rates(now=NOW)
    assert not attempt.succeeded
    assert "could not be reached" in attempt.words
    assert "are kept" in attempt.words
    assert RateRefresh.objects.get().finished_at == NOW


def test_a_pledge_that_waited_for_a_rate_is_converted_by_the_job(ecb: HTTPServer) -> None:
    from pledges.services import create_pledge

    waiting = create_pledge(draft(stated=Decimal(106), currency="SEK"), now=NOW, acting_user=person())
    assert waiting.eur_central is None
    ecb.expect_request("/rates.xml").respond_with_data(FILE)
    refresh_task()
    assert Pledge.objects.get(pk=waiting.pk).eur_central == 1000
