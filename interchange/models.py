"""Files that staff hand in by the admin, and what became of them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from interchange.publishing.models import Edition, EditionFile, Form

__all__ = ["Edition", "EditionFile", "FileImport", "FileKind", "Form", "ImportState"]


class FileKind(models.TextChoices):
    """What a file is, and so which import takes it."""

    KIEL = "kiel", "Ukraine Support Tracker, commitments (.xlsx)"
    KIEL_ALLOCATIONS = "kiel_allocations", "Ukraine Support Tracker, allocations of a newer workbook (.xlsx)"
    FTS = "fts", "Financial Tracking Service, flows (.json)"
    PROGRAMMES = "programmes", "Sanctions programmes (.csv)"
    EU_JOURNAL = "eu_journal", "Official Journal, annexes of one sanctions act (.csv)"
    RECORD = "record", "Corrections: tables exported here and edited (.xlsx, .csv)"


class ImportState(models.TextChoices):
    """How far a file has come."""

    QUEUED = "queued", "Waits for its turn"
    RUNNING = "running", "Is being taken in"
    DONE = "done", "Taken in"
    REFUSED = "refused", "Refused"


class FileImport(models.Model):
    """One file that was handed in. A worker takes it in; its page tells how far it is."""

    kind = models.CharField(max_length=20, choices=FileKind)
    file_name = models.CharField(max_length=300, editable=False)
    blob = models.CharField(max_length=100, editable=False, help_text="Name of its bytes in the store.")
    size = models.BigIntegerField(editable=False)
    dry_run = models.BooleanField(default=False, help_text="Read and check everything, keep nothing.")
    why = models.TextField(
        blank=True, help_text="Why records are corrected; the history of each keeps it. Needed for corrections alone."
    )
    confirms = models.OneToOneField(
        "self",
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="confirmed_by",
        help_text="The dry run that somebody looked at before; what is kept is what it told.",
    )
    state = models.CharField(max_length=8, choices=ImportState, default=ImportState.QUEUED, editable=False)
    words = models.TextField(blank=True, editable=False, help_text="Why it was refused.")
    report = models.JSONField(default=dict, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
        verbose_name="handed in by",
    )
    queued_at = models.DateTimeField(editable=False)
    started_at = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["-queued_at", "-id"]
        verbose_name = "file to take in"
        verbose_name_plural = "files to take in"
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="running") | Q(started_at__isnull=False), name="a_running_import_has_begun"
            ),
            models.CheckConstraint(
                condition=Q(confirms__isnull=True) | Q(dry_run=False), name="a_dry_run_confirms_nothing"
            ),
            models.CheckConstraint(condition=~Q(state="refused") | ~Q(words=""), name="a_refused_file_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.how_far.lower()})"

    @property
    def how_far(self) -> str:
        """Its state in words; of a dry run that went well, that nothing was kept."""
        if self.dry_run and self.state == ImportState.DONE:
            return "Checked, nothing kept"
        return ImportState(self.state).label
