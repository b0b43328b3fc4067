"""Notices to staff: raised and ended by the jobs, put away by staff, mailed once if an address is set.

A notice stands until it is over. One that staff put away is shown and mailed no more; if it tells of a state that is
looked at again and again, it is kept in the background until that state is over, so that the next look does not raise
it anew.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db.models import Q, QuerySet
from django.utils.formats import date_format

from history.services import RecordState, keep_version, recording
from ingestion.models import Notice, NoticeKind

EVENTS = (NoticeKind.PAUSED, NoticeKind.MOVED)  # these happen once; the others are states, looked at again and again
MAIL_LEASE = timedelta(minutes=10)  # longer than a mail server is waited for
MOST_IN_A_MAIL = 500
TOLD_IN_A_MAIL = 50

log = logging.getLogger(__name__)


def standing() -> QuerySet[Notice]:
    """The notices that staff should see: not over, and put away by nobody."""
    return Notice.objects.filter(over_at__isnull=True, put_away_by__isnull=True)


def raise_notice(kind: NoticeKind, *, source_id: int | None = None, words: str, now: datetime) -> None:
    """Tell staff. If a notice of the kind stands for the source (or for the whole) already, only its words change."""
    if not _open(kind, source_id).update(words=words):
        new = Notice(kind=kind, source_id=source_id, words=words, raised_at=now)
        Notice.objects.bulk_create([new], ignore_conflicts=True)  # another worker may have raised it in this moment


def end_notice(kind: NoticeKind, *, source_id: int | None = None, now: datetime) -> bool:
    """Say that it is over. Whether there was one."""
    return bool(_open(kind, source_id).update(over_at=now))


def _open(kind: NoticeKind, source_id: int | None) -> QuerySet[Notice]:
    whose = Q(source_id=source_id) if source_id is not None else Q(source__isnull=True)
    return Notice.objects.filter(whose, kind=kind, over_at__isnull=True)


def put_away_notice(notice_id: int, *, acting_user: AbstractBaseUser, now: datetime) -> Notice:
    """Take a notice from the screens. Raises ``ValidationError`` if it is over or put away already."""
    with recording(action="notice.put_away", acting_user=acting_user, now=now) as change:
        notice = Notice.objects.get(pk=notice_id)
        values: dict[str, object] = {"put_away_by": acting_user}
        if notice.kind in EVENTS:
            values["over_at"] = now
        if not standing().filter(pk=notice_id).update(**values):
            raise ValidationError("This notice is over, or someone has put it away already.")
        kept = {"kind": notice.kind, "source": notice.source_id, "words": notice.words, "put_away": True}
        keep_version(change, RecordState(kind="notice", object_id=notice.pk, public_id="", state=kept, public=False))
    return notice


def mail_notices(*, now: datetime) -> int:
    """Mail the notices that have not been mailed, all in one message, if ``STAFF_MAIL`` names anybody. How many.

    Each is claimed first, so that of two workers one sends it. A worker that dies between sending and noting it lets
    the claim run out, and the notice is sent again: rather twice than never. A mail server that fails is logged, and
    the notices wait for the next time.
    """
    if not settings.STAFF_MAIL:
        return 0
    claimed = _claim(now)
    if not claimed:
        return 0
    notices = list(Notice.objects.filter(pk__in=claimed).select_related("source"))
    try:
        _message(notices).send()
    except OSError:  # what smtplib and sockets raise is all of this kind
        log.exception("notices could not be mailed; they are tried again", extra={"notices": len(notices)})
        Notice.objects.filter(pk__in=claimed).update(mailing_until=None)
        return 0
    Notice.objects.filter(pk__in=claimed).update(mailed_at=now, mailing_until=None)
    return len(notices)


def _claim(now: datetime) -> list[int]:
    free = Q(mailing_until__isnull=True) | Q(mailing_until__lte=now)
    waiting = standing().filter(free, mailed_at__isnull=True)
    ids = list(waiting.order_by("raised_at", "id").values_list("id", flat=True)[:MOST_IN_A_MAIL])
    return [pk for pk in ids if waiting.filter(pk=pk).update(mailing_until=now + MAIL_LEASE)]


def _message(notices: list[Notice]) -> EmailMessage:
    """One message for all of them; the first fifty in full, and how many more there are."""
    told = [_told(notice) for notice in notices[:TOLD_IN_A_MAIL]]
    rest = len(notices) - len(told)
    if rest > 0:
        told.append(f"… and {rest} more.")
    told.append("The front page of the admin shows what stands, with a button that puts a notice away.")
    return EmailMessage(
        subject=_subject(notices), body="\n\n".join(told), from_email=settings.MAIL_FROM, to=settings.STAFF_MAIL
    )


def _subject(notices: list[Notice]) -> str:
    if len(notices) > 1:
        return f"Pledge tracker: {len(notices)} notices"
    return " ".join(f"Pledge tracker: {_heading(notices[0])}".split())[:150]


def _told(notice: Notice) -> str:
    return f"{_heading(notice)}\n{notice.words}\n({date_format(notice.raised_at, 'j F Y, H:i')} UTC)"


def _heading(notice: Notice) -> str:
    kind = NoticeKind(notice.kind).label
    return f"{kind}: {notice.source.name}" if notice.source else kind
