"""Reads articles anew with a newer version of the reader, or with another reader.

The findings of the older version stay. Waiting candidates that the new reading no longer carries are superseded, new
claims become candidates, and decided candidates are left alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from extraction import contract
from extraction.jsonl import finding_from_dict
from ingestion.models import ExtractState, Finding, Revision
from ingestion.services.extracting import claim_key, extract_revision, kind_of, read_revision


class RereadingError(Exception):
    """The reader failed on a revision, which is left as it was read before; the text says how."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What a new reading changes: findings by what they claim, whatever their words, and candidates."""

    new: int = 0
    gone: int = 0
    same: int = 0
    candidates: int = 0
    superseded: int = 0

    def __add__(self, other: Difference) -> Difference:
        return Difference(
            self.new + other.new,
            self.gone + other.gone,
            self.same + other.same,
            self.candidates + other.candidates,
            self.superseded + other.superseded,
        )


def reread_revision(revision_id: int, *, now: datetime, reader: contract.Extractor) -> Difference | None:
    """Read a revision that another version read last. ``None`` if there is nothing to do, or another worker does it.

    A run that is killed here leaves the revision waiting, and the next run or the sweep reads it. Raises
    :class:`RereadingError` if the reader fails.
    """
    older = Revision.objects.values_list("extractor_version", flat=True).get(pk=revision_id)
    if older in {"", reader.version}:
        return None
    read_last_by_it = Revision.objects.filter(pk=revision_id, extractor_version=older)
    read_last_by_it.filter(extract_state=ExtractState.DONE).update(
        extract_state=ExtractState.PENDING, lease_until=None, extract_tries=0, extract_error=""
    )
    done = extract_revision(revision_id, now=now, reader=reader)
    if done is None:
        _give_back(revision_id, older)
        return None
    difference = _compared(_stored(revision_id, older), _stored(revision_id, reader.version))
    return difference + Difference(candidates=done.candidates, superseded=done.superseded)


def _give_back(revision_id: int, older: str) -> None:
    """Let a revision that the reader failed on stand as it was read before, instead of trying again later."""
    failed = Revision.objects.filter(
        pk=revision_id, extractor_version=older, extract_state__in=[ExtractState.PENDING, ExtractState.FAILED]
    )
    words = failed.values_list("extract_error", flat=True).first()
    if words and failed.update(extract_state=ExtractState.DONE, lease_until=None, extract_error=""):
        raise RereadingError(words)


def preview_revision(revision: Revision, *, reader: contract.Extractor) -> Difference:
    """What reading a revision anew would change of its findings; nothing is written.

    Raises :class:`RereadingError` if the reader fails.
    """
    try:
        found = read_revision(revision, reader)
    except Exception as error:  # a reader may fail in any way; whoever asked is told
        raise RereadingError(f"The reader {reader.version} failed: {type(error).__name__}: {error}") from error
    return _compared(_stored(revision.pk, revision.extractor_version), found)


def _stored(revision_id: int, version: str) -> list[contract.Finding]:
    rows = Finding.objects.filter(revision_id=revision_id, extractor_version=version)
    return [finding_from_dict(payload) for payload in rows.values_list("payload", flat=True)]


def _compared(older: Iterable[contract.Finding], newer: Iterable[contract.Finding]) -> Difference:
    before, after = Counter(map(_claimed, older)), Counter(map(_claimed, newer))
    same = (before & after).total()
    return Difference(new=after.total() - same, gone=before.total() - same, same=same)


def _claimed(finding: contract.Finding) -> tuple[str, str, tuple[str, ...]]:
    return kind_of(finding).value, claim_key(finding), tuple(sorted(finding.flags))
