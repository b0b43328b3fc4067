"""Which pledges can be asked for."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from api.filters.machinery import By, StrictFilterSet, rows_through
from api.parameters import (
    Code,
    Codes,
    Currencies,
    DatasetKey,
    Day,
    EuroAmount,
    Flag,
    PartyCodes,
    RecordIds,
    Since,
    WholeNumber,
    Words,
)
from api.records import newest_first, oldest_first
from pledges.models import (
    AidType,
    Evidence,
    FinanceType,
    GoodsFrom,
    Item,
    ItemCategory,
    Move,
    Pledge,
    Qualifier,
    Sector,
    Stage,
    TotalLine,
    Valuation,
)
from pledges.totals import has_words

LARGEST_ID = 10**18 - 1
PLEDGE_ORDERS = {
    "announced": "announced_latest", "published": "published_at", "modified": "modified_at", "amount": "eur_central"
}  # fmt: skip


class PledgeChoice(StrictFilterSet):
    """What pledges can be asked for by, in whatever order."""

    dataset = By(DatasetKey, rows=True, field_name="dataset__key")
    donor = By(PartyCodes, method="by_donor", about="Codes of donors: pledges that any of them gives.")
    recipient = By(PartyCodes, method="by_recipient", about="Codes of recipients: pledges that any of them receives.")
    type = By(Codes, field_name="type__in", allowed=AidType.values, about="Types of aid.")
    finance_type = By(Codes, field_name="finance_type__in", allowed=FinanceType.values, about="Finance types.")
    stage = By(Codes, field_name="stage__in", allowed=Stage.values, about="Stages that pledges are now at.")
    in_kind = By(Flag, field_name="in_kind", about="Only goods and services (`true`), or only money (`false`).")
    announced_from = By(
        Day, method="from_day", about="Announced on this day or later (by the latest possible); undated left out."
    )
    announced_until = By(
        Day,
        method="until_day",
        about="Announced on this day or earlier (by the latest possible day), undated left out.",
    )
    amount_min = By(
        EuroAmount,
        field_name="eur_central__gte",
        about="Worth so many euros or more, by the central value; unvalued left out.",
    )
    amount_max = By(
        EuroAmount,
        field_name="eur_central__lte",
        about="Worth so many euros or less, by the central value; unvalued left out.",
    )
    valued = By(Flag, method="with_value", about="Only those with a known value (`true`), or only those without.")
    valuation = By(
        Codes, field_name="valuation__in", allowed=Valuation.values, about="Where their value comes from: any of these."
    )
    has_delivery = By(
        Flag, method="with_delivery", about="Only those of which something was delivered or paid (`true`), or nothing."
    )
    currency = By(Currencies, field_name="currency__in", about="ISO 4217 codes of the currency of the stated amount.")
    qualifier = By(Codes, field_name="qualifier__in", allowed=Qualifier.values, about="How exactly it was stated.")
    sector = By(Codes, field_name="sector__in", allowed=Sector.values, about="Humanitarian sectors (DAC).")
    goods_from = By(
        Codes,
        field_name="goods_from__in",
        allowed=[one for one in GoodsFrom.values if one],
        about="Where goods are from.",
    )
    item_category = By(
        Codes, method="by_category", allowed=ItemCategory.values, about="Categories of goods or services: any of these."
    )
    channel = By(PartyCodes, field_name="channel__code__in", about="Codes of organisations that pass the aid on.")
    financed_from = By(PartyCodes, field_name="financed_from__code__in", about="Codes of funds that pay for it.")
    package = By(
        RecordIds, model=Pledge, listed_at="/api/v1/pledges/", field_name="package__public_id__in",
        about="Ids of packages: their parts.",
    )  # fmt: skip
    article = By(WholeNumber, most=LARGEST_ID, method="by_article", about="Id of an article that the pledge rests on.")
    refugee_costs = By(Flag, field_name="refugee_costs", about="Only costs of refugees in the donor's own country.")
    running_total = By(Flag, field_name="running_total", about="Only parts of running totals (`true`), or all others.")
    dated = By(Flag, method="with_day", about="Only those whose announcement has a day (`true`), or only undated ones.")
    counted = By(
        Flag, method="in_totals", about="Only those that totals count (`true`), or those that they leave out, "
        "for the reason in `left_out`. Refugee costs count if asked for.",
    )  # fmt: skip
    published_since = By(Since, field_name="published_at__gte", about="First published here at this moment or later.")
    modified_since = By(Since, field_name="modified_at__gte", about="Last changed at this moment or later.")
    q = By(Words, method="by_words", about="Words that the title has, all of them, in any case.")
    ranges = (("announced_from", "announced_until"), ("amount_min", "amount_max"))

    def with_value(self, rows: QuerySet[Pledge], _name: str, wanted: bool) -> QuerySet[Pledge]:
        """With a value, be it in a currency that has no rate; or without one."""
        without = Q(valuation=Valuation.NONE)
        return rows.filter(~without if wanted else without)

    def with_delivery(self, rows: QuerySet[Pledge], _name: str, wanted: bool) -> QuerySet[Pledge]:
        """With a move to delivery, or without one."""
        delivered = Q(pk__in=Move.objects.filter(stage=Stage.DELIVERY).values("pledge_id"))
        return rows.filter(delivered if wanted else ~delivered)

    def with_day(self, rows: QuerySet[Pledge], _name: str, wanted: bool) -> QuerySet[Pledge]:
        """With a day of announcement, be it one end of a span; or without any."""
        return rows.filter(_DATED if wanted else ~_DATED)

    def in_totals(self, rows: QuerySet[Pledge], _name: str, wanted: bool) -> QuerySet[Pledge]:
        """With lines that totals add up, or with lines that they leave out."""
        lines = TotalLine.objects.filter(pledge=OuterRef("pk"), until__isnull=True)
        return rows.filter(Exists(lines.filter(left_out="") if wanted else lines.exclude(left_out="")))

    def by_category(self, rows: QuerySet[Pledge], _name: str, codes: tuple[str, ...]) -> QuerySet[Pledge]:
        """With goods or services of any of the categories."""
        return rows.filter(pk__in=Item.objects.filter(category__in=codes).values("pledge_id")) if codes else rows

    def by_article(self, rows: QuerySet[Pledge], _name: str, article: int) -> QuerySet[Pledge]:
        """With evidence that quotes the article."""
        return rows.filter(pk__in=Evidence.objects.filter(revision__article=article).values("pledge_id"))

    def by_words(self, rows: QuerySet[Pledge], _name: str, words: tuple[str, ...]) -> QuerySet[Pledge]:
        """With all words in the title."""
        return rows.filter(has_words("title", words))

    def by_donor(self, rows: QuerySet[Pledge], _name: str, codes: tuple[str, ...]) -> QuerySet[Pledge]:
        """Given by any of the parties."""
        return rows_through(Pledge, rows, "donors__party__code__in", codes) if codes else rows

    def by_recipient(self, rows: QuerySet[Pledge], _name: str, codes: tuple[str, ...]) -> QuerySet[Pledge]:
        """Received by any of the parties."""
        return rows_through(Pledge, rows, "recipients__party__code__in", codes) if codes else rows

    def from_day(self, rows: QuerySet[Pledge], _name: str, day: date) -> QuerySet[Pledge]:
        """By the latest possible day, else the earliest where only that is known."""
        return rows.filter(Q(announced_latest__gte=day) | Q(announced_latest__isnull=True, announced_earliest__gte=day))

    def until_day(self, rows: QuerySet[Pledge], _name: str, day: date) -> QuerySet[Pledge]:
        """By the latest possible day, else the earliest where only that is known."""
        return rows.filter(Q(announced_latest__lte=day) | Q(announced_latest__isnull=True, announced_earliest__lte=day))


class PledgeFilters(PledgeChoice):
    """What a list of pledges can be asked for by."""

    ordering = By(
        Code,
        method="in_order",
        allowed=[f"{sign}{name}" for name in PLEDGE_ORDERS for sign in ("-", "")],
        default="-announced",
        about="By announcement, publication, last change or central value in euros, `-` for the newest or largest "
        "first; what has none comes last. Ties are broken by id.",
    )

    def in_order(self, rows: QuerySet[Pledge], _name: str, order: str) -> QuerySet[Pledge]:
        """In a stable order."""
        column = PLEDGE_ORDERS[order.removeprefix("-")]
        return rows.order_by(*(newest_first(column) if order.startswith("-") else oldest_first(column)))


_DATED = Q(announced_latest__isnull=False) | Q(announced_earliest__isnull=False)
