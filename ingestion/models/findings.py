"""Findings, what a reader read in a revision, and candidates, the claims that wait for a decision."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from ingestion.models.articles import Revision, Story


class FindingKind(models.TextChoices):
    """What a finding or a candidate is about."""

    PLEDGE = "pledge", "Pledge"
    SANCTION = "sanction", "Sanction"


class Finding(models.Model):
    """What one extractor version read in one revision. Never edited."""

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="findings")
    extractor_version = models.CharField(max_length=60)
    position = models.PositiveIntegerField(help_text="Its place in the order of the reading, from 0.")
    kind = models.CharField(max_length=10, choices=FindingKind)
    payload = models.JSONField(help_text="The fields as read, amounts as strings.")
    quote = models.TextField()
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    flags = models.JSONField(default=list)
    confidence = models.DecimalField(max_digits=4, decimal_places=3)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["revision_id", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["revision", "extractor_version", "position"], name="one_finding_a_place_in_a_reading"
            ),
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="quote_is_not_empty"),
            models.CheckConstraint(
                condition=Q(confidence__gte=0) & Q(confidence__lte=1), name="confidence_between_0_and_1"
            ),
        ]

    def __str__(self) -> str:
        return self.quote[:80]


class CandidateState(models.TextChoices):
    """Where a candidate stands."""

    PENDING = "pending", "Waiting"
    ACCEPTED = "accepted", "Accepted"
    MERGED = "merged", "Merged"
    REJECTED = "rejected", "Rejected"
    SUPERSEDED = "superseded", "Superseded"


class Candidate(models.Model):
    """One claim of one story, waiting for a decision or decided. One or many findings carry it."""

    story = models.ForeignKey(Story, on_delete=models.PROTECT, related_name="candidates")
    kind = models.CharField(max_length=10, choices=FindingKind)
    claim_key = models.CharField(max_length=70, help_text="Hash of what is claimed: equal claims of a story are one.")
    state = models.CharField(max_length=12, choices=CandidateState, default=CandidateState.PENDING)
    finding = models.ForeignKey(
        Finding, on_delete=models.PROTECT, related_name="+", help_text="The finding that is shown for it."
    )
    findings = models.ManyToManyField(Finding, through="CandidateFinding", related_name="candidates")
    part_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="parts", help_text="Its package, if any."
    )
    successor = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="predecessors",
        help_text="The candidate that took its place, of a newer revision or reader.",
    )
    words_changed = models.BooleanField(
        default=False, help_text="The words it rests on have changed since it was decided."
    )
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    claimed_until = models.DateTimeField(null=True, blank=True)
    place = models.FloatField(
        default=0.0, help_text="Its place in the queue; the lower, the sooner it comes. See services/weighing.py."
    )
    created_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["story", "kind", "claim_key"],
                condition=~Q(state="superseded"),
                name="a_claim_of_a_story_lives_once",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-created_at"], name="candidate_by_state"),
            models.Index(fields=["state", "place", "created_at", "id"], name="candidate_by_place"),
        ]

    def __str__(self) -> str:
        return f"Candidate {self.pk}: {self.get_kind_display()}"


class CandidateFinding(models.Model):
    """A finding that carries a candidate."""

    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="links")
    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="links")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["candidate", "finding"], name="a_finding_carries_once")]
