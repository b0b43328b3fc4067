"""Builds the element of one activity, its children in the order that the schema wants."""

from __future__ import annotations

from datetime import UTC, date
from typing import Any

from django.conf import settings
from django.utils.encoding import iri_to_uri
from lxml import etree

from interchange.datatables.pledges import LEFT_OUT
from interchange.iati import codes
from interchange.iati.codes import code
from interchange.iati.facts import Facts
from interchange.iati.places import places
from interchange.iati.transactions import Transaction, counted, transactions
from interchange.writing.xlsx import as_a_cell
from pledges.counting import LeftOut
from pledges.models import AidType, Move, Stage, Valuation
from reference.models import Party

Element = Any  # lxml has no types
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def activity(facts: Facts) -> Element:
    """The ``iati-activity`` of a pledge."""
    pledge = facts.pledge
    fallback, certain = _first_day(facts)
    told = {LANGUAGE: "en", "default-currency": pledge.value_currency or pledge.currency or "EUR"}
    told["last-updated-datetime"] = pledge.modified_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if pledge.type == AidType.HUMANITARIAN:
        told["humanitarian"] = "1"
    if facts.parts or facts.package:
        told["hierarchy"] = "1" if facts.parts else "2"
    root = etree.Element("iati-activity", told)
    etree.SubElement(root, "iati-identifier").text = identifier(pledge.public_id)
    reporter = etree.SubElement(root, "reporting-org", ref=settings.IATI_REPORTING_ORG,
                                type=settings.IATI_REPORTING_ORG_TYPE)  # fmt: skip
    reporter.set("secondary-reporter", "1")
    _narrative(reporter, settings.IATI_REPORTING_ORG_NAME)
    _narrative(etree.SubElement(root, "title"), pledge.title)
    _narrative(etree.SubElement(root, "description", type=codes.GENERAL), _description(facts))
    _organisations(root, facts)
    etree.SubElement(root, "activity-status", code=_status(facts))
    _dates(root, facts, fallback, certain=certain)
    _places(root, facts)
    _sector(root, facts)
    _defaults(root, facts)
    for one in transactions(facts, fallback):
        _transaction(root, one, facts)
    _documents(root, facts)
    _related(root, facts)
    return root


def identifier(public_id: str) -> str:
    """The identifier of a pledge's activity."""
    return f"{settings.IATI_REPORTING_ORG}-{public_id}"


def _narrative(parent: Element, words: str) -> None:
    etree.SubElement(parent, "narrative").text = as_a_cell(words)


def _first_day(facts: Facts) -> tuple[date, bool]:
    """The day of the announcement, or of the next best thing, and whether it is the former."""
    pledge = facts.pledge
    if day := pledge.announced_latest or pledge.announced_earliest:
        return day, True
    days = [one.published_on for one in facts.evidence if one.published_on]
    moved = [one.day for one in facts.moves if one.day]
    made = (pledge.published_at or pledge.created_at).astimezone(UTC).date()
    return min(moved or days or [made]), False


def _description(facts: Facts) -> str:
    pledge = facts.pledge
    words = [pledge.public_note.strip() or f"{pledge.title.rstrip('.')}."]
    if facts.left_out:
        words.append(f"Not counted in totals: {LEFT_OUT[LeftOut(facts.left_out)]}.")
    elif pledge.valuation == Valuation.NONE:
        words.append("No value is known, so there is no transaction.")
    elif counted(facts) is None:
        words.append("Its value is not known in one currency, so there is no transaction.")
    elif pledge.valuation in (Valuation.ESTIMATED, Valuation.PARTIAL):
        words.append("The value is estimated from unit prices.")
    return " ".join(words)


def _organisations(root: Element, facts: Facts) -> None:
    pledge = facts.pledge
    for donor in facts.donors:
        _organisation(root, donor.party, codes.FUNDING)
    if not facts.donors:
        unnamed = etree.SubElement(root, "participating-org", role=codes.FUNDING)
        _narrative(unnamed, pledge.donors_as_written or "Not named")
    if pledge.financed_from:
        _organisation(root, pledge.financed_from, codes.FUNDING)
    if pledge.channel:
        _organisation(root, pledge.channel, codes.IMPLEMENTING)


def _organisation(root: Element, party: Party, role: str) -> None:
    told = {"role": role, "type": code("organisation", party.kind)}
    if ref := str(party.external_ids.get("iati", "")):
        told["ref"] = ref
    _narrative(etree.SubElement(root, "participating-org", told), party.name)


def _status(facts: Facts) -> str:
    stage = facts.pledge.stage
    whole = [one for one in facts.moves if one.stage == Stage.DELIVERY and _is_whole(one)]
    return code("status", "delivered" if stage == Stage.DELIVERY and whole else stage)


def _is_whole(move: Move) -> bool:
    return not (move.extent_unknown or move.item_id) and move.amount is None


def _dates(root: Element, facts: Facts, fallback: date, *, certain: bool) -> None:
    pledge = facts.pledge
    if pledge.period_from:
        etree.SubElement(root, "activity-date", {"type": codes.PLANNED_START, "iso-date": str(pledge.period_from)})
    start = etree.SubElement(root, "activity-date", {"type": codes.ACTUAL_START, "iso-date": str(fallback)})
    if not certain:
        _narrative(start, "The day of the announcement is not known; this is the first day on which it was told.")
    elif pledge.announced_as_written or pledge.announced_precision != "day":
        words = pledge.announced_as_written or f"{pledge.announced_earliest or '…'} to {pledge.announced_latest or '…'}"
        _narrative(start, f"Announced: {words}")
    if pledge.period_to:
        etree.SubElement(root, "activity-date", {"type": codes.PLANNED_END, "iso-date": str(pledge.period_to)})


def _places(root: Element, facts: Facts) -> None:
    found = places(facts.recipients, facts.pledge.recipients_as_written)
    for one in sorted(found, key=lambda place: not place.is_country):
        told = {"code": one.code} if one.is_country else {"code": one.code, "vocabulary": "1"}
        if one.percentage is not None:
            told["percentage"] = f"{one.percentage:f}"
        element = etree.SubElement(root, "recipient-country" if one.is_country else "recipient-region", told)
        if one.words:
            _narrative(element, one.words)


def _sector(root: Element, facts: Facts) -> None:
    pledge = facts.pledge
    if pledge.sector:
        etree.SubElement(root, "sector", vocabulary=codes.DAC, code=pledge.sector)
        return
    own = etree.SubElement(root, "sector", vocabulary=codes.OWN, code=pledge.type)
    _narrative(own, str(pledge.get_type_display()))


def _defaults(root: Element, facts: Facts) -> None:
    pledge = facts.pledge
    for name, found in (
        ("default-flow-type", code("flow", pledge.type)),
        ("default-finance-type", code("finance", pledge.finance_type)),
        ("default-aid-type", code("aid", "refugee_costs") if pledge.refugee_costs else ""),
    ):
        if found:
            etree.SubElement(root, name, code=found)


def _transaction(root: Element, one: Transaction, facts: Facts) -> None:
    element = etree.SubElement(root, "transaction")
    if facts.pledge.type == AidType.HUMANITARIAN:
        element.set("humanitarian", "1")
    etree.SubElement(element, "transaction-type", code=one.type)
    etree.SubElement(element, "transaction-date", {"iso-date": str(one.day)})
    value = etree.SubElement(element, "value", {"currency": one.currency, "value-date": str(one.value_date)})
    value.text = f"{one.amount:f}"
    if one.words.strip():
        _narrative(etree.SubElement(element, "description"), one.words)
    if len(facts.donors) == 1:
        giver = facts.donors[0].party
        _narrative(etree.SubElement(element, "provider-org", type=code("organisation", giver.kind)), giver.name)
    if facts.pledge.channel:
        channel = facts.pledge.channel
        _narrative(etree.SubElement(element, "receiver-org", type=code("organisation", channel.kind)), channel.name)


def _documents(root: Element, facts: Facts) -> None:
    told = set()
    for one in facts.evidence:
        address = one.url or (one.revision.article.canonical_url if one.revision else "") or ""
        if not address.startswith(("http://", "https://")) or address in told:
            continue
        told.add(address)
        kind = "application/pdf" if address.lower().partition("?")[0].endswith(".pdf") else "text/html"
        document = etree.SubElement(root, "document-link", url=_uri(address), format=kind)
        _narrative(etree.SubElement(document, "title"), one.publisher or address)
        etree.SubElement(document, "category", code=codes.WEB_PAGE)
        if one.published_on:
            etree.SubElement(document, "document-date", {"iso-date": str(one.published_on)})


def _uri(address: str) -> str:
    """The address with nothing in it that a URI must not have; brackets are for hosts alone."""
    start = address.find("/", len("https://"))
    host, rest = (address, "") if start < 0 else (address[:start], address[start:])
    return str(iri_to_uri(as_a_cell(host))) + str(iri_to_uri(as_a_cell(rest))).replace("[", "%5B").replace("]", "%5D")


def _related(root: Element, facts: Facts) -> None:
    for kind, names in (
        (codes.PARENT, [facts.package]),
        (codes.CHILD, facts.parts),
        (codes.SIBLING, [facts.supersedes]),
    ):
        for name in filter(None, names):
            etree.SubElement(root, "related-activity", ref=identifier(name), type=kind)
