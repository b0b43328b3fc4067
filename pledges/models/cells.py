"""Sums of the totals' lines as they stand now: few, so that a total costs the same however many pledges there are.

Derived from the current lines that count, in the same transaction that changes them; see ``pledges.summing``.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from reference.models import Dataset

# A sum beyond this would leave the column: what is stated can be large, what is added up of it has to fit.
LARGEST_SUM = 9 * 10**18


def _count() -> models.BigIntegerField[int, int]:
    return models.BigIntegerField(default=0)


def _sum() -> models.BigIntegerField[int, int]:
    return models.BigIntegerField(default=0)


class CellKey(models.Model):
    """What the pledges of a cell have in common, beside whose they are.

    A code is empty, and a period 0, where the cut does not tell them apart or, of a period, where there is no day.
    """

    # No index of its own: the primary key begins with it.
    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="+", db_index=False)
    type = models.CharField(max_length=12)
    stage = models.CharField(max_length=10)
    period = models.IntegerField(help_text="Of announcement: 2022, 202202 or 20220224, as the cut has it.")
    finance_type = models.CharField(max_length=12)
    in_kind = models.BooleanField()
    refugee_costs = models.BooleanField()
    count = models.BigIntegerField(default=0, help_text="How many pledges, each once.")

    class Meta:
        abstract = True


class TotalCell(CellKey):
    """The sums of the current lines that have the same values in one cut through them.

    ``cut`` says which values are told apart (``pledges.summing.cuts``). ``donor`` and ``recipient`` are ids of parties,
    or one of ``ANY``, ``JOINT`` and ``UNNAMED`` there. Each count counts a pledge once in a cell, whatever lines it has
    in it; amounts are minor units.
    """

    pk = models.CompositePrimaryKey(
        "dataset_id",
        "cut",
        "donor",
        "recipient",
        "type",
        "stage",
        "period",
        "finance_type",
        "in_kind",
        "refugee_costs",
    )
    cut = models.SmallIntegerField()
    donor = models.BigIntegerField()
    recipient = models.BigIntegerField()
    eur_valued, eur_unconverted, eur_open = _count(), _count(), _count()
    eur_low, eur_central, eur_high, eur_estimated, eur_up_to = _sum(), _sum(), _sum(), _sum(), _sum()
    eur_suspended = _sum()
    usd_valued, usd_unconverted, usd_open = _count(), _count(), _count()
    usd_low, usd_central, usd_high, usd_estimated, usd_up_to = _sum(), _sum(), _sum(), _sum(), _sum()
    usd_suspended = _sum()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(eur_high__lte=LARGEST_SUM, usd_high__lte=LARGEST_SUM), name="sum_of_a_cell_fits"
            ),
        ]

    def __str__(self) -> str:
        return f"cell of cut {self.cut}"


class JointShape(models.Model):
    """The places that a pledge of several donors or recipients has in the totals; pledges alike in that share it."""

    key = models.CharField(max_length=64, unique=True, help_text="Hash of its places.")

    def __str__(self) -> str:
        return f"shape {self.pk}"


class JointPlace(models.Model):
    """One place of a shape: a donor and a recipient, as in ``TotalCell``, and what is known of the value there."""

    shape = models.ForeignKey(JointShape, on_delete=models.CASCADE, related_name="places")
    donor = models.BigIntegerField()
    recipient = models.BigIntegerField()
    has_value = models.BooleanField()
    eur = models.BooleanField(help_text="Whether the value is known in euros.")
    usd = models.BooleanField(help_text="Whether the value is known in dollars.")
    high_open = models.BooleanField()

    class Meta:
        indexes = [
            models.Index(fields=["donor", "shape"], name="shapes_of_a_donor"),
            models.Index(fields=["recipient", "shape"], name="shapes_of_a_recipient"),
        ]

    def __str__(self) -> str:
        return f"place in shape {self.shape_id}"


class JointCell(CellKey):
    """How many pledges of one shape there are, by everything that a pledge has only one of; by month."""

    pk = models.CompositePrimaryKey(
        "dataset_id", "shape_id", "type", "stage", "period", "finance_type", "in_kind", "refugee_costs"
    )
    shape = models.ForeignKey(JointShape, on_delete=models.PROTECT, related_name="+", db_index=False)

    def __str__(self) -> str:
        return f"joint pledges of shape {self.shape_id}"


class SummingState(models.Model):
    """Whether the cells are kept, and by which rules: one row. Without it totals add up lines."""

    version = models.IntegerField(help_text="``pledges.summing.cuts.VERSION`` when the cells were made.")

    def __str__(self) -> str:
        return f"cells of version {self.version}"


def amounts_of(model: type[models.Model]) -> list[str]:
    """The columns of a kind of cell that are added up."""
    keys: set[Any] = {field.name for field in model._meta.pk_fields}
    return [field.attname for field in model._meta.concrete_fields if field.name not in keys]
