"""Units of goods, in the shape that readers rely on."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from rest_framework import serializers

from api.amounts import number_text
from api.serializers.fields import Coded
from pledges.items_totals import GoodsRow
from pledges.models import ItemCategory

Fields = serializers.Serializer[Any]
SHARE = Decimal("0.0001")


class Units(Fields):
    """How many units, by the qualifiers of the numbers."""

    low = serializers.CharField()
    central = serializers.CharField()
    high = serializers.CharField()


class ItemsRow(Fields):
    """One kind of goods."""

    category = Coded(ItemCategory)
    name = serializers.CharField(help_text="As the record names the goods.")
    unit = serializers.CharField(help_text="What is counted; `piece` where nothing else is said.")
    count = serializers.IntegerField(help_text="How many pledges name them.")
    uncounted_count = serializers.IntegerField(help_text="Of these, how many tell no number: counted, not added.")
    pledged = Units(help_text="Units pledged, where a number is told.")
    delivered = serializers.CharField(help_text="Units of these that came, as far as a number is known.")
    fulfilment = serializers.CharField(
        allow_null=True, help_text="The share of the pledged units that came; null where a number is lacking."
    )


class ItemsMeta(Fields):
    """What was asked, and what to know about the answer."""

    dataset = serializers.CharField(help_text="The dataset that the answer covers.")
    filters = serializers.DictField(help_text="The filters that were applied.")
    as_of = serializers.DateTimeField(allow_null=True, help_text="Null: as the record stands now.")
    generated_at = serializers.DateTimeField(help_text="When the answer was made.")
    messages = serializers.ListField(
        child=serializers.CharField(), help_text="What a careful reader must know about this answer."
    )


class ItemsAnswer(Fields):
    """Units by category, name and unit."""

    meta = ItemsMeta()
    count = serializers.IntegerField(help_text="How many rows there are on all pages together.")
    next = serializers.URLField(allow_null=True, help_text="The address of the next page; null on the last.")
    previous = serializers.URLField(allow_null=True, help_text="The address of the page before; null on the first.")
    results = ItemsRow(many=True)


def items_answer(meta: dict[str, Any], page: dict[str, Any], rows: Iterable[GoodsRow]) -> dict[str, Any]:
    """The answer as it travels."""
    return {"meta": ItemsMeta(meta).data, **page, "results": [_row(row) for row in rows]}


def _row(row: GoodsRow) -> dict[str, Any]:
    share = row.fulfilment
    return {
        "category": row.category,
        "name": row.name,
        "unit": row.unit,
        "count": len(row.pledges),
        "uncounted_count": len(row.uncounted),
        "pledged": {name: number_text(getattr(row, name)) for name in ("low", "central", "high")},
        "delivered": number_text(row.delivered),
        "fulfilment": None if share is None else f"{share.quantize(SHARE):f}",
    }
