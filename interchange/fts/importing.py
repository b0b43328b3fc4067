"""Imports flows of OCHA's Financial Tracking Service, from files or from its API."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path

from django.db import transaction

from ingestion.fetching import Fetched, FetchError
from ingestion.services.hosts import polite_fetch
from interchange.fts.actors import FILE, Actors
from interchange.fts.entries import entry, in_dollar_cents, left_out
from interchange.fts.reading import Flow, Page, flows, read_files, read_pages
from interchange.importing import Batch, Origin, Run, origin_of, take_in_pledges
from interchange.parties import Parties
from interchange.problems import FileProblem, Place, refuse_all
from interchange.report import Report
from interchange.tables import data_file
from pledges.bulk import Entry
from reference.currencies import format_minor_units
from reference.services import ensure_parties

PATIENCE = 120.0  # seconds that a page waits for its host's turn


def import_fts(paths: Sequence[Path], *, run: Run) -> Report:
    """Take in files of flows, as the API gives them. Raises ``FileProblem``; then nothing was taken in."""
    return _import(list(read_files(paths)), origin_of(paths), run)


def import_fts_from(address: str, *, run: Run) -> Report:
    """Take in the flows that the API answers with at an address, page by page."""

    digest, began = hashlib.sha256(), time.monotonic()

    def fetch(page: str) -> bytes:
        try:
            now = run.now + timedelta(seconds=time.monotonic() - began)
            found = polite_fetch(page, now=now, patience=PATIENCE)
        except FetchError as error:
            raise FileProblem(f"the API did not answer: {error}") from error
        if not isinstance(found, Fetched):
            raise FileProblem("the API says that nothing changed, to a question that did not ask so.")
        digest.update(found.body)
        return found.body

    pages = list(read_pages(address, fetch))
    return _import(pages, Origin(address[:300], digest.hexdigest()), run)


def _import(pages: Sequence[Page], origin: Origin, run: Run) -> Report:
    began = time.monotonic()
    report = Report()
    found = flows(pages)
    report.rows = len(found)
    kept: list[Flow] = []
    for flow in found:
        reason = left_out(flow)
        if reason:
            report.leave_out(flow.place(), f"flow {flow.id}: {reason}.")
        else:
            kept.append(flow)
    _tell_totals(pages, kept, report)
    told = max((page.count for page in pages), default=0)
    if told > len(found):
        report.facts["Incomplete"] = f"the source has {told} flows, of which {len(found)} are here"
    with transaction.atomic():
        batch = Batch(data_file(FILE)["dataset"], origin, *_entries(kept, report))
        report.seconds = time.monotonic() - began
        take_in_pledges(batch, report, run)
        if run.dry_run or not (report.made or report.updated):
            transaction.set_rollback(True)  # parties that were made for it go as well
    return report


def _entries(kept: Iterable[Flow], report: Report) -> tuple[list[Entry], dict[str, Place]]:
    kept = list(kept)
    actors = Actors(Parties())
    _make_parties(kept, actors)
    parties = Parties()
    entries: list[Entry] = []
    places: dict[str, Place] = {}
    problems: list[FileProblem] = []
    for flow in kept:
        try:
            entries.append(entry(flow, actors, parties.id, report))
        except FileProblem as problem:
            problems.append(problem)
        places[flow.id] = flow.place()
    refuse_all(problems)
    return entries, places


def _make_parties(kept: Iterable[Flow], actors: Actors) -> None:
    problems: list[FileProblem] = []
    for flow in kept:
        try:
            for side in ("sourceObjects", "destinationObjects"):
                for one in flow.objects(side, "Organization"):
                    actors.code(flow, one)
        except FileProblem as problem:
            problems.append(problem)
    refuse_all(problems)
    ensure_parties(actors.new.values())


def _tell_totals(pages: Sequence[Page], kept: Sequence[Flow], report: Report) -> None:
    """The source's own totals beside the sums of what is taken in."""
    counted = [flow for flow in kept if flow.raw.get("onBoundary") != "shared"]
    funding = sum(in_dollar_cents(flow) for flow in counted if flow.text("status") != "pledge")
    pledged = sum(in_dollar_cents(flow) for flow in counted if flow.text("status") == "pledge")
    for name, ours, theirs in (
        ("Funding", funding, next((page.funding for page in pages if page.funding is not None), None)),
        ("Pledges", pledged, next((page.pledged for page in pages if page.pledged is not None), None)),
    ):
        said = "the file does not say" if theirs is None else f"the file says {theirs:,}"
        report.facts[name] = f"USD {format_minor_units(ours, 'USD')}; {said}"
