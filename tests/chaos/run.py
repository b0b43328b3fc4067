"""One run from an empty database to a judgement."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import datetime

from django.contrib.auth import get_user_model
from django.db import Error, connection
from django.utils import timezone

from ingestion.models import Source, SourceState
from ingestion.services import create_source, resume_source
from tests import control
from tests.chaos import clock, plan
from tests.chaos.faults import Breaker, FeedControl
from tests.chaos.feed_server import HOSTS, host_of
from tests.chaos.installation import SCHEDULE, WORKERS, Installation, OnServices
from tests.chaos.judging import Judgement, attempts, judge, unfinished
from tests.chaos.news import News
from tests.chaos.sabotage import unnoticed
from tests.feed_site import free_port_on
from tests.launcher import Running

PATIENCE_SECONDS = 420
SECONDS_TO_DRAIN = 60
# While it waits for quiet, so many seconds pass for the rows at once, and then nothing is moved for a while: the polls
# that fall due by it have to end before the next ones do.
STEP_SECONDS, SECONDS_BETWEEN_STEPS = 90.0, 3.0
FLOOR, CEILING = 30, 120  # seconds between two polls of a feed, of which the rows see seven a second

Say = Callable[[str], None]


class ChaosRun:
    """Feeds, faults, quiet, judgement."""

    def __init__(self, installation: Installation, *, seed: int, seconds: float, articles: int, feeds: int) -> None:
        """Nothing runs yet but the servers of the installation."""
        self.installation, self.seed, self.seconds = installation, seed, seconds
        self.news = News(seed, articles, feeds)
        self.resumed = 0

    def carry_out(self, *, say: Say) -> int:
        """Run it and print the figures; 0 if all is as it should be, else 1."""
        begun = time.monotonic()
        control.prepare()
        control.hurry()
        embedded = not isinstance(self.installation, OnServices)
        number = len(self.news.articles)
        say(f"{number} articles in {self.news.feeds} feeds, seed {self.seed}, {self.seconds:.0f} s of faults")
        port = free_port_on(HOSTS)
        server = self._feed_server(port)
        try:
            feeds = FeedControl(port)
            self._add_sources(port)
            self.installation.start_all()
            breaker = Breaker(self.installation, feeds, self.seed)
            feeds.tell("begin", seconds=self.seconds)
            breaker.run(plan.draw(self.seed, self.seconds, embedded=embedded), self.seconds)
            feeds.tell("end")
            say(f"The faults are over ({breaker.kills} kills); waiting until all is quiet")
            quiet = self._wait_until_quiet(say)
            told = feeds.told()
            messages = self._drain()
        finally:
            server.end()
        judgement = judge(self.news, waiting_messages=messages)
        if not quiet:
            judgement.blame("left", f"it was not quiet {PATIENCE_SECONDS} s after the last fault")
        noticed, missed = unnoticed(self.news) if judgement.good else (0, [])
        self._print(breaker, told, judgement, noticed=noticed, missed=missed, seconds=time.monotonic() - begun)
        return 0 if judgement.good and not missed else 1

    def _feed_server(self, port: int) -> Running:
        arguments = [str(port), str(self.seed), str(self.news.articles_wanted), str(self.news.feeds)]
        env = {**self.installation.env, "PORT": str(port)}
        command = [sys.executable, "-m", "tests.chaos.feed_server", *arguments]
        running = Running(command, env, self.installation.folder / "feed-server.log")
        running.wait_until("/control/told")
        return running

    def _add_sources(self, port: int) -> None:
        for feed in range(self.news.feeds):
            create_source(
                name=f"Feed {feed}", kind="feed", url=f"http://{host_of(feed)}:{port}/feed/{feed}", publisher="Test",
                poll_floor=FLOOR, poll_ceiling=CEILING, fetch_pages=self.news.has_summaries(feed), job="chaos",
                now=timezone.now(),
            )  # fmt: skip

    def _wait_until_quiet(self, say: Say) -> bool:
        """Wait until every feed was read well since the faults ended, and nothing is left to do."""
        ended, end, told, moved = timezone.now(), time.monotonic() + PATIENCE_SECONDS, 0.0, time.monotonic()
        while time.monotonic() < end:
            self.installation.look_after()
            try:
                left = self._left_to_do(ended)
                if not any(left.values()):
                    return True
                self._resume_sources()
                if time.monotonic() - moved > SECONDS_BETWEEN_STEPS:
                    self._let_time_pass()
                    moved = time.monotonic()
            except Error as error:  # it was started a moment ago, or this and a task got in each other's way
                connection.close()
                left = {str(error): 1}
            if time.monotonic() - told > 15:
                told = time.monotonic()
                say(", ".join(f"{number} {what}" for what, number in left.items() if number))
            time.sleep(0.3)
        return False

    def _left_to_do(self, ended: datetime) -> dict[str, int]:
        unread = Source.objects.exclude(last_success_at__gt=ended).count()
        return {"feeds not read again": unread, **unfinished()}

    def _resume_sources(self) -> None:
        """What staff would do when the tracker tells them that it polls a source no more."""
        staff = get_user_model().objects.filter(is_superuser=True)[0]
        for pk in Source.objects.filter(state=SourceState.FAILING).values_list("pk", flat=True):
            resume_source(pk, acting_user=staff, now=timezone.now())
            self.resumed += 1

    def _let_time_pass(self) -> None:
        if isinstance(self.installation, OnServices):
            with self.installation.client() as client:
                clock.let_pass(STEP_SECONDS, client)
        else:
            clock.let_pass(STEP_SECONDS)

    def _drain(self) -> dict[str, int]:
        """End the schedule, let the workers finish what is queued, and end them. What the broker holds then."""
        installation = self.installation
        if not isinstance(installation, OnServices):
            for name in installation.names:
                installation.stop(name)
            return {}
        installation.stop(SCHEDULE)
        end = time.monotonic() + SECONDS_TO_DRAIN
        while installation.waiting_messages() and time.monotonic() < end:
            with installation.client() as client:  # the rows are left alone: what is under way gives its claims back
                clock.let_pass_for_messages(STEP_SECONDS, client)
            time.sleep(0.5)
        for name in WORKERS:
            installation.stop(name)
        return installation.waiting_messages()

    def _print(
        self, breaker: Breaker, told: dict[str, int], judgement: Judgement, *, noticed: int, missed: list[str],
        seconds: float,
    ) -> None:  # fmt: skip
        rows: list[tuple[str, object]] = [
            *((what, number) for what, number in breaker.done.items() if number),
            ("kills", breaker.kills),
            ("  of these while work was under way", breaker.in_the_middle),
            *((f"{name} ended by itself", number) for name, number in self.installation.ended_by_themselves.items()),
            *((f"feed server: answers {what}", number) for what, number in sorted(told.items()) if number),
            *((f"polls and pages: {outcome}", number) for outcome, number in attempts().items()),
            ("sources resumed by staff", self.resumed),
            ("minutes that passed for the rows", round(breaker.seconds_let_pass / 60)),
            *judgement.figures.items(),
            *((kind, len(words)) for kind, words in judgement.faults.items()),
            ("damages tried on the result", noticed),
            ("  of these not noticed", len(missed)),
            ("seconds", round(seconds)),
        ]
        for name, number in rows:
            sys.stdout.write(f"{name:<42} {number:>8}\n")
        for words in [*judgement.sentences(), *(f"not noticed: {name}" for name in missed)]:
            sys.stdout.write(f"FAULT {words}\n")
        good = judgement.good and not missed
        sys.stdout.write("Every article is in once and read once.\n" if good else "NOT as it should be.\n")
        sys.stdout.flush()
