"""Writes entities one a line, those that others refer to first: memory does not grow with them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from django.db.models import QuerySet

from interchange.datatables.catalogue import published_designations, published_measures
from interchange.ftm.entities import (
    Entity,
    designation_entity,
    measure_entity,
    party_entity,
    schema_of,
    target_entity,
)
from interchange.publishing.scope import Stand
from reference.models import Party
from sanctions.models import Designation, Measure, Programme, RecordState, Target

AT_ONCE = 500


def write_entities(path: Path, stand: Stand) -> int:
    """Write the file and return how many entities it holds."""
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    count = 0
    with path.open("w", encoding="utf-8", newline="\n") as target:
        for one in entities(stand):
            target.write(f"{encode(one)}\n")
            count += 1
    return count


def entities(stand: Stand) -> Iterator[Entity]:
    """All entities: targets of published designations, parties aimed at by published measures, and the sanctions."""
    designations, measures = published_designations(stand.key), published_measures(stand.key)
    named = Target.objects.filter(pk__in=designations.order_by().values("target")).order_by("pk")
    for target in _chunked(named.prefetch_related("names", "identifiers", "countries")):
        if schema_of(target):
            yield target_entity(target)
    aimed_at = Party.objects.filter(aimed_measures__measure__in=measures.order_by().values("pk"))
    for party in aimed_at.distinct().order_by("code"):
        yield party_entity(party)
    for measure in _chunked(_whole_measures(measures)):
        if parties := [one.party for one in measure.targets.all()]:
            yield measure_entity(measure, _shown(measure.programme), parties)
    for designation in _chunked(_whole_designations(designations)):
        if schema_of(designation.target):
            yield designation_entity(designation, _shown(designation.programme), _public(designation.measure, stand))


def _whole_measures(measures: QuerySet[Measure]) -> QuerySet[Measure]:
    rows = measures.select_related("dataset", "programme__dataset", "programme__issuer")
    return rows.prefetch_related("types", "imposers__party", "targets__party", "evidence__revision__article")


def _whole_designations(designations: QuerySet[Designation]) -> QuerySet[Designation]:
    rows = designations.select_related(
        "dataset", "target", "act", "programme__dataset", "programme__issuer", "measure__dataset"
    )
    return rows.prefetch_related("measure__types")


def _chunked(rows: QuerySet[Any]) -> Iterator[Any]:
    found = rows.iterator(chunk_size=AT_ONCE)
    while chunk := list(islice(found, AT_ONCE)):
        yield from chunk


def _shown(programme: Programme | None) -> Programme | None:
    """The regime, if it may be named."""
    return programme if programme is not None and programme.dataset.redistributable else None


def _public(measure: Measure | None, stand: Stand) -> Measure | None:
    """The measure, if it is published and among what the file holds."""
    if measure is None or measure.state != RecordState.PUBLISHED or not measure.dataset.redistributable:
        return None
    return measure if stand.key in (None, measure.dataset.key) else None
