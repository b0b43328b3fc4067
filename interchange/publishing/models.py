"""What was made of the published record: editions, each a set of files of one state; some are named releases."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower


class Form(models.TextChoices):
    """What kind of file it is."""

    DATA_PACKAGE = "data_package", "Frictionless data package (CSV files, zipped)"
    XLSX = "xlsx", "Workbook with a sheet for each table"
    NDJSON = "ndjson", "One JSON object a line, a file for each table, zipped"
    SQLITE = "sqlite", "SQLite database"
    IATI = "iati", "IATI 2.03 activities"
    FTM = "ftm", "FollowTheMoney entities, one a line"


class Edition(models.Model):
    """The published record as it stood right after one change, as files. A release has a name and is never removed."""

    key = models.SlugField(max_length=120, unique=True, help_text="Its name in addresses, and that of its folder.")
    scope = models.CharField(max_length=40, help_text="The key of a dataset, or all.")
    seq = models.BigIntegerField(help_text="Number of the last change that it holds.")
    changed_at = models.DateTimeField(null=True, help_text="When that change was made.")
    release = models.CharField(max_length=40, blank=True, help_text="Its name, if it is a release.")
    note = models.TextField(blank=True, help_text="What readers should know of a release.")
    licence = models.TextField()
    citation = models.TextField(help_text="How it is cited.")
    rows = models.JSONField(default=dict, help_text="How many rows each table has.")
    remarks = models.JSONField(default=list, help_text="What could not be made, and why.")
    software = models.CharField(max_length=40, help_text="The version of the tracker that made it.")
    made_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(help_text="When the record was last found to make these very files.")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                Lower("release"), condition=~Q(release=""), name="the_name_of_a_release_is_used_once"
            ),
            models.CheckConstraint(condition=~Q(key=""), name="an_edition_has_a_key"),
        ]

    def __str__(self) -> str:
        return f"release {self.release}" if self.release else self.key


class EditionFile(models.Model):
    """One file of an edition."""

    # A release cannot be deleted in passing: its files would have to go first.
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="files")
    form = models.CharField(max_length=12, choices=Form)
    name = models.CharField(max_length=200)
    bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["edition", "name"], name="a_file_is_listed_once")]

    def __str__(self) -> str:
        return self.name
