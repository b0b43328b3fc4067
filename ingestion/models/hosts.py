"""What is known of each host: when it may be asked next, who is asking it, and what its robots.txt says."""

from __future__ import annotations

from django.db import models


class HostSlot(models.Model):
    """The right to ask a host: one request at a time across all workers, with a pause between two.

    Taken by one conditional UPDATE, so that of many workers exactly one has it.
    """

    host = models.CharField(
        max_length=255, unique=True, help_text="Host name, with its port if that is not the usual one."
    )
    claimed_until = models.DateTimeField(null=True, blank=True, help_text="A worker asks it until then.")
    not_before = models.DateTimeField(null=True, blank=True, help_text="No request to it before then.")
    next_turn_at = models.DateTimeField(
        null=True, blank=True, help_text="When the next of those who wait for it may come."
    )
    visit_until = models.DateTimeField(
        null=True, blank=True, help_text="A chain of tasks works through the pages due at it; silent until then: dead."
    )
    delay_seconds = models.FloatField(
        null=True, blank=True, help_text="Pause between two requests; empty: the installation's HOST_DELAY_SECONDS."
    )
    asked_to_wait = models.TextField(blank=True, help_text="Why it is not asked for now, in words.")
    refusals = models.PositiveIntegerField(default=0, help_text="Answers in a row that asked us to come back later.")
    last_request_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["host"]
        verbose_name = "host"

    def __str__(self) -> str:
        return self.host


class RobotsState(models.TextChoices):
    """How the last look for a robots.txt ended."""

    READ = "read", "Read"
    NONE = "none", "There is none: everything may be asked"
    UNAVAILABLE = "unavailable", "Could not be had: nothing may be asked"


class RobotsFile(models.Model):
    """The robots.txt of a site, as it was had last."""

    origin = models.CharField(max_length=300, unique=True, help_text="Scheme and host: https://example.org")
    state = models.CharField(max_length=12, choices=RobotsState)
    text = models.TextField(blank=True)
    words = models.TextField(blank=True, help_text="What happened when it was last asked for.")
    fetched_at = models.DateTimeField()
    expires_at = models.DateTimeField(help_text="From when on it is asked for again.")
    unavailable_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["origin"]
        verbose_name = "robots.txt"
        verbose_name_plural = "robots.txt"

    def __str__(self) -> str:
        return f"{self.origin}/robots.txt"
