"""Findings as JSON: lossless for storing, and in the shape that the gold set's scorer reads."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any

from extraction.contract import Amount, Finding, Goods, PledgeFinding, Reading, SanctionFinding, Span


def finding_as_dict(finding: Finding) -> dict[str, Any]:
    """A finding as plain JSON values: amounts as texts, days in ISO form, sets sorted, and its ``kind``."""
    kind = "pledge" if isinstance(finding, PledgeFinding) else "sanction"
    return {"kind": kind, **{field.name: _plain(getattr(finding, field.name)) for field in fields(finding)}}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Amount | Goods | Span):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return value


def finding_from_dict(stored: dict[str, Any]) -> Finding:
    """The finding that ``finding_as_dict`` was given. Fields that an older reader did not know take their defaults."""
    values = {name: value for name, value in stored.items() if name != "kind"}
    for name in ("donors", "recipients", "imposers", "targets", "measures", "reasons"):
        if name in values:
            values[name] = tuple(values[name])
    values["flags"] = frozenset(values.get("flags", ()))
    values["announced"] = _day(values.get("announced"))
    if stored["kind"] == "sanction":
        return SanctionFinding(**values)
    values["amount"] = _amount(values.get("amount"))
    values["goods"] = tuple(_goods(one) for one in values.get("goods", ()))
    return PledgeFinding(**values)


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None


def _number(written: str | None) -> Decimal | None:
    return Decimal(written) if written is not None else None


def _span(stored: dict[str, int] | None) -> Span | None:
    return Span(**stored) if stored else None


def _amount(stored: dict[str, Any] | None) -> Amount | None:
    if stored is None:
        return None
    return Amount(
        **{
            **stored,
            "value": Decimal(stored["value"]),
            "value_max": _number(stored.get("value_max")),
            "raised_from": _number(stored.get("raised_from")),
            "covers_from": _day(stored.get("covers_from")),
            "covers_until": _day(stored.get("covers_until")),
            "span": _span(stored.get("span")),
        }
    )


def _goods(stored: dict[str, Any]) -> Goods:
    return Goods(
        **{
            **stored,
            "quantity": _number(stored.get("quantity")),
            "quantity_max": _number(stored.get("quantity_max")),
            "span": _span(stored.get("span")),
        }
    )


# Labels know no allocation (it is binding: a commitment), no easing (a lifting of a part) and no mixed type.
COARSER = {"allocation": "commitment", "eased": "lifted", "mixed": "unspecified"}


def as_scored_line(article_id: str, reading: Reading) -> dict[str, Any]:
    """One line of predictions: amounts as numbers, several recipients as ``A+B``, one sanction for each measure.

    Findings flagged cumulative, historical or hypothetical are no claims and are left out, and so are parts, which
    their package holds. The gold sets' codes are
    coarser than ours in three places, see ``COARSER``.
    """
    claims = [finding for finding in reading.findings if not finding.flags]
    return {
        "id": article_id,
        "pledges": [_scored_pledge(one) for one in claims if isinstance(one, PledgeFinding) and one.part_of is None],
        "sanctions": [
            _scored_sanction(one, measure)
            for one in claims
            if isinstance(one, SanctionFinding)
            for measure in one.measures
        ],
    }


def _scored_pledge(finding: PledgeFinding) -> dict[str, Any]:
    amount = finding.amount
    line: dict[str, Any] = {
        "donors": list(finding.donors),
        "recipient": "+".join(finding.recipients) or None,
        "type": COARSER.get(finding.type, finding.type),
        "in_kind": finding.in_kind,
        "amount": _json_number(amount.value) if amount else None,
        "currency": amount.currency if amount else None,
        "amount_qualifier": amount.qualifier if amount else None,
        "items": [{"quantity": _json_number(one.quantity), "item": one.name} for one in finding.goods],
        "stage": COARSER.get(finding.stage, finding.stage),
        **_place(finding),
    }
    if amount and amount.value_max is not None:
        line["amount_max"] = _json_number(amount.value_max)
    return line


def _scored_sanction(finding: SanctionFinding, measure: str) -> dict[str, Any]:
    return {
        "imposers": list(finding.imposers),
        "target": "+".join(finding.targets) or None,
        "measure": measure,
        "action": COARSER.get(finding.action, finding.action),
        **_place(finding),
    }


def _place(finding: Finding) -> dict[str, Any]:
    return {
        "quote": finding.quote,
        "start": finding.start,
        "end": finding.end,
        "confidence": round(finding.confidence, 3),
    }


def _json_number(value: Decimal | None) -> int | float | None:
    """The scorer reads JSON numbers: whole where the value is whole."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)
