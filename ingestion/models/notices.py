"""What staff should know of, raised by the jobs: shown in the admin, and mailed if an address is set."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from ingestion.models.sources import Source


class NoticeKind(models.TextChoices):
    """What a notice is about."""

    PAUSED = "paused", "Source paused after failures"
    IN_TROUBLE = "in_trouble", "Source without success for long"
    MOVED = "moved", "Source has a new address"
    TOO_LITTLE = "too_little", "Source brings less than expected"
    TOO_MUCH = "too_much", "Source brings more than expected"
    STUCK = "stuck", "Work is waiting too long"


class Notice(models.Model):
    """One thing that staff should know, until it is over or someone has dealt with it."""

    kind = models.CharField(max_length=12, choices=NoticeKind)
    source = models.ForeignKey(Source, null=True, blank=True, on_delete=models.CASCADE, related_name="notices")
    words = models.TextField()
    raised_at = models.DateTimeField()
    over_at = models.DateTimeField(null=True, blank=True, help_text="When it was over, or put away by staff.")
    put_away_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    mailing_until = models.DateTimeField(null=True, blank=True, help_text="A worker mails it until then.")
    mailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-raised_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "source"],
                condition=Q(over_at__isnull=True, source__isnull=False),
                name="one_open_notice_of_a_kind_for_a_source",
            ),
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(over_at__isnull=True, source__isnull=True),
                name="one_open_notice_of_a_kind_for_the_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.words
