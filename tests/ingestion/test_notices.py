"""Notices: raised once, ended, put away, and mailed once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db import IntegrityError, connection, transaction
from pytest_django import Settings

from history.models import Change, Version
from ingestion.models import Notice, NoticeKind, Source, SourceKind
from ingestion.services.notices import MAIL_LEASE, end_notice, mail_notices, put_away_notice, raise_notice, standing
from tests.ingestion.conftest import NOW, MakeSource
from tests.ingestion.test_concurrency import at_once

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)
ONE_OF_EACH_SORT = [NoticeKind.TOO_LITTLE, NoticeKind.STUCK]


@pytest.fixture
def mailed(settings: Settings) -> list[EmailMessage]:
    """The mail that went out; it goes to two people."""
    settings.STAFF_MAIL = ["desk@example.org", "chief@example.org"]
    settings.MAIL_FROM = "tracker@example.org"
    return mail.outbox


def test_raising_again_refreshes_the_words_of_the_one_that_stands(make_source: MakeSource) -> None:
    source = make_source("feed.xml")
    raise_notice(NoticeKind.TOO_LITTLE, source_id=source.pk, words="2 articles.", now=NOW)
    raise_notice(NoticeKind.TOO_LITTLE, source_id=source.pk, words="1 article.", now=LATER)
    notice = Notice.objects.get()
    assert (notice.words, notice.raised_at, notice.source) == ("1 article.", NOW, source)


def test_each_source_and_the_whole_have_notices_of_their_own(make_source: MakeSource) -> None:
    first, second = make_source("a.xml"), make_source("b.xml")
    for source_id in (first.pk, second.pk, None):
        raise_notice(NoticeKind.STUCK, source_id=source_id, words="Stuck.", now=NOW)
    assert end_notice(NoticeKind.STUCK, now=LATER)
    assert set(standing().values_list("source_id", flat=True)) == {first.pk, second.pk}
    assert end_notice(NoticeKind.STUCK, source_id=first.pk, now=LATER)
    assert standing().get().source == second


def test_a_notice_that_is_over_can_be_raised_anew_and_the_old_one_is_kept() -> None:
    raise_notice(NoticeKind.STUCK, words="Stuck.", now=NOW)
    assert end_notice(NoticeKind.STUCK, now=NOW)
    assert not end_notice(NoticeKind.STUCK, now=LATER)
    raise_notice(NoticeKind.STUCK, words="Stuck again.", now=LATER)
    assert sorted(Notice.objects.values_list("words", "over_at")) == [("Stuck again.", None), ("Stuck.", NOW)]


@pytest.mark.parametrize("for_a_source", [True, False])
def test_the_database_itself_keeps_a_second_one_out(make_source: MakeSource, for_a_source: bool) -> None:
    source = make_source("feed.xml") if for_a_source else None
    for_both: dict[str, Any] = {"kind": NoticeKind.STUCK, "source": source, "words": "Stuck.", "raised_at": NOW}
    Notice.objects.create(**for_both)
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.create(**for_both)


def test_putting_away_takes_a_notice_from_sight_and_stands_in_history(staff: User) -> None:
    raise_notice(NoticeKind.STUCK, words="Stuck.", now=NOW)
    notice = put_away_notice(Notice.objects.get().pk, acting_user=staff, now=LATER)
    assert not standing().exists()
    change = Change.objects.get(action="notice.put_away")
    assert (change.actor, change.at) == (staff, LATER)
    assert Version.objects.get(kind="notice", object_id=notice.pk).state["words"] == "Stuck."


def test_a_state_that_was_put_away_is_not_raised_until_it_was_over(staff: User, make_source: MakeSource) -> None:
    source_id = make_source("feed.xml").pk
    raise_notice(NoticeKind.TOO_LITTLE, source_id=source_id, words="2 articles.", now=NOW)
    put_away_notice(Notice.objects.get().pk, acting_user=staff, now=NOW)
    raise_notice(NoticeKind.TOO_LITTLE, source_id=source_id, words="1 article.", now=LATER)
    assert not standing().exists()
    end_notice(NoticeKind.TOO_LITTLE, source_id=source_id, now=LATER)
    raise_notice(NoticeKind.TOO_LITTLE, source_id=source_id, words="0 articles.", now=LATER)
    assert standing().get().words == "0 articles."


@pytest.mark.parametrize("kind", [NoticeKind.PAUSED, NoticeKind.MOVED])
def test_an_event_that_was_put_away_is_told_again_when_it_happens_again(
    staff: User, make_source: MakeSource, kind: NoticeKind
) -> None:
    source_id = make_source("feed.xml").pk
    raise_notice(kind, source_id=source_id, words="The first time.", now=NOW)
    put_away_notice(Notice.objects.get().pk, acting_user=staff, now=NOW)
    raise_notice(kind, source_id=source_id, words="The second time.", now=LATER)
    assert standing().get().words == "The second time."


def test_a_notice_is_put_away_once_and_the_second_press_is_told_so(staff: User) -> None:
    raise_notice(NoticeKind.STUCK, words="Stuck.", now=NOW)
    pk = Notice.objects.get().pk
    put_away_notice(pk, acting_user=staff, now=NOW)
    with pytest.raises(ValidationError, match="put it away already"):
        put_away_notice(pk, acting_user=staff, now=LATER)
    assert Change.objects.count() == 1


def test_all_waiting_notices_go_out_in_one_mail_and_only_once(
    mailed: list[EmailMessage], make_source: MakeSource
) -> None:
    raise_notice(NoticeKind.STUCK, words="40 texts wait.", now=NOW)
    raise_notice(
        NoticeKind.PAUSED, source_id=make_source("a.xml", name="The Herald").pk, words="Ten failures.", now=NOW
    )
    assert mail_notices(now=NOW) == 2
    assert mail_notices(now=LATER) == 0
    (message,) = mailed
    assert message.to == ["desk@example.org", "chief@example.org"]
    assert (message.subject, message.from_email) == ("Pledge tracker: 2 notices", "tracker@example.org")
    body = str(message.body)
    assert "Source paused after failures: The Herald\nTen failures.\n(4 May 2026, 12:00 UTC)" in body
    assert "40 texts wait." in body


def test_a_single_notice_is_named_in_the_subject_on_one_line(
    mailed: list[EmailMessage], make_source: MakeSource
) -> None:
    source = make_source("a.xml", name="Two\r\nBcc: lines@example.org")
    raise_notice(NoticeKind.MOVED, source_id=source.pk, words="Moved.", now=NOW)
    assert mail_notices(now=NOW) == 1
    assert mailed[0].subject == "Pledge tracker: Source has a new address: Two Bcc: lines@example.org"


def test_nothing_is_mailed_or_claimed_if_nobody_is_to_be_told(settings: Settings) -> None:
    settings.STAFF_MAIL = []
    raise_notice(NoticeKind.STUCK, words="Stuck.", now=NOW)
    assert mail_notices(now=NOW) == 0
    notice = Notice.objects.get()
    assert (notice.mailing_until, notice.mailed_at, mail.outbox) == (None, None, [])


def test_what_is_over_or_put_away_is_not_mailed(mailed: list[EmailMessage], staff: User) -> None:
    raise_notice(NoticeKind.STUCK, words="Over.", now=NOW)
    end_notice(NoticeKind.STUCK, now=NOW)
    raise_notice(NoticeKind.STUCK, words="Put away.", now=NOW)
    put_away_notice(standing().get().pk, acting_user=staff, now=NOW)
    assert mail_notices(now=NOW) == 0
    assert mailed == []


def test_a_mail_server_that_fails_leaves_the_notices_for_later_and_is_logged(
    mailed: list[EmailMessage], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def gone(self: EmailMessage, fail_silently: bool = False) -> int:
        raise SMTPServerDisconnected("gone")

    raise_notice(NoticeKind.STUCK, words="Stuck.", now=NOW)
    with monkeypatch.context() as broken:
        broken.setattr(EmailMessage, "send", gone)
        assert mail_notices(now=NOW) == 0
    assert "could not be mailed" in caplog.text
    assert mail_notices(now=NOW) == 1
    assert len(mailed) == 1


def test_a_mail_server_that_refuses_connections_is_no_crash(
    mailed: list[EmailMessage], settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    raise_notice(NoticeKind.STUCK, words="Stuck.", now=NOW)
    assert mail_notices(now=NOW) == 0
    assert Notice.objects.get().mailed_at is None


def test_a_claim_of_a_worker_that_died_runs_out(mailed: list[EmailMessage]) -> None:
    raise_notice(NoticeKind.STUCK, words="Stuck.", now=NOW)
    Notice.objects.update(mailing_until=NOW + MAIL_LEASE)
    assert mail_notices(now=NOW + timedelta(seconds=1)) == 0
    assert mail_notices(now=NOW + MAIL_LEASE) == 1
    assert len(mailed) == 1


def test_a_mail_about_very_many_notices_tells_fifty_and_counts_the_rest(
    mailed: list[EmailMessage], make_source: MakeSource
) -> None:
    for number in range(53):
        raise_notice(NoticeKind.PAUSED, source_id=make_source(f"{number}.xml").pk, words="Ten failures.", now=NOW)
    assert mail_notices(now=NOW) == 53
    body = str(mailed[0].body)
    assert body.count("Ten failures.") == 50
    assert "… and 3 more." in body


many_writers = [
    pytest.mark.services,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs a database with several writers"),
]


class TestAtOnce:
    """Several workers at the same moment."""

    pytestmark = many_writers

    @pytest.mark.parametrize("kind", ONE_OF_EACH_SORT)
    def test_a_notice_raised_by_eight_workers_is_raised_once(self, kind: NoticeKind) -> None:
        source_id = None
        if kind == NoticeKind.TOO_LITTLE:
            source_id = Source.objects.create(name="s", url="u", kind=SourceKind.FEED, created_at=NOW).pk
        at_once(*[lambda: raise_notice(kind, source_id=source_id, words="Once.", now=NOW)] * 8)
        assert Notice.objects.get().words == "Once."

    def test_of_eight_workers_one_mails(self, mailed: list[EmailMessage], monkeypatch: pytest.MonkeyPatch) -> None:
        sent: list[str] = []
        lock = threading.Lock()

        def note(self: EmailMessage, fail_silently: bool = False) -> int:
            with lock:
                sent.append(str(self.body))
            return 1

        monkeypatch.setattr(EmailMessage, "send", note)
        for number in range(5):
            source = Source.objects.create(name=f"s{number}", url="u", kind=SourceKind.FEED, created_at=NOW)
            raise_notice(NoticeKind.PAUSED, source_id=source.pk, words=f"Word {number}.", now=NOW)
        works: list[Callable[[], object]] = [lambda: mail_notices(now=NOW)] * 8
        assert sum(int(str(count)) for count in at_once(*works)) == 5
        for number in range(5):
            assert sum(f"Word {number}." in body for body in sent) == 1
