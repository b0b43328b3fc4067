"""The address by which failed log-ins are counted."""

from __future__ import annotations

import pytest
from django.test import RequestFactory
from pytest_django import Settings

from tracker.visitors import address_of


@pytest.mark.parametrize(
    ("behind_proxy", "header", "expected"),
    [
        (False, "203.0.113.9", "127.0.0.1"),
        (True, "203.0.113.9", "203.0.113.9"),
        (True, "made up, 198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (True, "2001:db8::1", "2001:db8::1"),
        (True, "nonsense", "127.0.0.1"),
        (True, "", "127.0.0.1"),
    ],
)
def test_only_what_the_proxy_added_is_believed(
    settings: Settings, behind_proxy: bool, header: str, expected: str
) -> None:
    settings.BEHIND_PROXY = behind_proxy
    assert address_of(RequestFactory().get("/", headers={"x-forwarded-for": header})) == expected
