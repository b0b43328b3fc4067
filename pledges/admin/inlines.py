"""The tables of a pledge's page: donors, recipients, evidence, moves, items, deductions."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from history.admin import RecordStack, RecordTable
from pledges.forms import DeductionForm, DonorForm, EvidenceForm, EvidenceFormSet, ItemForm, MoveForm, RecipientForm
from pledges.models import Deduction, Evidence, Item, Move, PledgeDonor, PledgeRecipient
from reference.dates import around, write_when


class Donors(RecordTable):
    """Who gives."""

    model = PledgeDonor
    form = DonorForm
    verbose_name = "donor"
    verbose_name_plural = "donors"
    autocomplete_fields = ["party"]
    rows_when_new = 1

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the parties, as each row shows its own."""
        return super().get_queryset(request).select_related("party")


class Recipients(RecordTable):
    """Who gets."""

    model = PledgeRecipient
    form = RecipientForm
    verbose_name = "recipient"
    verbose_name_plural = "recipients"
    autocomplete_fields = ["party"]
    rows_when_new = 1

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the parties, as each row shows its own."""
        return super().get_queryset(request).select_related("party")


class Deductions(RecordTable):
    """What does not count here."""

    model = Deduction
    form = DeductionForm
    fk_name = "pledge"
    autocomplete_fields = ["other"]
    verbose_name_plural = "deductions: parts of the amount that do not count here"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the records in which the parts count."""
        return super().get_queryset(request).select_related("other")


class Items(RecordStack):
    """Goods and services."""

    model = Item
    form = ItemForm
    autocomplete_fields = ["price"]
    verbose_name_plural = "items: goods and services"
    fields = [
        ("name", "category", "subtype"),
        ("quantity_qualifier", "quantity", "quantity_to", "unit"),
        "price",
        ("unit_price", "price_currency", "price_source"),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the prices of the list."""
        return super().get_queryset(request).select_related("price")


class Moves(RecordStack):
    """Dated steps through the stages."""

    model = Move
    form = MoveForm
    verbose_name_plural = "moves: steps to a further stage"
    fields = [("stage", "when", "amount"), ("goods", "units", "extent_unknown"), "note"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the goods that moved."""
        return super().get_queryset(request).select_related("item")

    @admin.display(description="When")
    def when(self, move: Move) -> str:
        """The day as text, for those who may only look."""
        return write_when(around(move.day, move.precision)) or "unknown"

    @admin.display(description="Goods")
    def goods(self, move: Move) -> str:
        """Which goods moved, for those who may only look."""
        return move.item.name if move.item is not None else "–"


class EvidenceTable(RecordStack):
    """What the pledge rests on."""

    model = Evidence
    form = EvidenceForm
    formset = EvidenceFormSet
    rows_when_new = 1
    verbose_name_plural = "evidence: needed before publishing"
    fields = ["url", "quote", ("publisher", "published_on", "official", "move_number")]

    @admin.display(description="Proves")
    def move_number(self, evidence: Evidence) -> str:
        """Which move it proves, for those who may only look."""
        return str(evidence.move) if evidence.move is not None else "–"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the moves that are proved."""
        return super().get_queryset(request).select_related("move")
