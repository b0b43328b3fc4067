"""When a source is polled next: by how often it brings something, and by how it fails. Pure."""

from __future__ import annotations

from datetime import timedelta

QUICKER, SLOWER = 0.5, 1.25
SPREAD = 0.1  # the share by which polls are put off at random, so that sources do not come to march in step
SOFT_SPREAD = 0.5
LONGEST_PAUSE = timedelta(days=1)


def next_interval(present: int | None, *, floor: int, ceiling: int, brought: bool) -> int:
    """Seconds between two polls from now on: half as many after one that brought something, a quarter more after none.

    It settles where about one poll in four brings something, whatever the source's own pace. A source that was never
    polled begins at its floor.
    """
    if present is None:
        return floor
    wished = present * (QUICKER if brought else SLOWER)
    return min(max(round(wished), floor), ceiling)


def pause_after_success(interval: int, *, ceiling: int, luck: float) -> timedelta:
    """How long to wait after a poll that went well. ``luck``, from 0 to 1, spreads the polls a little."""
    return timedelta(seconds=min(interval * (1 + SPREAD * luck), ceiling))


def pause_after_soft(in_a_row: int, *, floor: int, ceiling: int, luck: float) -> timedelta:
    """How long to wait after failures that mend by themselves: a time-out, a server's own error.

    From the floor doubling up to the ceiling, so that the source is back soon after an outage, and each time put off at
    random by up to a half, so that those who failed together do not come back together.
    """
    doubled = min(floor * 2 ** min(in_a_row - 1, 20), ceiling)
    return timedelta(seconds=doubled * (1 + SOFT_SPREAD * luck))


def pause_after_hard(in_a_row: int, *, interval: int, luck: float) -> timedelta:
    """How long to wait after failures that somebody has to mend: a wrong address, no feed, forbidden.

    From twice the present interval doubling, up to a day and a little.
    """
    doubled = min(interval * 2 ** min(in_a_row, 20), int(LONGEST_PAUSE.total_seconds()))
    return timedelta(seconds=doubled * (1 + SPREAD * luck))
