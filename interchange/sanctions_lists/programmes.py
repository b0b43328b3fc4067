"""Imports the list of sanctions programmes: legal regimes with their issuers, targets and measures."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from interchange.csvs import CsvRow, read_csv
from interchange.importing import Run, close_batch, open_batch, origin_of
from interchange.parties import Parties
from interchange.problems import FileProblem, refuse_all
from interchange.report import Report
from interchange.tables import data_file, meaning, plain
from reference.services import PartyDraft, ensure_parties
from sanctions.drafts import ProgrammeDraft
from sanctions.programmes import save_programmes

FILE = "programmes"
COLUMNS = ("key", "issuer", "title", "target_territories", "measures", "url")


def import_programmes(path: Path, *, run: Run) -> Report:
    """Take the list in. Raises ``FileProblem``; then nothing was taken in."""
    began = time.monotonic()
    report = Report()
    rows = read_csv(path, COLUMNS)
    report.rows = len(rows)
    _check_keys(rows)
    with transaction.atomic():
        batch = open_batch(data_file(FILE)["dataset"], origin_of([path]), run)
        drafts = _drafts(rows, _Making(_make_territories(), report), run)
        try:
            saved = save_programmes(drafts, dataset=batch.dataset)
        except ValidationError as error:
            raise FileProblem(" ".join(error.messages)) from error
        report.made, report.updated, report.unchanged = len(saved.made), len(saved.updated), len(saved.unchanged)
        _tell_coverage(rows, report)
        report.seconds = time.monotonic() - began
        close_batch(batch, report, run, changed=bool(saved.made or saved.updated))
    return report


def _check_keys(rows: Sequence[CsvRow]) -> None:
    lines: dict[str, int] = {}
    for row in rows:
        key = row.text("key")
        if not key:
            raise FileProblem("the programme has no key.", row.place("key"))
        if key in lines:
            raise FileProblem(f"{key} stands in row {lines[key]} already.", row.place("key"))
        lines[key] = row.line


def _make_territories() -> Parties:
    """The parties, parts of countries that programmes aim at among them."""
    known = Parties()
    territories: dict[str, dict[str, str]] = data_file(FILE)["territories"]
    ensure_parties(
        PartyDraft(one["code"], one["name"], "other", known.id(one["parent"]))
        for one in territories.values()
        if "parent" in one
    )
    return Parties()


def _drafts(rows: Sequence[CsvRow], making: _Making, run: Run) -> list[ProgrammeDraft]:
    found: list[ProgrammeDraft] = []
    problems: list[FileProblem] = []
    for number, row in enumerate(rows, 1):
        try:
            found.append(making.draft(row))
        except FileProblem as problem:
            problems.append(problem)
        run.progress(number, len(rows))
    refuse_all(problems)
    return found


@dataclass(frozen=True, slots=True)
class _Making:
    parties: Parties
    report: Report

    def draft(self, row: CsvRow) -> ProgrammeDraft:
        issuer = self._issuer(row)
        return ProgrammeDraft(
            key=row.text("key"),
            name=row.text("title"),
            issuer_id=self.parties.id(issuer) if issuer else None,
            issuer_as_written=row.text("issuer"),
            targets=tuple(self._targets(row)),
            measures=tuple(self._measures(row)),
            url=row.text("url"),
        )

    def _issuer(self, row: CsvRow) -> str:
        issuers: dict[str, str] = data_file(FILE)["issuers"]
        name = row.text("issuer")
        if name in issuers:
            return issuers[name]
        code = name.partition("_")[0].upper()
        if not self.parties.knows(code):
            raise FileProblem(
                f"“{name}” is no issuer that we know. Add it to interchange/data/{FILE}.toml.", row.place("issuer")
            )
        return code

    def _targets(self, row: CsvRow) -> list[int]:
        territories: dict[str, dict[str, Any]] = data_file(FILE)["territories"]
        found: list[int] = []
        for word in filter(None, map(plain, row.text("target_territories").split(";"))):
            special = territories.get(word)
            if special is not None and "words" in special:
                self.report.remark(row.place("target_territories"), f"{row.text('key')}: {special['words']}.")
                continue
            code = special["code"] if special is not None else word.upper()
            if not self.parties.knows(code):
                raise FileProblem(
                    f"“{word}” is no territory that we know. Add it to interchange/data/{FILE}.toml.",
                    row.place("target_territories"),
                )
            found.append(self.parties.id(code))
        return list(dict.fromkeys(found))

    def _measures(self, row: CsvRow) -> list[str]:
        measures: dict[str, str] = data_file(FILE)["measures"]
        words = filter(None, map(str.strip, row.text("measures").split(";")))
        return list(dict.fromkeys(meaning(measures, word, row.place("measures"), "measure", FILE) for word in words))


def _tell_coverage(rows: Sequence[CsvRow], report: Report) -> None:
    issuers = Counter(row.text("issuer") for row in rows)
    report.facts["By issuer"] = ", ".join(f"{name} {count}" for name, count in issuers.most_common())
    report.facts["Without measures"] = f"{sum(1 for row in rows if not row.text('measures'))} programmes"
    report.facts["Without territories"] = f"{sum(1 for row in rows if not row.text('target_territories'))} programmes"
