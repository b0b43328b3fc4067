"""What was changed of published records: field by field, as it was and as it is, and only what the public may see.

Versions in history hold everything, private notes and links to drafts among it. A state is therefore rebuilt here from
the members that are listed below and from nothing else; what is not listed does not leave. Of evidence only the number
of pieces is compared: a quote that was taken back is not shown again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from api.amounts import amount_text, number_text
from api.changes import MODELS, Happened, happened
from history.models import Version
from history.selectors import FieldChange, differences
from pledges.state import KIND as PLEDGE
from reference.currencies import format_minor_units
from reference.models import Party
from sanctions.listing import KIND as DESIGNATION
from sanctions.models import LegalAct, Programme, Round
from sanctions.state import KIND as MEASURE

State = Mapping[str, Any]
# Members of a pledge that are figures; where they begin with this.
FIGURES = ("amount.", "value.", "eur.", "usd.", "delivered.", "source_value.")
# Reasons that follow from what was done. What staff write into the history is theirs and does not leave.
REASONS = {
    "pledge.convert": "An exchange rate was added.",
    "pledge.import": "A later issue of the dataset says so.",
    "designation.import": "A later issue of the list says so.",
    "pledge.evidence": "Evidence was added or taken back.",
    "measure.evidence": "Evidence was added or taken back.",
    "pledge.merge": "Another record was merged into it.",
    "measure.merge": "Another record was merged into it.",
}


@dataclass(frozen=True, slots=True)
class Correction:
    """A change of a record after its publication."""

    version: Version
    happened: Happened
    title: str | None  # of the record; null where it was withdrawn since
    reason: str | None
    merged_into: str | None
    changes: tuple[FieldChange, ...]

    @property
    def figures_moved(self) -> bool:
        """Whether a figure was changed, or all of the record's were taken back."""
        return self.happened is not Happened.MODIFIED or any(one.field.startswith(FIGURES) for one in self.changes)


@dataclass(slots=True)
class _Names:
    """What ids in states stand for: codes of parties, ids of published records, keys of programmes, …"""

    parties: dict[int, str] = field(default_factory=dict)
    pledges: dict[int, str] = field(default_factory=dict)
    programmes: dict[int, str] = field(default_factory=dict)
    rounds: dict[int, str] = field(default_factory=dict)
    acts: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Record:
    """What a record is now."""

    state: str
    title: str
    withdrawn_reason: str
    merged_into: str | None


def corrections(versions: Iterable[Version]) -> list[Correction]:
    """What each version changed for the public; versions that changed nothing it could see are left out.

    The versions come from ``public_changes`` and were public before. A fixed number of queries.
    """
    rows = list(versions)
    earlier = _earlier(rows)
    records = _records(rows)
    names = _names([*(row.state for row in rows), *(one for one in earlier.values())])
    found = [_correction(row, earlier[_key(row)], records[row.kind, row.object_id], names) for row in rows]
    return [one for one in found if one.changes or one.happened is not Happened.MODIFIED]


def _correction(version: Version, before: State, record: _Record, names: _Names) -> Correction:
    what = happened(version)
    withdrawn = record.state == "withdrawn"
    changes: list[FieldChange] = []
    if what is Happened.MODIFIED:
        read = READERS[version.kind]
        changes = differences(read(before, names), read(version.state, names))
    if withdrawn:
        changes = [one for one in changes if one.field.startswith(FIGURES)]
    return Correction(
        version=version,
        happened=what,
        title=None if withdrawn else record.title,
        reason=_reason(version, what, record),
        merged_into=record.merged_into if what is Happened.MERGED else None,
        changes=tuple(changes),
    )


def _reason(version: Version, what: Happened, record: _Record) -> str | None:
    if what is Happened.WITHDRAWN:
        return record.withdrawn_reason or None
    if what is Happened.MERGED:
        return "It is the same as another record."
    return version.since.public_reason or REASONS.get(version.since.action)


def _key(version: Version) -> tuple[str, int, int]:
    return version.kind, version.object_id, version.since_id


def _earlier(rows: list[Version]) -> dict[tuple[str, int, int], State]:
    """The state before each version."""
    ended = Version.objects.filter(
        kind__in={row.kind for row in rows},
        object_id__in={row.object_id for row in rows},
        until__in={row.since_id for row in rows},
    )
    return {
        (kind, object_id, until): state
        for kind, object_id, until, state in ended.values_list("kind", "object_id", "until_id", "state")
    }


def _records(rows: list[Version]) -> dict[tuple[str, int], _Record]:
    """What the records are now."""
    found: dict[tuple[str, int], _Record] = {}
    for kind, model in MODELS.items():
        title, merged = TITLES[kind]
        columns = ["pk", "state", title, "withdrawn_reason", *([merged] if merged else [])]
        ids = {row.object_id for row in rows if row.kind == kind}
        for pk, state, words, reason, *into in model._default_manager.filter(pk__in=ids).values_list(*columns):
            found[kind, pk] = _Record(state, words, reason, into[0] if into else None)
    return found


# Where each kind of record has what it is called, and the record that it was merged into.
TITLES = {
    PLEDGE: ("title", "merged_into__public_id"),
    MEASURE: ("title", "merged_into__public_id"),
    DESIGNATION: ("target__name", ""),
}


def _names(states: list[State]) -> _Names:
    def ids(*columns: str) -> set[int]:
        return {state[column] for state in states for column in columns if state.get(column)}

    def of_rows(column: str, *lists: str) -> set[int]:
        rows = [row for state in states for name in lists for row in state.get(name, [])]
        return {row[column] for row in rows if row.get(column)}

    parties = ids("channel_id", "financed_from_id")
    parties |= of_rows("party_id", "donors", "recipients", "imposers", "targets")
    published = MODELS[PLEDGE]._default_manager.filter(state="published", dataset__redistributable=True)
    acts = ids("act_id", "listing_act_id") | of_rows("act_id", "steps")
    return _Names(
        parties=dict(Party.objects.filter(pk__in=parties).values_list("pk", "code")),
        pledges=dict(
            published.filter(pk__in=ids("package_id", "supersedes_id")).values_list("pk", "public_id")
        ),
        programmes=dict(Programme.objects.filter(pk__in=ids("programme_id")).values_list("pk", "key")),
        rounds=dict(Round.objects.filter(pk__in=ids("round_id")).values_list("pk", "name")),
        acts=dict(LegalAct.objects.filter(pk__in=acts).values_list("pk", "title")),
    )  # fmt: skip


# --- what of a state is public, under the names that answers have -----------------------------------------------------
def _plain(state: State, members: Mapping[str, str]) -> dict[str, Any]:
    """Members that are told as they stand; an empty text is null."""
    return {name: None if state.get(column) == "" else state.get(column) for name, column in members.items()}


def _amount(state: State, column: str, currency: str) -> str | None:
    written = state.get(column)
    return None if written is None else amount_text(Decimal(written), state.get(currency, ""))


def _number(state: State, column: str) -> str | None:
    written = state.get(column)
    return None if written is None else number_text(Decimal(written))


def _cents(state: State, column: str, currency: str) -> str | None:
    units = state.get(column)
    return None if units is None else format_minor_units(units, currency)


PLEDGE_MEMBERS = {
    "title": "title",
    "note": "public_note",
    "type": "type",
    "in_kind": "in_kind",
    "finance_type": "finance_type",
    "sector": "sector",
    "goods_from": "goods_from",
    "stage": "stage",
    "refugee_costs": "refugee_costs",
    "running_total": "running_total",
    "donors_as_written": "donors_as_written",
    "recipients_as_written": "recipients_as_written",
    "announced.earliest": "announced_earliest",
    "announced.latest": "announced_latest",
    "announced.precision": "announced_precision",
    "announced.as_written": "announced_as_written",
    "disclosed_on": "disclosed_on",
    "period.first_day": "period_from",
    "period.last_day": "period_to",
    "amount.currency": "currency",
    "amount.qualifier": "qualifier",
    "amount.other.currency": "currency_other",
    "valuation": "valuation",
    "value.currency": "value_currency",
    "value.high_open": "high_open",
    "conversion.asked_for": "rate_for",
    "conversion.basis": "rate_basis",
    "conversion.rate_day": "rate_day",
    "conversion.source": "rate_source",
    "source_value.currency": "source_value_currency",
    "source_value.left_out_because": "outside_source_total",
}
PLEDGE_AMOUNTS = {
    "amount.stated": ("stated", "currency"),
    "amount.stated_to": ("stated_to", "currency"),
    "amount.other.stated": ("stated_other", "currency_other"),
    "value.low": ("low", "value_currency"),
    "value.central": ("central", "value_currency"),
    "value.high": ("high", "value_currency"),
    "source_value.value": ("source_value", "source_value_currency"),
    "source_value.delivered": ("source_delivered", "source_value_currency"),
}


def _pledge(state: State, names: _Names) -> dict[str, Any]:
    currency = state.get("currency", "")
    told = _plain(state, PLEDGE_MEMBERS)
    told |= {name: _amount(state, *columns) for name, columns in PLEDGE_AMOUNTS.items()}
    for code in ("eur", "usd"):
        for bound in ("low", "central", "high"):
            told[f"{code}.{bound}"] = _cents(state, f"{code}_{bound}", code.upper())
        told[f"delivered.{code}"] = _cents(state, f"delivered_{code}", code.upper())
    told |= {
        "conversion.per_euro": _number(state, "rate_per_euro"),
        "conversion.usd_per_euro": _number(state, "rate_usd_per_euro"),
        "donors": [_share(row, currency, names) for row in state.get("donors", [])],
        "recipients": [_share(row, currency, names) for row in state.get("recipients", [])],
        "channel": names.parties.get(state.get("channel_id") or 0),
        "financed_from": names.parties.get(state.get("financed_from_id") or 0),
        "package": names.pledges.get(state.get("package_id") or 0),
        "supersedes": names.pledges.get(state.get("supersedes_id") or 0),
        "deductions": [_deduction(row, currency) for row in state.get("deductions", [])],
        "items": [_item(row) for row in state.get("items", [])],
        "moves": [_move(row, currency) for row in state.get("moves", [])],
        "evidence_count": len(state.get("evidence", [])),
    }
    return told


def _in(row: State, column: str, currency: str) -> str | None:
    return _amount({**row, "of": currency}, column, "of")


def _share(row: State, currency: str, names: _Names) -> dict[str, Any]:
    return {
        "party": names.parties.get(row["party_id"]),
        "amount": _in(row, "share_amount", currency),
        "weight": _number(row, "share_weight"),
    }


def _deduction(row: State, currency: str) -> dict[str, Any]:
    return {"amount": _in(row, "amount", currency), **_plain(row, {"reason": "reason", "note": "note"})}


def _item(row: State) -> dict[str, Any]:
    members = ("name", "category", "subtype", "quantity_qualifier", "unit", "price_currency", "price_source")
    return {
        **_plain(row, {name: name for name in members}),
        "quantity": _number(row, "quantity"),
        "quantity_to": _number(row, "quantity_to"),
        "unit_price": _amount(row, "unit_price", "price_currency"),
    }


def _move(row: State, currency: str) -> dict[str, Any]:
    members = ("stage", "day", "precision", "extent_unknown", "note")
    return {
        **_plain(row, {name: name for name in members}),
        "amount": _in(row, "amount", currency),
        "units": _number(row, "units"),
    }


MEASURE_MEMBERS = {
    "title": "title",
    "note": "public_note",
    "imposers_as_written": "imposers_as_written",
    "targets_as_written": "targets_as_written",
    "target_kind": "target_kind",
    "sectors": "sectors",
    "adopted": "adopted",
    "in_force_from": "in_force_from",
    "in_force_until": "in_force_until",
    "last_action": "last_action",
    "first_step_on": "first_step_on",
}


def _measure(state: State, names: _Names) -> dict[str, Any]:
    return {
        **_plain(state, MEASURE_MEMBERS),
        "imposers": [names.parties.get(row["party_id"]) for row in state.get("imposers", [])],
        "targets": [names.parties.get(row["party_id"]) for row in state.get("targets", [])],
        "types": [row["type"] for row in state.get("types", [])],
        "programme": names.programmes.get(state.get("programme_id") or 0),
        "round": names.rounds.get(state.get("round_id") or 0),
        "steps": [_step(row, names) for row in state.get("steps", [])],
        "evidence_count": len(state.get("evidence", [])),
    }


def _step(row: State, names: _Names) -> dict[str, Any]:
    members = ("step", "status", "adopted_on", "precision", "applies_from", "ends_on", "note")
    return {**_plain(row, {name: name for name in members}), "act": names.acts.get(row.get("act_id") or 0)}


DESIGNATION_MEMBERS = {
    name: name for name in ("annex", "reason", "listed_on", "listed_as_written", "ended_on", "ended_by")
}


def _designation(state: State, names: _Names) -> dict[str, Any]:
    return {
        **_plain(state, DESIGNATION_MEMBERS),
        "programme": names.programmes.get(state.get("programme_id") or 0),
        "act": names.acts.get(state.get("act_id") or 0),
        "listing_act": names.acts.get(state.get("listing_act_id") or 0),
    }


READERS: dict[str, Callable[[State, _Names], dict[str, Any]]] = {
    PLEDGE: _pledge,
    MEASURE: _measure,
    DESIGNATION: _designation,
}
