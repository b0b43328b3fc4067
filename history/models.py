"""What was changed, when, by whom and why; and the whole state of each record between two changes.

Changes are numbered in the order in which they are committed, without gaps. A version holds a record's state from one
change until the next one of the same record. "As of" answers, the list of changes and the restoring of a record all
read these two tables.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class ChangeCounter(models.Model):
    """One row: the number and moment of the last change. Its row lock orders the changes."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    last_seq = models.BigIntegerField(default=0)
    last_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="change_counter_is_one_row")]


class Change(models.Model):
    """One committed change of the record."""

    seq = models.BigIntegerField(primary_key=True, help_text="Number of the change, in the order of commits.")
    at = models.DateTimeField(db_index=True, help_text="When it was made (UTC); never earlier than the change before.")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Who made it; empty for a scheduled job.",
    )
    job = models.CharField(max_length=100, blank=True, help_text="The scheduled job or command that made it, if any.")
    action = models.CharField(max_length=60, help_text="What was done, as a code such as pledge.publish.")
    why = models.TextField(blank=True, help_text="The reason, in the words of who made the change; for staff.")
    public_reason = models.TextField(  # noqa: DJ001 - nothing told differs from an empty sentence
        null=True, blank=True, help_text="The reason as the public is told it; empty where nothing is told."
    )

    class Meta:
        ordering = ["-seq"]
        constraints = [
            models.CheckConstraint(condition=Q(seq__gt=0), name="change_seq_is_positive"),
            models.CheckConstraint(condition=Q(actor__isnull=False) | ~Q(job=""), name="change_has_an_actor_or_a_job"),
        ]

    def __str__(self) -> str:
        return f"#{self.seq} {self.action}"


class Version(models.Model):
    """The whole state of one record from one change until the next."""

    kind = models.CharField(max_length=30, help_text="What kind of record: pledge, measure, rate, …")
    object_id = models.BigIntegerField()
    public_id = models.CharField(max_length=20, blank=True)
    state = models.JSONField(help_text="The record and what belongs to it, amounts as strings.")
    public = models.BooleanField(help_text="Whether the public could see the record in this state.")
    since = models.ForeignKey(Change, on_delete=models.PROTECT, related_name="versions")
    until = models.ForeignKey(Change, null=True, blank=True, on_delete=models.PROTECT, related_name="ended_versions")

    class Meta:
        ordering = ["-since_id", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "object_id", "since"], name="one_version_of_a_record_a_change"),
            models.UniqueConstraint(
                fields=["kind", "object_id"], condition=Q(until__isnull=True), name="one_current_version_of_a_record"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")), name="version_ends_after_it_began"
            ),
        ]
        indexes = [models.Index(fields=["kind", "public_id"], name="version_by_public_id")]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id or self.object_id} since #{self.since_id}"
