"""Makes records of FTS flows. The source's valuation is its amount in dollars, which is also how it totals them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from interchange.fts.actors import FILE, Actors, country_code
from interchange.fts.reading import Flow
from interchange.problems import FileProblem
from interchange.report import Report
from interchange.tables import data_file, meaning, plain
from pledges.bulk import Entry
from pledges.drafts import EvidenceDraft, MoveDraft, PledgeDraft, ShareDraft
from reference.currencies import decimals, is_currency, to_minor_units

LONGEST_TITLE = 300
SHARED = "FTS shares it among several places and leaves it out of the total of this one."
PartyId = Callable[[str], int]


def left_out(flow: Flow) -> str:
    """Why a flow is no record; empty where it is one."""
    if flow.raw.get("boundary") == "internal":
        return "it passes on within the place what was counted when it came in"
    if flow.raw.get("boundary") == "outgoing":
        return "it leaves the place that the file is about"
    if not flow.amount("amountUSD"):
        if flow.raw.get("childFlowIds"):
            return "nothing is left of it beside the flows that it was divided into"
        return "its amount is zero"
    return ""


def entry(flow: Flow, actors: Actors, party: PartyId, report: Report) -> Entry:
    """The record of a flow. Raises ``FileProblem`` for what no table knows."""
    data = data_file(FILE)
    donors = [actors.code(flow, one) for one in flow.objects("sourceObjects", "Organization")]
    channels = [actors.code(flow, one) for one in flow.objects("destinationObjects", "Organization")]
    stated, currency = _stated(flow, report)
    day = flow.day("date")
    stage = meaning(data["statuses"], flow.text("status"), flow.place("status"), "status", FILE)
    amount, year = flow.amount("amountUSD"), _year(flow)
    return Entry(
        PledgeDraft(
            title=_title(flow),
            donors=tuple(ShareDraft(party(code)) for code in dict.fromkeys(donors)),
            donors_as_written="" if donors else "Not specified",
            recipients=tuple(ShareDraft(party(code)) for code in _places(flow)),
            channel_id=party(channels[0]) if len(set(channels)) == 1 and channels[0] not in donors else None,
            type="humanitarian",
            in_kind=meaning(
                data["contributions"],
                flow.text("contributionType"),
                flow.place("contributionType"),
                "contribution type",
                FILE,
            ),
            sector=_sector(flow),
            announced_earliest=day,
            announced_latest=day,
            announced_precision="day" if day else "unknown",
            period_from=None if year is None else date(year, 1, 1),
            period_to=None if year is None else date(year, 12, 31),
            stated=stated,
            currency=currency,
            source_value=amount,
            source_value_currency="USD" if amount is not None else "",
            outside_source_total=SHARED if flow.raw.get("onBoundary") == "shared" else "",
            public_note=_note(flow),
            origin_key=flow.id,
            moves=(MoveDraft(stage, day, "day" if day else "unknown"),) if stage != "pledge" else (),
            evidence=(_evidence(flow),),
        )
    )


def _title(flow: Flow) -> str:
    words = " ".join(flow.text("description").split()) or f"Flow {flow.id}"
    return words if len(words) <= LONGEST_TITLE else f"{words[: LONGEST_TITLE - 1]}…"


def _stated(flow: Flow, report: Report) -> tuple[Decimal | None, str]:
    """The original amount, else the one in dollars."""
    original, currency = flow.amount("originalAmount"), flow.text("originalCurrency").upper()
    dollars = flow.amount("amountUSD")
    if original and is_currency(currency):
        if original == round(original, decimals(currency)):
            return original, currency
        report.remark(flow.place("originalAmount"), f"{original} {currency} has too many decimals; dollars are taken.")
    elif original:
        report.remark(flow.place("originalCurrency"), f"“{currency}” is no currency that we know; dollars are taken.")
    return (dollars, "USD") if dollars else (None, "")


def _places(flow: Flow) -> list[str]:
    found = []
    for one in flow.objects("destinationObjects", "Location"):
        code = country_code(str(one.get("name", "")))
        if not code:
            raise FileProblem(
                f"“{one.get('name')}” is no country that we know. Add it to interchange/data/{FILE}.toml.",
                flow.place("destinationObjects"),
            )
        found.append(code)
    return list(dict.fromkeys(found))


def _sector(flow: Flow) -> str:
    """The sector, where the flow is for one that fits."""
    clusters: dict[str, str] = data_file(FILE)["clusters"]
    named = flow.objects("destinationObjects", "GlobalCluster")
    found = {clusters.get(plain(str(one.get("name", ""))), "") for one in named}
    return found.pop() if len(found) == 1 else ""


def _year(flow: Flow) -> int | None:
    """The year that the money is for, where it is one year."""
    years = {str(one.get("name", "")) for one in flow.objects("destinationObjects", "UsageYear")}
    year = years.pop() if len(years) == 1 else ""
    return int(year) if year.isdecimal() and 1900 <= int(year) <= 2100 else None


def _note(flow: Flow) -> str:
    told = []
    rate, currency = flow.raw.get("exchangeRate"), flow.text("originalCurrency")
    if rate and currency and currency != "USD":
        told.append(f"FTS converts at {rate} {currency} for USD 1.")
    if parent := flow.text("parentFlowId"):
        told.append(f"Divided out of flow {parent}.")
    if children := flow.raw.get("childFlowIds"):
        told.append(f"What is left beside {len(children)} flows that it was divided into.")
    plans = [str(one.get("name", "")) for one in flow.objects("destinationObjects", "Plan")]
    told += [f"Plan: {', '.join(plans)}."] if plans else []
    return "\n".join(told)


def _evidence(flow: Flow) -> EvidenceDraft:
    reports = flow.raw.get("reportDetails") or [{}]
    publisher = str(reports[0].get("organization") or "")[:200]
    return EvidenceDraft(
        quote=flow.text("description"),
        publisher=publisher,
        published_on=flow.day("firstReportedDate"),
        official=any(str(one.get("sourceType")) == "Primary" for one in reports),
        dataset_row=f"{flow.page[-120:]}, flow {flow.id}",
    )


def in_dollar_cents(flow: Flow) -> int:
    """A flow's amount in US cents."""
    return to_minor_units(flow.amount("amountUSD") or Decimal(0), "USD")
