"""Files of addresses that are fetched once: each line is answered for, and an interrupted run goes on where it was."""

from __future__ import annotations

from django.db import models

from ingestion.models.articles import Article
from ingestion.models.sources import Source


class Backfill(models.Model):
    """One file of addresses, known by its content."""

    name = models.CharField(max_length=200, help_text="The file's name, without its folder.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the file, in hexadecimal.")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="backfills")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-started_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["digest", "source"], name="a_file_is_taken_once_for_a_source")]

    def __str__(self) -> str:
        return self.name


class LineState(models.TextChoices):
    """What became of a line."""

    WAITING = "waiting", "Waiting"
    ADDED = "added", "Brought a new article"
    REVISED = "revised", "Brought a new revision"
    KNOWN = "known", "Known already"
    EMPTY = "empty", "Empty or a comment"
    REFUSED = "refused", "Not an address that is fetched"
    FAILED = "failed", "Could not be had"


class BackfillLine(models.Model):
    """One line of a file of addresses."""

    backfill = models.ForeignKey(Backfill, on_delete=models.CASCADE, related_name="lines")
    number = models.PositiveIntegerField(help_text="Its place in the file, from 1.")
    written = models.TextField(blank=True, help_text="What the line says, cut if it is very long.")
    host = models.CharField(max_length=255, blank=True, help_text="The host that it is asked from.")
    state = models.CharField(max_length=8, choices=LineState, default=LineState.WAITING)
    words = models.TextField(blank=True, help_text="What happened, in words.")
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True, blank=True, help_text="Not tried again before then.")
    article = models.ForeignKey(Article, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["backfill_id", "number"]
        constraints = [models.UniqueConstraint(fields=["backfill", "number"], name="a_line_has_one_place")]
        indexes = [models.Index(fields=["backfill", "state", "due_at"], name="line_by_state")]

    def __str__(self) -> str:
        return f"Line {self.number}"
