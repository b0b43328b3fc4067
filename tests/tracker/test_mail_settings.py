"""The settings for mail: a wrong one is answered with a sentence, a missing server is warned of."""

from __future__ import annotations

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from tracker import env


@pytest.fixture(autouse=True)
def no_mail_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("STAFF_MAIL", "MAIL_FROM", "EMAIL_URL"):
        monkeypatch.delenv(name, raising=False)


def test_several_addresses_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    assert env.staff_mail() == []
    monkeypatch.setenv("STAFF_MAIL", "desk@example.org, chief@example.org,")
    assert env.staff_mail() == ["desk@example.org", "chief@example.org"]


@pytest.mark.parametrize("name", ["STAFF_MAIL", "MAIL_FROM"])
@pytest.mark.parametrize("written", ["desk", "Desk <desk@example.org>", "desk@example.org;chief@example.org"])
def test_what_is_no_address_is_named(monkeypatch: pytest.MonkeyPatch, name: str, written: str) -> None:
    monkeypatch.setenv(name, written)
    with pytest.raises(ImproperlyConfigured, match=rf"{name} is .*; write a mail address such as desk@example\.org"):
        env.staff_mail() if name == "STAFF_MAIL" else env.mail_from()


def test_a_server_with_user_password_and_encryption_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMAIL_URL", "smtp+tls://user:p%40w@mail.example.org:587")
    config = env.mail_server(local=False)
    assert (config["EMAIL_HOST"], config["EMAIL_PORT"], config["EMAIL_USE_TLS"]) == ("mail.example.org", 587, True)
    assert (config["EMAIL_HOST_USER"], config["EMAIL_HOST_PASSWORD"]) == ("user", "p@w")


@pytest.mark.parametrize(("local", "backend"), [(True, "console"), (False, "smtp")])
def test_without_a_server_mail_is_printed_only_on_a_laptop(local: bool, backend: str) -> None:
    assert backend in env.mail_server(local=local)["EMAIL_BACKEND"]


@pytest.mark.parametrize(
    "written", ["mail.example.org", "https://mail.example.org", "smtp://", "smtp://host:x", "filemail://x", "smtp"]
)
def test_a_server_that_cannot_be_read_is_answered_with_how_to_write_it(
    monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    monkeypatch.setenv("EMAIL_URL", written)
    with pytest.raises(ImproperlyConfigured, match=r"EMAIL_URL cannot be read\. Write smtp"):
        env.mail_server(local=False)


@pytest.mark.parametrize(("given", "warned"), [(False, True), (True, False)])
def test_people_to_be_mailed_without_a_server_are_warned_of(settings: Settings, given: bool, warned: bool) -> None:
    settings.STAFF_MAIL, settings.EMAIL_URL_GIVEN = ["desk@example.org"], given
    found = {message.id for message in run_checks(include_deployment_checks=True)}
    assert ("tracker.W007" in found) == warned
