"""What ties a record to its ground; base of the evidence tables of pledges and sanctions."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from ingestion.models.articles import Revision
from ingestion.models.findings import Finding


class EvidenceFields(models.Model):
    """What ties a record to its ground: a quote in a revision, an address with a quote, or an imported row.

    Base of the evidence tables of pledges and sanctions, so that both trace back in the same way.
    """

    revision = models.ForeignKey(
        Revision, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="The text quoted from."
    )
    start = models.PositiveIntegerField(null=True, blank=True, help_text="Where the quote begins in that text.")
    end = models.PositiveIntegerField(null=True, blank=True, help_text="Where it ends.")
    finding = models.ForeignKey(
        Finding,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The reading it came from.",
    )
    url = models.CharField(max_length=2000, blank=True, help_text="Where it can be read.")
    quote = models.TextField(blank=True, help_text="The words that say so.")
    dataset_row = models.CharField(max_length=200, blank=True, help_text="Sheet and row of an imported dataset.")
    publisher = models.CharField(max_length=200, blank=True)
    published_on = models.DateField(null=True, blank=True, help_text="Day of publication.")
    official = models.BooleanField(default=False, help_text="Whether it speaks for the party concerned.")

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(revision__isnull=False, start__isnull=False, end__isnull=False) & ~Q(quote="")
                    | ~Q(url="") & ~Q(quote="")
                    | ~Q(dataset_row="")
                ),
                name="%(app_label)s_%(class)s_has_a_ground",
            ),
            models.CheckConstraint(
                condition=Q(start__isnull=True) | Q(end__gt=F("start")), name="%(app_label)s_%(class)s_span_in_order"
            ),
        ]
