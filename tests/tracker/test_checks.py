"""The checks of the settings: an id and the mend for each."""

from __future__ import annotations

import pytest
from django.core.checks import run_checks
from pytest_django import Settings


def ids() -> set[str]:
    return {str(message.id) for message in run_checks(include_deployment_checks=True)}


@pytest.fixture
def production(settings: Settings) -> Settings:
    settings.LOCAL = False
    settings.ALLOWED_HOSTS = ["tracker.example.org"]
    settings.CONTACT_ADDRESS = "https://tracker.example.org/about"
    return settings


def test_right_production_settings_have_nothing_of_ours_to_mend(production: Settings) -> None:
    assert {one for one in ids() if one.startswith("tracker.")} == set()


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("LOCAL_SOURCES_ROOT", "/no/such/folder", "tracker.E001"),
        ("LOCAL", True, "tracker.E002"),
        ("FETCH_ALLOW_LOOPBACK", True, "tracker.E003"),
        ("ALLOWED_HOSTS", [], "tracker.E004"),
        ("ALLOWED_HOSTS", ["*"], "tracker.W005"),
        ("CONTACT_ADDRESS", "no contact address given", "tracker.W006"),
    ],
)
def test_a_setting_that_is_wrong_for_production_is_named(
    production: Settings, name: str, value: object, expected: str
) -> None:
    setattr(production, name, value)
    assert expected in ids()
