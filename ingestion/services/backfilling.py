"""Takes the articles at the addresses of a file: each line once, each answered for, whatever breaks off.

A file is known by its content. Its lines are written down first; then each is worked on in one transaction with the
article that it brings, so that a line counts as done exactly if its article is there.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, F, Max, Q

from ingestion.address_files import Line
from ingestion.addresses import canonical_address, fold_address
from ingestion.choosing import is_notice
from ingestion.fetching import AskedToWaitError, FetchError, ForbiddenError, PostponedError, RefusedError
from ingestion.models import (
    Article,
    ArticleUrl,
    Backfill,
    BackfillLine,
    FetchAttempt,
    LineState,
    Revision,
    Source,
    SourceKind,
)
from ingestion.parsing import UnreadableError
from ingestion.services.pages import NOTICE
from ingestion.services.polling import failure_of
from ingestion.services.sources import create_source
from ingestion.services.storing import Tally, note_addresses, store_entries
from ingestion.services.taking import Ask, Clock, finish, finish_failed, politely, take_page

SOURCE_NAME = "Backfill"
BATCH = 1000
TRIES = 3  # of a line whose failure may mend by itself
PAUSES = (timedelta(seconds=30), timedelta(minutes=2))  # before the second try and the third
NOT_TAKEN = (LineState.REFUSED, LineState.FAILED)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a line; ``WAITING`` if it is to be tried again, at ``again_at`` at the earliest."""

    state: LineState
    again_at: datetime | None = None
    revision_id: int | None = None  # that waits to be read


def backfill_source(name: str, *, now: datetime) -> Source:
    """The source that a backfill's articles belong to, made on first use.

    Raises ``ValidationError`` if a source of another kind has the name: a feed's own summaries would replace the pages.
    """
    known = Source.objects.filter(name=name.strip()).first()
    if known is None:
        return create_source(name=name, kind=SourceKind.SINGLE, job="backfill", now=now)
    if known.kind != SourceKind.SINGLE:
        raise ValidationError(
            f"“{known.name}” is a source of another kind ({known.get_kind_display()}). "
            "Give a new name, or that of a source of single addresses."
        )
    return known


def open_backfill(*, name: str, digest: str, source: Source, now: datetime) -> Backfill:
    """The backfill of a file for a source: that of an earlier run, or a new one."""
    backfill, _made = Backfill.objects.get_or_create(
        digest=digest, source=source, defaults={"name": name[:200], "started_at": now}
    )
    return backfill


def last_line(backfill: Backfill) -> int:
    """The number of the last line that is written down; 0 before the first."""
    return backfill.lines.aggregate(last=Max("number"))["last"] or 0


def write_lines(backfill: Backfill, lines: Iterable[Line]) -> Iterator[int]:
    """Write down the lines after :func:`last_line`, in batches and in order. Gives the number of each batch's last."""
    rows = (_row(backfill, line) for line in lines)
    while batch := list(islice(rows, BATCH)):
        with transaction.atomic():
            # Two runs at once write the same rows: one of them is too late, and no row is doubled.
            BackfillLine.objects.bulk_create(batch, ignore_conflicts=True)
        yield batch[-1].number


def _row(backfill: Backfill, line: Line) -> BackfillLine:
    state = LineState.WAITING if line.host else LineState.REFUSED if line.fault else LineState.EMPTY
    return BackfillLine(
        backfill=backfill, number=line.number, written=line.written, host=line.host, state=state, words=line.fault
    )


def discard_backfill(backfill: Backfill) -> None:
    """Forget a file that turned out not to be readable, unless lines of it were worked on."""
    if not backfill.lines.filter(Q(tries__gt=0) | Q(article__isnull=False)).exists():
        backfill.delete()


def waiting_lines(backfill: Backfill) -> Iterator[tuple[str, int]]:
    """Host and id of each line that is still to be worked on, in the order of the file."""
    waiting = backfill.lines.filter(state=LineState.WAITING).order_by("number")
    yield from waiting.values_list("host", "id").iterator(chunk_size=BATCH)


def retry_lines(backfill: Backfill) -> int:
    """Let the lines that brought nothing wait again, but for those that hold no address. How many there are."""
    failed = backfill.lines.filter(state__in=NOT_TAKEN).exclude(host="")
    with transaction.atomic():
        number = failed.update(state=LineState.WAITING, tries=0, due_at=None, words="")
        if number:
            Backfill.objects.filter(pk=backfill.pk).update(finished_at=None)
    return number


def finish_backfill(backfill: Backfill, *, now: datetime) -> bool:
    """Write down that no line waits any more; ``False`` if some do."""
    if backfill.lines.filter(state=LineState.WAITING).exists():
        return False
    Backfill.objects.filter(pk=backfill.pk, finished_at=None).update(finished_at=now)
    return True


def counts_of(backfill: Backfill) -> dict[LineState, int]:
    """How many lines there are in each state, those without any left out."""
    counted = backfill.lines.order_by().values_list("state").annotate(number=Count("pk"))
    return {LineState(state): number for state, number in counted}


def take_line(line_id: int, *, now: datetime, ask: Ask | None = None) -> Answer:
    """Take the article at a line's address. ``ask`` fetches; by default politely and without waiting.

    A line that is answered already is left as it is. What an address can do wrong ends on the line.
    """
    line = BackfillLine.objects.select_related("backfill__source").get(pk=line_id)
    if line.state != LineState.WAITING:
        return Answer(LineState(line.state))
    canonical = canonical_address(line.written)
    if (article_id := _known(canonical)) is not None:
        return _answer(line, LineState.KNOWN, _of_known(article_id, now=now), article_id=article_id)
    attempt = FetchAttempt.objects.create(source=line.backfill.source, url=canonical, started_at=now)
    clock = Clock(now)
    try:
        page = take_page(line.written, ask=ask or politely(now=now), now=now)
        if is_notice(page.entry.text):
            raise UnreadableError(NOTICE)
        page.keeper.fields(page.entry)  # written to the disk before the transaction, which others may wait for
        with transaction.atomic():
            tally = store_entries(line.backfill.source, [page.entry], attempt=attempt, now=now, origin=page.keeper)
            if not tally.article_ids:
                raise UnreadableError(" ".join(tally.dropped) or "The article could not be stored.")
            note_addresses(tally.article_ids[0], [canonical])
            attempt.http_status, attempt.entries = page.status, 1
            remarks = [*tally.remarks, *page.keeper.faults]
            words = [f"Line {line.number} of {line.backfill.name}.", *remarks]
            finish(attempt, tally, words, finished=clock.read())
            return _taken(line, tally, remarks)
    except PostponedError as error:
        return _put_off(line, attempt, error, now=now, finished=clock.read())
    except (FetchError, UnreadableError) as error:
        finish_failed(attempt, error, now=now, finished=clock.read())
        return _failed(line, error, now=clock.read())


def _known(canonical: str) -> int | None:
    """The article at an address, if one is known."""
    found = ArticleUrl.objects.filter(folded_url=fold_address(canonical))
    return found.values_list("article_id", flat=True).first()


def _of_known(article_id: int, *, now: datetime) -> str:
    """What is done about an article that is known: nothing, unless it has no words."""
    if Revision.objects.filter(article_id=article_id).exclude(text="").exists():
        return "It was known already, and was not fetched."
    wordless = Article.objects.filter(pk=article_id, page_due_at=None, canonical_url__isnull=False)
    wordless.update(page_due_at=now, page_tries=0)
    return "It was known already, but without words: the workers fetch its page."


def _taken(line: BackfillLine, tally: Tally, remarks: list[str]) -> Answer:
    state, words = LineState.KNOWN, "Its article was known already."
    if tally.added:
        state, words = LineState.ADDED, ""
    elif tally.revised:
        state, words = LineState.REVISED, ""
    revision_id = tally.revision_ids[0] if tally.revision_ids else None
    return _answer(
        line, state, " ".join([words, *remarks]).strip(), article_id=tally.article_ids[0], revision_id=revision_id
    )


def _answer(
    line: BackfillLine, state: LineState, words: str, *, article_id: int | None = None, revision_id: int | None = None
) -> Answer:
    """Write down what became of a line, unless another run was quicker."""
    mine = BackfillLine.objects.filter(pk=line.pk, state=LineState.WAITING)
    mine.update(state=state, words=words, article_id=article_id, due_at=None, tries=F("tries") + 1)
    return Answer(state, revision_id=revision_id)


def _put_off(
    line: BackfillLine, attempt: FetchAttempt, error: PostponedError, *, now: datetime, finished: datetime
) -> Answer:
    """The host wants us later. That is no try."""
    mine = BackfillLine.objects.filter(pk=line.pk, state=LineState.WAITING)
    with transaction.atomic():
        if isinstance(error, AskedToWaitError):
            finish_failed(attempt, error, now=now, finished=finished)
            mine.update(due_at=error.until, words=str(error))
        else:
            attempt.delete()  # nothing was asked: it is only not our turn
    return Answer(LineState.WAITING, again_at=error.until)


def _failed(line: BackfillLine, error: FetchError | UnreadableError, *, now: datetime) -> Answer:
    if isinstance(error, (RefusedError, ForbiddenError)):
        return _answer(line, LineState.REFUSED, str(error))
    if failure_of(error, now).hard or line.tries + 1 >= TRIES:
        return _answer(line, LineState.FAILED, str(error))
    again_at = now + PAUSES[min(line.tries, len(PAUSES) - 1)]
    mine = BackfillLine.objects.filter(pk=line.pk, state=LineState.WAITING)
    mine.update(tries=F("tries") + 1, due_at=again_at, words=str(error))
    return Answer(LineState.WAITING, again_at=again_at)
