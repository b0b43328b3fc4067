"""Imports annexes of EU sanctions acts: the programme with its act, a measure for each annex, and whom it names."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError

from history.models import Change
from history.services import recording
from interchange.csvs import CsvRow, read_csv
from interchange.importing import Run, close_batch, open_batch, origin_of
from interchange.parties import Parties
from interchange.problems import FileProblem, Place, refuse_all
from interchange.report import Report
from interchange.sanctions_lists.journal_rows import COLUMNS, FILE, drafts
from interchange.tables import data_file, meaning
from reference.models import ImportBatch
from sanctions.drafts import DesignationDraft, EvidenceDraft, MeasureDraft, ProgrammeDraft, StepDraft
from sanctions.listing import BadRowError, Listed, take_in_list
from sanctions.models import LegalAct, Measure, MeasureKind, Programme
from sanctions.programmes import ensure_act, save_programmes
from sanctions.services import correct_measure, create_measure, publish_measure

# A list that drops more than this share of what stands is rather a broken file than a new issue.
MOST_DROPPED = 0.5
FEW = 20


@dataclass(frozen=True, slots=True)
class Annex:
    """What an annex bans, and where that is written."""

    name: str
    title: str
    types: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class _List:
    """Whose list it is, in which batch, and the day that it is of."""

    act: LegalAct
    batch: ImportBatch
    day: date


def import_eu_journal(path: Path, *, run: Run, day: date | None = None, allow_many_ends: bool = False) -> Report:
    """Take a file of one act in. ``day`` is the day that it is of (today, unless it is said).

    Raises ``FileProblem``; then nothing was taken in.
    """
    began = time.monotonic()
    report = Report()
    rows = read_csv(path, COLUMNS)
    report.rows = len(rows)
    celex = _act_of(rows)
    act_data: dict[str, Any] = data_file(FILE)["acts"][celex]
    found = _read(rows, report)
    # One change for all of it; its number is taken first, so that two imports at once come one after the other.
    with recording(action="designation.import", now=run.now, acting_user=run.acting_user, job=run.job) as change:
        batch = open_batch(data_file(FILE)["dataset"], origin_of([path]), run)
        act = _act(celex, act_data, batch)
        of = _List(act, batch, day or run.now.date())
        measures, measures_changed = _measures(found, of, act_data, run, change)
        entries = [replace(draft, measure_id=measures[row.text("annex")].pk) for row, draft in found]
        places = {draft.origin_key: row.place() for row, draft in found}
        listed = _take_in(entries, places, of, run, change)
        if not allow_many_ends:
            _refuse_many_ends(listed, act, path)
        report.made, report.updated = len(listed.made), len(listed.updated) + len(listed.ended)
        report.unchanged = len(listed.unchanged)
        _tell(listed, rows, measures, act_data, report)
        report.seconds = time.monotonic() - began
        changed = bool(listed.made or listed.updated or listed.ended or measures_changed)
        close_batch(batch, report, run, changed=changed)
    return report


def _act_of(rows: Sequence[CsvRow]) -> str:
    acts: dict[str, Any] = data_file(FILE)["acts"]
    if not rows:
        raise FileProblem("the file has no rows.")
    first = rows[0].text("celex")
    if first not in acts:
        raise FileProblem(
            f"“{first}” is no act that we know. Add it to interchange/data/{FILE}.toml.", rows[0].place("celex")
        )
    for row in rows:
        if row.text("celex") != first:
            raise FileProblem(f"the row is of another act than the first one ({first}).", row.place("celex"))
    return first


def _read(rows: Sequence[CsvRow], report: Report) -> list[tuple[CsvRow, DesignationDraft]]:
    found: list[tuple[CsvRow, DesignationDraft]] = []
    problems: list[FileProblem] = []
    for row, draft in drafts(rows, report):
        if isinstance(draft, FileProblem):
            problems.append(draft)
        else:
            found.append((row, draft))
    refuse_all(problems)
    return found


def _act(celex: str, data: Mapping[str, Any], batch: ImportBatch) -> LegalAct:
    """The act, in its programme; the programme is taken from the list of programmes if that was imported."""
    parties = Parties()
    if not Programme.objects.filter(key=data["programme"]).exists():
        draft = ProgrammeDraft(
            key=data["programme"],
            name=data["programme_name"],
            issuer_id=parties.id(data["imposer"]),
            targets=(parties.id(data["target"]),),
        )
        save_programmes([draft], dataset=batch.dataset)
    return ensure_act(
        Programme.objects.get(key=data["programme"]),
        title=data["title"],
        identifier=celex,
        adopted_on=data["adopted_on"],
        url=data["url"],
    )


def annexes_of(rows: Sequence[CsvRow], act_data: Mapping[str, Any]) -> dict[str, Annex]:
    """The annexes that rows are of. An annex that no table explains bans what its rows say."""
    measures: dict[str, str] = data_file("programmes")["measures"]
    known: dict[str, dict[str, Any]] = act_data["annexes"]
    found: dict[str, Annex] = {}
    for row in rows:
        name = row.text("annex")
        kind = meaning(measures, row.text("measure"), row.place("measure"), "measure", "programmes")
        if name in known:
            data = known[name]
            found[name] = Annex(name, data["title"], tuple(data["types"]), data["source"])
        elif name in found:
            types = tuple(dict.fromkeys((*found[name].types, kind)))
            found[name] = replace(found[name], types=types)
        else:
            found[name] = Annex(name, MeasureKind(kind).label, (kind,), "")
    return found


def _measures(
    found_rows: Sequence[tuple[CsvRow, DesignationDraft]],
    of: _List,
    data: Mapping[str, Any],
    run: Run,
    change: Change,
) -> tuple[dict[str, Measure], bool]:
    """The measure of each annex, made or brought up to date; and whether any was."""
    parties, changed, act, batch = Parties(), False, of.act, of.batch
    standing = {one.origin_key: one for one in Measure.objects.filter(dataset=batch.dataset_id)}
    found: dict[str, Measure] = {}
    first_days = _first_days(found_rows)
    for name, annex in annexes_of([row for row, _ in found_rows], data).items():
        key = f"{act.identifier}/{name}"
        draft = MeasureDraft(
            title=f"{annex.title} ({act.title}, annex {name})",
            imposers=(parties.id(data["imposer"]),),
            targets=(parties.id(data["target"]),),
            types=annex.types,
            programme_id=act.programme_id,
            public_note=_note(data),
            dataset_id=batch.dataset_id,
            import_batch_id=batch.pk,
            origin_key=key,
            steps=(_step(name, first_days.get(name), act),),
            evidence=(
                EvidenceDraft(
                    url=act.url, quote=annex.source or f"Annex {name}", publisher="Official Journal", official=True,
                    dataset_row=f"{batch.file_name[:100]}, annex {name}",
                ),
            ),
        )  # fmt: skip
        one = standing.get(key)
        if one is None:
            made = create_measure(draft, now=run.now, acting_user=run.acting_user, change=change)
            found[name] = publish_measure(made.pk, now=run.now, acting_user=run.acting_user, change=change)
            changed = True
        elif set(one.types.values_list("type", flat=True)) != set(annex.types):
            found[name] = correct_measure(one.pk, draft, now=run.now, acting_user=run.acting_user, change=change)
            changed = True
        else:
            found[name] = one
    return found, changed


def _first_days(rows: Sequence[tuple[CsvRow, DesignationDraft]]) -> dict[str, date]:
    """The first day that each annex gives; the act does not say by itself when it began to ban."""
    found: dict[str, date] = {}
    for row, draft in rows:
        if draft.listed_on is not None:
            annex = row.text("annex")
            found[annex] = min(found.get(annex, draft.listed_on), draft.listed_on)
    return found


def _step(annex: str, day: date | None, act: LegalAct) -> StepDraft:
    precision = "day" if day else "unknown"
    return StepDraft("impose", "adopted", day, precision, note=f"Annex {annex}", act_id=act.pk)


def _note(data: Mapping[str, Any]) -> str:
    lacking = data.get("not_in_rows", [])
    if not lacking:
        return ""
    return f"The act also has bans that name nobody, which these rows do not hold: {', '.join(lacking)}."


def _take_in(
    entries: Sequence[DesignationDraft], places: Mapping[str, Place], of: _List, run: Run, change: Change
) -> Listed:
    done = 0

    def told(more: int) -> None:
        nonlocal done
        done += more
        run.progress(done, len(entries))

    try:
        return take_in_list(
            entries,
            act=of.act,
            batch=of.batch,
            day=of.day,
            now=run.now,
            acting_user=run.acting_user,
            job=run.job,
            progress=told,
            change=change,
        )
    except BadRowError as error:
        raise FileProblem(" ".join(error.messages), places.get(error.key)) from error
    except ValidationError as error:
        raise FileProblem(" ".join(error.messages)) from error


def _refuse_many_ends(listed: Listed, act: LegalAct, path: Path) -> None:
    stood = len(listed.ended) + len(listed.updated) + len(listed.unchanged)
    if len(listed.ended) > max(FEW, stood * MOST_DROPPED):
        raise FileProblem(
            f"it would end {len(listed.ended)} of {stood} designations under {act.title}. If that is right, say "
            "--allow-many-ends.",
            Place(file=path.name),
        )


def _tell(
    listed: Listed,
    rows: Sequence[CsvRow],
    measures: Mapping[str, Measure],
    data: Mapping[str, Any],
    report: Report,
) -> None:
    report.facts["Designations ended"] = str(len(listed.ended))
    report.facts["Undated"] = f"{sum(1 for row in rows if not row.text('startDate'))} rows"
    report.facts["New targets"] = str(listed.targets)
    report.facts["By annex"] = ", ".join(
        f"{name} {count}" for name, count in Counter(row.text("annex") for row in rows).items()
    )
    report.facts["Measures"] = str(len(measures))
    if note := _note(data):
        report.facts["Not covered"] = note
