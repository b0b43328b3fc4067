"""Decisions on candidates. A decision is a row of its own, never an edit of what the machine found."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from history.models import Change
from ingestion.models import Candidate, CandidateState
from pledges.models import Pledge
from sanctions.models import Measure


class DecisionKind(models.TextChoices):
    """What was decided."""

    ACCEPT = "accept", "Accepted"
    MERGE = "merge", "Merged into a record"
    EVIDENCE = "evidence", "Evidence added"
    REJECT = "reject", "Rejected"
    REOPEN = "reopen", "Reopened"
    UNDO = "undo", "Undone"


# How a decision leaves its candidate.
STATE_AFTER = {
    DecisionKind.ACCEPT: CandidateState.ACCEPTED,
    DecisionKind.MERGE: CandidateState.MERGED,
    DecisionKind.REJECT: CandidateState.REJECTED,
}
UNDOABLE = (*STATE_AFTER, DecisionKind.EVIDENCE)


class RejectReason(models.TextChoices):
    """Why a candidate was rejected."""

    NOT_A_PLEDGE = "not_a_claim", "No pledge or sanction"
    DUPLICATE = "duplicate", "Recorded already"
    RUNNING_TOTAL = "running_total", "A running total"
    HISTORICAL = "historical", "Old news"
    NOT_OFFICIAL = "not_official", "Not said by anyone who could"
    MISREAD = "misread", "Read wrongly by the machine"
    PRIVATE = "private", "Private or company gift"
    OTHER = "other", "Another reason, in words"


class Decision(models.Model):
    """One decision on one candidate."""

    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="decisions")
    kind = models.CharField(max_length=8, choices=DecisionKind)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="decisions")
    at = models.DateTimeField()
    reason = models.CharField(max_length=16, choices=RejectReason, blank=True)
    words = models.TextField(blank=True)
    pledge = models.ForeignKey(Pledge, null=True, blank=True, on_delete=models.PROTECT, related_name="decisions")
    measure = models.ForeignKey(Measure, null=True, blank=True, on_delete=models.PROTECT, related_name="decisions")
    change = models.ForeignKey(
        Change,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="decisions",
        help_text="The change of the record that it made, if any.",
    )
    edits = models.JSONField(default=dict, help_text="What the reviewer changed: field, as extracted, as decided.")
    added = models.JSONField(
        default=dict,
        blank=True,
        help_text="Ids of what a merge added: an undo takes away no more.",
    )
    reverses = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="reversed_by")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(kind="reject") | ~Q(reason=""), name="a_rejection_gives_a_reason"),
            models.CheckConstraint(
                condition=~Q(kind__in=["accept", "merge"])
                | Q(pledge__isnull=False, measure__isnull=True)
                | Q(pledge__isnull=True, measure__isnull=False),
                name="acceptance_names_one_record",
            ),
            models.CheckConstraint(
                condition=~Q(kind="undo") | Q(reverses__isnull=False), name="an_undo_names_what_it_undoes"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} by {self.by} at {self.at:%Y-%m-%d %H:%M}"

    @property
    def stands_last(self) -> bool:
        """Whether the decisions before it are closed by it: not so evidence that was taken away again."""
        if self.kind == DecisionKind.EVIDENCE:
            return not hasattr(self, "reversed_by")
        return self.kind != DecisionKind.UNDO or self.reverses is None or self.reverses.kind != DecisionKind.EVIDENCE

    @property
    def record(self) -> Pledge | Measure | None:
        """The record that it made or touched."""
        return self.pledge or self.measure


class DeskCandidate(Candidate):
    """A candidate as the desk shows it: the same row, under *Review* in the admin."""

    class Meta:
        proxy = True
        verbose_name = "candidate"
        ordering = ["-created_at", "-id"]
