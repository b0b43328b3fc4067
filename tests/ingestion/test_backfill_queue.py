"""How long commands tell the workers of what they wrote."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from ingestion.management import queueing
from ingestion.management.queueing import AT_ONCE, ToBeRead


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[list[int]]:
    """What the workers were told of, message by message."""
    messages: list[list[int]] = []
    monkeypatch.setattr(queueing, "enqueue_extraction", messages.append)
    return messages


def test_workers_are_told_of_a_few_at_once_and_of_the_rest_in_the_end(
    told: list[list[int]], settings: Settings
) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:6379/0"
    to_be_read = ToBeRead()
    for number in [*range(AT_ONCE), None, 77]:
        to_be_read.add(number)
    assert told == [list(range(AT_ONCE))]
    to_be_read.tell()
    to_be_read.tell()
    assert told == [list(range(AT_ONCE)), [77]]


def test_without_redis_nobody_is_told_and_nothing_is_heaped_up(told: list[list[int]], settings: Settings) -> None:
    settings.REDIS_URL = ""
    to_be_read = ToBeRead()
    for number in range(3 * AT_ONCE):
        to_be_read.add(number)
    to_be_read.tell()
    assert told == []
