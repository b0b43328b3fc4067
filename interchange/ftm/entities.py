"""Makes entities of targets, of parties that measures are aimed at, and of sanctions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC
from typing import Any

from interchange.ftm.properties import Properties, add, add_detail, country, entity_id, table
from reference.models import Party, PartyKind
from sanctions.models import Designation, Measure, MeasureKind, Programme, Target, TargetName

Entity = dict[str, Any]
NAMES = {
    TargetName.Kind.NAME: "alias",
    TargetName.Kind.ALIAS: "alias",
    TargetName.Kind.WEAK: "weakAlias",
    TargetName.Kind.PREVIOUS: "previousName",
}


def schema_of(target: Target) -> str:
    """The schema for a target; empty for what is no entity."""
    found: str = table()["kinds"].get(target.kind, "")
    return found


def target_entity(target: Target) -> Entity:
    """Whom or what a list names, with all names and numbers."""
    schema, found = schema_of(target), Properties()
    add(found, "name", [target.name])
    for name in target.names.all():
        if name.name != target.name:
            add(found, NAMES[TargetName.Kind(name.kind)], [name.name])
    add(found, "country", filter(None, (country(party.code) for party in target.countries.all())))
    for number in target.identifiers.all():
        add_detail(found, schema, table()["identifiers"].get(number.kind, number.kind), [number.value])
    for name, value in target.details.items():
        values = [value] if name in ("notes", "address", "appearance", "position") else str(value).split(";")
        add_detail(found, schema, name, map(str, values))
    return _entity(entity_id(target.public_id), schema, found, target.name)


def party_entity(party: Party) -> Entity:
    """A state or organisation that a measure is aimed at."""
    found = Properties()
    add(found, "name", [party.name])
    schema = "PublicBody" if party.kind == PartyKind.COUNTRY else "Organization"
    add(found, "country", filter(None, [country(party.code)]))
    return _entity(party_id(party), schema, found, party.name)


def party_id(party: Party) -> str:
    """The id of a party's entity."""
    return entity_id("party", party.code.lower())


def designation_entity(designation: Designation, programme: Programme | None, measure: Measure | None) -> Entity:
    """That a target is listed."""
    found = Properties()
    add(found, "entity", [entity_id(designation.target.public_id)])
    _add_programme(found, programme)
    if designation.listed_on:
        add(found, "listingDate", [str(designation.listed_on)])
        add(found, "startDate", [str(designation.listed_on)])
    if designation.ended_on:
        add(found, "endDate", [str(designation.ended_on)])
    add(found, "status", ["ended" if designation.ended_on else "active"])
    add(found, "reason", [designation.reason])
    add(found, "recordId", [designation.annex])
    if designation.act:
        add(found, "provisions", [designation.act.title])
        add(found, "sourceUrl", _addresses([designation.act.url]))
    if measure is not None:
        add(found, "provisions", _provisions(measure))
    add(found, "modifiedAt", [designation.modified_at.astimezone(UTC).date().isoformat()])
    key = entity_id("designation", designation.public_id)
    return _entity(key, "Sanction", found, designation.target.name, designation.dataset.key)


def measure_entity(measure: Measure, programme: Programme | None, targets: Sequence[Party]) -> Entity:
    """That a measure is aimed at states or organisations."""
    found = Properties()
    add(found, "entity", [party_id(party) for party in targets])
    _add_programme(found, programme)
    imposers = [one.party for one in measure.imposers.all()]
    found.pop("authority", None)
    add(found, "authority", [party.name for party in imposers] or [measure.imposers_as_written])
    found.pop("country", None)
    add(found, "country", filter(None, (country(party.code) for party in imposers)))
    add(found, "provisions", _provisions(measure))
    add(found, "summary", [measure.title])
    if measure.in_force_from:
        add(found, "startDate", [str(measure.in_force_from)])
    if measure.in_force_until:
        add(found, "endDate", [str(measure.in_force_until)])
    add(found, "status", [measure.last_action])
    grounds = ((one.url or (one.revision.article.canonical_url if one.revision else "") or "") for one in
               measure.evidence.all())  # fmt: skip
    add(found, "sourceUrl", _addresses(grounds))
    add(found, "modifiedAt", [measure.modified_at.astimezone(UTC).date().isoformat()])
    return _entity(entity_id("measure", measure.public_id), "Sanction", found, measure.title, measure.dataset.key)


def _add_programme(found: Properties, programme: Programme | None) -> None:
    if programme is None:
        return
    add(found, "program", [programme.name])
    add(found, "programId", [programme.key])
    add(found, "programUrl", _addresses([programme.url]))
    if programme.issuer:
        add(found, "authority", [programme.issuer.name])
        add(found, "country", filter(None, [country(programme.issuer.code)]))
    else:
        add(found, "authority", [programme.issuer_as_written])


def _provisions(measure: Measure) -> list[str]:
    return [MeasureKind(one.type).label for one in measure.types.all()]


def _addresses(addresses: Iterable[str]) -> list[str]:
    return [one for one in addresses if one.startswith(("http://", "https://"))]


def _entity(key: str, schema: str, found: Properties, caption: str, dataset: str = "") -> Entity:
    told: Entity = {"id": key, "caption": caption, "schema": schema, "properties": found}
    if dataset:
        told["datasets"] = [dataset]
    return told
