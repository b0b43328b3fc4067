"""Makes records of the Kiel workbook's activities: packages with their parts, items, moves and evidence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from interchange.kiel.reading import ALLOCATION, FILE, Activity, Part, nothing, number
from interchange.parties import Parties
from interchange.problems import FileProblem
from interchange.report import Report
from interchange.rows import rows_in_words
from interchange.tables import data_file, meaning, plain
from interchange.workbooks import Row
from pledges.bulk import Entry
from pledges.drafts import EvidenceDraft, ItemDraft, MoveDraft, PledgeDraft, ShareDraft
from pledges.models import AidType
from reference.currencies import EXACT, decimals, is_currency

SOURCES = ("source_1", "source_2", "source_3", "source_4")
ADDRESS = re.compile(r"https?://")
PRICE_LIST = "Price list of the Ukraine Support Tracker"
RECIPIENT = "UA"


@dataclass(frozen=True, slots=True)
class Making:
    """What the making of entries needs: parties, the report to tell in, and the form of the sheet."""

    parties: Parties
    report: Report
    form: str

    def entries(self, activity: Activity) -> Iterator[Entry]:
        """The package, and its parts where it has several."""
        donor, financed_from = self._donor(activity.first)
        common = _common(activity, self.parties, donor, financed_from)
        several = len(activity.parts) > 1
        for remark in activity.remarks:
            self.report.remark(activity.first.place("given"), f"{activity.key}: {remark}.")
        whole = activity.parts[0]
        rows = [activity.first] if several else activity.rows
        yield self._entry(activity, whole, rows, common, key=activity.key)
        own_values = len({part.given for part in activity.parts if part.given is not None}) > 1 or any(
            part.given is None for part in activity.parts
        )
        if several:
            for part in activity.parts:
                yield self._part(activity, part, common, own_values=own_values)

    def _donor(self, row: Row) -> tuple[str, str]:
        data = data_file(FILE)
        donors: dict[str, str] = data["donors"]
        code = meaning(donors, row.text("donor"), row.place("donor"), "donor", FILE)
        folded = data["folded"].get(self.form, {}).get(code)
        return (folded, code) if folded else (code, "")

    def _entry(
        self, activity: Activity, part: Part, rows: Sequence[Row], common: dict[str, object], *, key: str
    ) -> Entry:
        first, several = activity.first, len(activity.parts) > 1
        items = () if several else tuple(self._items(rows))
        stated, currency = self._stated(activity.given, first, key)
        moves = [_whole_move(activity, part)]
        moves += [] if several else list(_deliveries(rows, items))
        if not any(move.stage == "delivery" for move in moves):
            moves += _money_delivered(activity, stated, currency)
        value = activity.value
        return Entry(
            PledgeDraft(
                title=_title(first, key),
                **common,  # type: ignore[arg-type]
                **_announced(part),  # type: ignore[arg-type]
                stated=stated,
                currency=currency,
                source_value=None if value is None else _fit(value, 14),
                source_value_currency="EUR" if value is not None else "",
                source_delivered=None if activity.value_delivered is None else _fit(activity.value_delivered, 14),
                public_note=self._note(part, activity.rows),
                origin_key=key,
                items=items,
                moves=tuple(moves),
                evidence=tuple(_evidence(rows, moves)),
            )
        )

    def _part(self, activity: Activity, part: Part, common: dict[str, object], *, own_values: bool) -> Entry:
        first = part.rows[0]
        items = tuple(self._items(part.rows))
        stated, currency = self._stated(part.given if own_values else None, first, part.key)
        moves = [_whole_move(activity, part), *_deliveries(part.rows, items)]
        return Entry(
            PledgeDraft(
                title=_title(first, part.key),
                **{**common, "outside_source_total": ""},  # type: ignore[arg-type]
                **_announced(part),  # type: ignore[arg-type]
                stated=stated,
                currency=currency,
                public_note=self._note(part, part.rows),
                origin_key=part.key,
                items=items,
                moves=tuple(moves),
                evidence=tuple(_evidence(part.rows, moves)),
            ),
            within=activity.key,
        )

    def _note(self, part: Part, rows: Sequence[Row]) -> str:
        """The source's explanations, and what the import has to say."""
        words = dict.fromkeys(text for row in rows if not nothing(text := row.text("explanation")))
        found = list(words)
        remark = part.announced.remark
        if remark:
            self.report.remark(part.rows[0].place("date"), f"{part.rows[0].text('id')}: {remark}.")
            found.append(f"Remark of the import: {remark}.")
        if any(row.text("through_fund") == "1" for row in rows):
            found.append("Given by way of the IMF or the World Bank; the source does not say which.")
        return "\n\n".join(found)

    def _stated(self, given: Decimal | None, row: Row, key: str) -> tuple[Decimal | None, str]:
        if given is None:
            return None, ""
        currency = row.text("currency").upper()
        if not is_currency(currency):
            raise FileProblem(f"“{currency}” is no currency of the amount that the row gives.", row.place("currency"))
        if given <= 0:
            raise FileProblem(f"{given:,.2f} is no amount; leave it empty where none is known.", row.place("given"))
        if given != round(given, decimals(currency)):
            self.report.remark(
                row.place("given"),
                f"{key}: {given:f} {currency} has more decimals than the currency, so the source worked it out; "
                "it is kept as the source's valuation and not as stated.",
            )
            return None, ""
        return given, currency

    def _items(self, rows: Sequence[Row]) -> Iterator[ItemDraft]:
        for row in rows:
            name = row.text("item")
            if nothing(name):
                continue
            price = number(row, "unit_price")
            source = row.text("price_source")
            yield ItemDraft(
                name=name,
                category=_category(row),
                subtype="" if nothing(row.text("subtype")) or row.text("subtype") == "0" else row.text("subtype"),
                quantity=self._units(row),
                unit_price=_fit(price, 16) if price else None,
                price_currency="USD" if price else "",
                price_source=("" if not price else PRICE_LIST if nothing(source) else f"{PRICE_LIST}: {source}"),
                ref=str(row.number),
            )

    def _units(self, row: Row) -> Decimal | None:
        try:
            units = number(row, "units")
        except FileProblem:
            self.report.remark(
                row.place("units"), f"“{row.text('units')}” can be read in several ways; the number is left unknown."
            )
            return None
        return _fit(units, 14) if units else None


def _category(row: Row) -> str:
    if "category" not in row.headers:
        return "other"
    categories: dict[str, str] = data_file(FILE)["categories"]
    return meaning(categories, row.text("category"), row.place("category"), "type of item", FILE)


def _common(activity: Activity, parties: Parties, donor: str, financed_from: str) -> dict[str, object]:
    row, data = activity.first, data_file(FILE)
    kinds: dict[str, dict[str, object]] = data["kinds"]
    kind = meaning(kinds, row.text("kind"), row.place("kind"), "specific type of aid", FILE)
    fund = str(kind.get("financed_from", "")) or financed_from
    return {
        "donors": (ShareDraft(parties.id(donor)),),
        "recipients": (ShareDraft(parties.id(RECIPIENT)),),
        "type": meaning(data["types"], row.text("type"), row.place("type"), "general type of aid", FILE),
        "finance_type": kind.get("finance_type", "unspecified"),
        "in_kind": bool(kind.get("in_kind", False)),
        "financed_from_id": parties.id(fund) if fund and fund != donor else None,
        "outside_source_total": data["outside"].get(donor, ""),
    }


def _title(row: Row, key: str) -> str:
    general = AidType(data_file(FILE)["types"][plain(row.text("type"))]).label
    return f"{general} aid: {row.text('kind').lower()} ({key})"


def _announced(part: Part) -> dict[str, object]:
    when = part.announced.when
    return {
        "announced_earliest": when.earliest,
        "announced_latest": when.latest,
        "announced_precision": when.precision,
        "announced_as_written": part.announced.as_written,
    }


def _whole_move(activity: Activity, part: Part) -> MoveDraft:
    """The sheet lists what is committed (or allocated): the whole has reached that stage by the announcement."""
    when = part.announced.when
    stage = "allocation" if activity.measure == ALLOCATION else "commitment"
    return MoveDraft(stage, when.latest or when.earliest, when.precision)


def _deliveries(rows: Sequence[Row], items: Sequence[ItemDraft]) -> Iterator[MoveDraft]:
    """Part deliveries of items; the workbook gives no days for them."""
    refs = {item.ref for item in items}
    for row in rows:
        ref, text = str(row.number), row.text("units_delivered")
        if ref not in refs or text in ("", ".", "0"):
            continue
        move = {"stage": "delivery", "precision": "unknown", "item": ref, "ref": ref}
        try:
            units = number(row, "units_delivered")
        except FileProblem:  # a word for some number, such as a dozen or a part
            units = None
        if units:
            yield MoveDraft(**move, units=_fit(units, 14))  # type: ignore[arg-type]
        else:
            note = "" if nothing(text) else f"The source says “{text}”."
            yield MoveDraft(**move, extent_unknown=True, note=note)  # type: ignore[arg-type]


def _money_delivered(activity: Activity, stated: Decimal | None, currency: str) -> list[MoveDraft]:
    delivered = activity.value_delivered
    if not delivered:
        return []
    if delivered == activity.value:
        return [MoveDraft("delivery", precision="unknown", ref="money")]
    if currency == "EUR" and stated is not None:
        return [MoveDraft("delivery", precision="unknown", amount=_fit(delivered, 4), ref="money")]
    note = f"The source values what was delivered at EUR {delivered:,.2f}."
    return [MoveDraft("delivery", precision="unknown", extent_unknown=True, note=note, ref="money")]


def _evidence(rows: Sequence[Row], moves: Sequence[MoveDraft]) -> Iterator[EvidenceDraft]:
    """Each address once, with the rows that name it; rows without an address by themselves."""
    named: dict[tuple[str, str], list[Row]] = {}
    alone: list[Row] = []
    refs = {move.ref for move in moves if move.ref}
    fallback = "money" if "money" in refs else ""
    for row in rows:
        found = [(text, "") for name in SOURCES for text in _sources(row, name)]
        move = str(row.number) if str(row.number) in refs else fallback
        if move:
            found += [(text, move) for text in _sources(row, "source_delivery")]
        for one in found:
            named.setdefault(one, []).append(row)
        if not found:
            alone.append(row)
    for (text, move), own in named.items():
        address = ADDRESS.match(text) is not None
        yield EvidenceDraft(
            url=text if address else "",
            quote="" if address else text,
            official=_official(own[0]),
            dataset_row=rows_in_words(own),
            move=move,
        )
    if alone:
        yield EvidenceDraft(dataset_row=rows_in_words(alone))


def _official(row: Row) -> bool:
    if "official" not in row.headers:
        return False
    answers: dict[str, bool] = data_file(FILE)["yes"]
    return meaning(answers, row.text("official"), row.place("official"), "answer (Yes or No)", FILE)


def _sources(row: Row, name: str) -> Iterator[str]:
    """What a cell of sources names; slips such as a point before an address are no part of it."""
    text = row.text(name)
    if nothing(text):
        return
    found = ADDRESS.search(text)
    yield text[found.start() :] if found else text


def _fit(value: Decimal, places: int) -> Decimal:
    """A number with as many decimals as the record keeps; spreadsheets' sixteenth digit is noise."""
    return EXACT.quantize(value, Decimal(1).scaleb(-places))
