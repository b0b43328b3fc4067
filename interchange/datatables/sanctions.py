"""Measures with their steps and evidence, programmes, and designations with the names of their targets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from zlib import crc32

from django.db.models import QuerySet

from interchange.datatables.columns import code, day, entries, evidence_columns, integer, moment, text, truth, version
from interchange.datatables.reading import among, chunks, columns_of, grouped
from interchange.writing.tables import ForeignKey, Row, Table
from sanctions.models import (
    Designation,
    Evidence,
    LegalAct,
    Measure,
    MeasureImposer,
    MeasureKind,
    MeasureTarget,
    MeasureType,
    Precision,
    Programme,
    RecordState,
    Step,
    StepKind,
    StepStatus,
    TargetIdentifier,
    TargetKind,
    TargetName,
)

REGIME = "programme__dataset__redistributable"  # whether the regime may be named in what is given out
MEASURE_NAMED_BY = ("measure__state", "measure__dataset__redistributable", "measure__dataset__key")
MEASURE_FIELDS = (
    text("id", "public_id", "Id", "Public id of the measure: stable, never used again.", required=True, unique=True),
    version("last_seq"),
    text("dataset", "dataset__key", "Dataset", "The dataset that it belongs to.", required=True),
    text("origin_key", "origin_key", "Key in its source", "The record's own key in its imported dataset."),
    text("title", "title", "Title", "What is banned, in a few words.", required=True),
    entries("types", "Types", "What is banned.", choices=MeasureKind),
    entries("imposers", "Imposers", "Codes of those who impose it together; counted once."),
    entries("imposer_names", "Imposers' names", "Their names, in the same order."),
    text("imposers_as_written", "imposers_as_written", "Imposers in words", "In the source's words."),
    entries("targets", "Targets", "Codes of the parties at which it is aimed."),
    entries("target_names", "Targets' names", "Their names, in the same order."),
    text("targets_as_written", "targets_as_written", "Targets in words", "In the source's words."),
    code("target_kind", "target_kind", "Kind of target", "What is sanctioned.", TargetKind, required=True),
    text("sectors", "sectors", "Sectors", "Sectors concerned."),
    text("programme", "programme__key", "Programme", "Key of the legal regime, where that may be given out."),
    text("round", "round__name", "Round", "The batch of measures that it was part of."),
    truth("adopted", "adopted", "Adopted", "Whether it was ever adopted; a proposal alone is not in force."),
    day("in_force_from", "in_force_from", "In force from", "First day of its last run in force; empty if not known."),
    day("in_force_until", "in_force_until", "In force until", "Last day in force, if known."),
    text("last_action", "last_action", "Last action", "proposed, announced, imposed, extended, eased or lifted."),
    day("first_step_on", "first_step_on", "First step", "Day of its first step."),
    integer("evidence_count", "", "Pieces of evidence", "How many it rests on; see measure_evidence.", required=True),
    entries("evidence_urls", "Addresses of evidence", "Where the evidence can be read."),
    text("note", "public_note", "Note", "What a reader should know besides."),
    moment("published_at", "published_at", "Published", "When it was first published here."),
    moment("reviewed_at", "reviewed_at", "Reviewed", "When a person last reviewed it for publication."),
    moment("modified_at", "modified_at", "Modified", "When its record last changed."),
)
STAFF_MEASURE_FIELDS = (
    code("state", "state", "State", "Whether the public sees it.", RecordState, required=True),
    text("private_note", "private_note", "Private note", "For staff alone."),
)
OF_MEASURE = (
    text("measure", "measure__public_id", "Measure", "Id of the measure that it belongs to.", required=True),
    version("measure__last_seq"),
)
STEP_FIELDS = (
    *OF_MEASURE,
    integer("id", "pk", "Id", "Number of the step.", required=True, unique=True),
    code("step", "step", "Step", "What it does to the measure.", StepKind, required=True),
    code("status", "status", "Status", "How binding it is; only adopted steps have an effect.", StepStatus,
         required=True),
    day("adopted_on", "adopted_on", "Adopted", "Day of the decision or announcement."),
    code("precision", "precision", "Precision", "How exactly that day is known.", Precision, required=True),
    day("applies_from", "applies_from", "Applies from", "First day of effect, if another."),
    day("ends_on", "ends_on", "Ends", "Last day of effect, where the act sets one."),
    text("act", "act__title", "Legal act", "The legal act of the step."),
    text("act_identifier", "act__identifier", "Number of the act", "CELEX or another official number."),
    text("note", "note", "Note", "What is to be said besides."),
)  # fmt: skip
EVIDENCE_FIELDS = (
    *OF_MEASURE,
    integer("id", "pk", "Id", "Number of the piece of evidence.", required=True, unique=True),
    *evidence_columns("step"),
)
PROGRAMME_FIELDS = (
    text("key", "key", "Key", "Its key: stable.", required=True, unique=True),
    text("dataset", "dataset__key", "Dataset", "The dataset that it belongs to.", required=True),
    text("name", "name", "Name", "The legal regime.", required=True),
    text("issuer", "issuer__code", "Issuer", "Code of who issues it."),
    text("issuer_as_written", "issuer_as_written", "Issuer in words", "In the source's words."),
    entries("targets", "Targets", "Codes of the parties at which it is aimed."),
    entries("measures_provided", "Measures", "What it provides for.", path="measures_provided", choices=MeasureKind),
    text("url", "url", "Address", "Where it can be read."),
    entries("acts", "Legal acts", "Titles of the acts that it rests on, oldest first."),
)
STATE_OF_PROGRAMME = integer(
    "version", "", "Version",
    "A checksum of the programme with its acts; a corrected row says by it what it builds on.", required=True,
)  # fmt: skip
STAFF_PROGRAMME_FIELDS = (
    integer("id", "pk", "Id", "Number of the programme.", required=True, unique=True),
    STATE_OF_PROGRAMME,
    *PROGRAMME_FIELDS,
)
ACT_FIELDS = (
    integer("programme", "programme_id", "Programme", "Number of the programme that it belongs to.", required=True),
    STATE_OF_PROGRAMME,
    integer("id", "pk", "Id", "Number of the act.", required=True, unique=True),
    text("title", "title", "Title", "What it is called, such as Regulation (EU) No 833/2014.", required=True),
    text("identifier", "identifier", "Number of the act", "CELEX or another official number."),
    day("adopted_on", "adopted_on", "Adopted", "Day of its adoption."),
    text("url", "url", "Address", "Where it can be read."),
)
DESIGNATION_FIELDS = (
    text("id", "public_id", "Id", "Public id of the designation: stable.", required=True, unique=True),
    version("last_seq"),
    text("dataset", "dataset__key", "Dataset", "The dataset that it belongs to.", required=True),
    text("target", "target__public_id", "Target", "Public id of whom or what it names.", required=True),
    code("target_kind", "target__kind", "Kind of target", "What is listed.", TargetKind, required=True),
    text("target_name", "target__name", "Name", "The name shown to readers.", required=True),
    entries("names", "All names", "Every name by which it is listed, aliases among them."),
    entries("identifiers", "Numbers", "Its numbers, each as kind:value, such as imo:9123456."),
    text("programme", "programme__key", "Programme", "Key of the legal regime, where that may be given out."),
    text("act", "act__title", "Legal act", "The act whose annex lists it."),
    text("act_identifier", "act__identifier", "Number of the act", "CELEX or another official number."),
    text("annex", "annex", "Annex", "Annex and entry of the act."),
    text("measure", "measure__public_id", "Measure", "Id of the measure that it falls under, if that is recorded."),
    text("reason", "reason", "Reason", "Why it was listed, as the act says."),
    day("listed_on", "listed_on", "Listed", "First day of its listing."),
    text("listed_as_written", "listed_as_written", "Listed, in words", "The day as the act gives it."),
    day("ended_on", "ended_on", "Ended", "Day on which its listing ended."),
    text("ended_by", "ended_by", "Ended by", "The act or list that ended it."),
    moment("published_at", "published_at", "Published", "When it was first published here."),
    moment("modified_at", "modified_at", "Modified", "When its record last changed."),
)
STAFF_DESIGNATION_FIELDS = (code("state", "state", "State", "Whether the public sees it.", RecordState, required=True),)

TO_MEASURE = ForeignKey(("measure",), "measures", ("id",))
TO_PROGRAMME = ForeignKey(("programme",), "programmes", ("key",))
MEASURES = Table(
    "measures", "Sanctions measures", "What one or several imposers ban, together: counted once.",
    columns_of(MEASURE_FIELDS), ("id",), (TO_PROGRAMME,),
)  # fmt: skip
STAFF_MEASURES = MEASURES.with_columns(*columns_of(STAFF_MEASURE_FIELDS))
STEPS = Table(
    "steps", "Steps of measures", "Dated steps; only adopted ones have an effect.", columns_of(STEP_FIELDS), ("id",),
    (TO_MEASURE,),
)  # fmt: skip
MEASURE_EVIDENCE = Table(
    "measure_evidence", "Evidence of measures", "What each measure, or one of its steps, rests on.",
    columns_of(EVIDENCE_FIELDS), ("id",), (TO_MEASURE, ForeignKey(("step",), "steps", ("id",))),
)  # fmt: skip
PROGRAMMES = Table(
    "programmes", "Sanctions programmes", "Legal regimes, such as restrictive measures over one conflict.",
    columns_of(PROGRAMME_FIELDS), ("key",), (ForeignKey(("issuer",), "parties", ("code",)),),
)  # fmt: skip
STAFF_PROGRAMMES = Table(
    PROGRAMMES.name, PROGRAMMES.title, PROGRAMMES.description, columns_of(STAFF_PROGRAMME_FIELDS), ("id",),
    PROGRAMMES.foreign_keys,
)  # fmt: skip
PROGRAMME_ACTS = Table(
    "programme_acts", "Legal acts of programmes", "Regulations, decisions and orders that each programme rests on.",
    columns_of(ACT_FIELDS), ("id",), (ForeignKey(("programme",), "programmes", ("id",)),),
)  # fmt: skip
DESIGNATIONS = Table(
    "designations", "Designations", "One target under one act, ended when a later list drops it.",
    columns_of(DESIGNATION_FIELDS), ("id",), (TO_PROGRAMME, TO_MEASURE),
)  # fmt: skip
STAFF_DESIGNATIONS = DESIGNATIONS.with_columns(*columns_of(STAFF_DESIGNATION_FIELDS))


def measure_rows(measures: QuerySet[Measure], *, staff: bool = False) -> Iterator[Row]:
    """The rows of ``MEASURES`` (of ``STAFF_MEASURES`` for staff) in the order of the query."""
    fields = (*MEASURE_FIELDS, *STAFF_MEASURE_FIELDS) if staff else MEASURE_FIELDS
    for chunk in chunks(measures, fields, "pk", REGIME):
        ids = [row["pk"] for row in chunk]
        imposers, targets = _parties(MeasureImposer.objects, ids), _parties(MeasureTarget.objects, ids)
        types = grouped(MeasureType.objects.filter(**among("measure_id", ids)).order_by("pk"), "measure_id", "type")
        evidence = Evidence.objects.filter(**among("measure_id", ids)).order_by("pk")
        grounds = grouped(evidence, "measure_id", "url", "revision__article__canonical_url")
        for row in chunk:
            pk = row["pk"]
            for name, known in (("imposer", imposers), ("target", targets)):
                found = known.get(pk, ())
                row[f"{name}s"], row[f"{name}_names"] = [one[0] for one in found], [one[1] for one in found]
            row["types"] = [one for (one,) in types.get(pk, ())]
            if not staff and not row[REGIME]:
                row["programme"] = None
            rows = grounds.get(pk, ())
            row["evidence_count"] = len(rows)
            row["evidence_urls"] = list(dict.fromkeys(url or article for url, article in rows if url or article))
            yield row


def _parties(rows: Any, ids: list[int]) -> Any:
    return grouped(rows.filter(**among("measure_id", ids)).order_by("pk"), "measure_id", "party__code", "party__name")


def step_rows(measures: QuerySet[Measure]) -> Iterator[Row]:
    """The rows of ``STEPS``."""
    rows = Step.objects.filter(measure__in=measures.order_by().values("pk")).order_by("measure_id", "pk")
    for chunk in chunks(rows, STEP_FIELDS):
        yield from chunk


def evidence_rows(measures: QuerySet[Measure]) -> Iterator[Row]:
    """The rows of ``MEASURE_EVIDENCE``."""
    rows = Evidence.objects.filter(measure__in=measures.order_by().values("pk")).order_by("measure_id", "pk")
    for chunk in chunks(rows, EVIDENCE_FIELDS, "revision__article__canonical_url"):
        for row in chunk:
            row["url"] = row["url"] or row["revision__article__canonical_url"]
            yield row


def programme_rows(programmes: QuerySet[Programme], *, staff: bool = False) -> Iterator[Row]:
    """The rows of ``PROGRAMMES`` (of ``STAFF_PROGRAMMES`` for staff) in the order of the query."""
    for chunk in chunks(programmes, STAFF_PROGRAMME_FIELDS if staff else PROGRAMME_FIELDS, "pk"):
        ids = [row["pk"] for row in chunk]
        through = Programme.targets.through.objects.filter(programme__in=ids).order_by("pk")
        targets = grouped(through, "programme_id", "party__code")
        acts = grouped(LegalAct.objects.filter(programme__in=ids).order_by("adopted_on", "pk"), "programme_id", *ACT)
        for row in chunk:
            own = acts.get(row["pk"], ())
            row["targets"] = [one for (one,) in targets.get(row["pk"], ())]
            row["acts"] = [act[1] for act in own]
            if staff:
                row["version"] = _checksum(row, own)
            yield row


ACT = ("pk", "title", "identifier", "adopted_on", "url")


def _checksum(row: Row, acts: Sequence[tuple[Any, ...]]) -> int:
    """A number that is another one as soon as anything of a programme or its acts is, whoever changed it."""
    own = [row[field.column.name] for field in PROGRAMME_FIELDS]
    return crc32(repr((own, list(acts))).encode())


def programme_versions(programmes: QuerySet[Programme]) -> dict[int, int]:
    """The versions of programmes by their numbers."""
    return {row["id"]: row["version"] for row in programme_rows(programmes.order_by("pk"), staff=True)}


def act_rows(programmes: QuerySet[Programme]) -> Iterator[Row]:
    """The rows of ``PROGRAMME_ACTS``."""
    rows = LegalAct.objects.filter(programme__in=programmes.order_by().values("pk"))
    for chunk in chunks(rows.order_by("programme_id", "adopted_on", "pk"), ACT_FIELDS):
        versions = programme_versions(Programme.objects.filter(pk__in={row["programme"] for row in chunk}))
        for row in chunk:
            yield {**row, "version": versions[row["programme"]]}


def designation_rows(designations: QuerySet[Designation], *, staff: bool = False) -> Iterator[Row]:
    """The rows of ``DESIGNATIONS`` (of ``STAFF_DESIGNATIONS`` for staff) in the order of the query."""
    fields = (*DESIGNATION_FIELDS, *STAFF_DESIGNATION_FIELDS) if staff else DESIGNATION_FIELDS
    for chunk in chunks(designations, fields, "target_id", *MEASURE_NAMED_BY, REGIME):
        ids = {row["target_id"] for row in chunk}
        names = grouped(TargetName.objects.filter(target__in=ids).order_by("pk"), "target_id", "name")
        numbers = TargetIdentifier.objects.filter(target__in=ids).order_by("pk")
        identifiers = grouped(numbers, "target_id", "kind", "value")
        for row in chunk:
            target = row["target_id"]
            row["names"] = list(dict.fromkeys(one for (one,) in names.get(target, ())))
            row["identifiers"] = [f"{kind}:{value}" for kind, value in identifiers.get(target, ())]
            if not staff and not (
                row["measure__state"] == RecordState.PUBLISHED and row["measure__dataset__redistributable"]
            ):
                row["measure"] = None
            if not staff and not row[REGIME]:
                row["programme"] = None
            yield row
