"""Sources, and each fetch of one with what came of it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class SourceKind(models.TextChoices):
    """How a source gives its articles."""

    FEED = "feed", "Feed (RSS, Atom or JSON Feed)"
    SITEMAP = "sitemap", "Sitemap or news sitemap"
    INDEX = "index", "Index page with links to articles"
    FOLDER = "folder", "Folder of files"
    SINGLE = "single", "Single addresses and pasted texts"


class SourceState(models.TextChoices):
    """Whether a source is polled."""

    ACTIVE = "active", "Active"
    PAUSED = "paused", "Paused by staff"
    FAILING = "failing", "Paused after repeated failures"


class Source(models.Model):
    """Where articles come from."""

    name = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=12, choices=SourceKind)
    url = models.CharField(
        max_length=2000,
        blank=True,
        help_text="Address of the feed (https://…), or a path below the folder that LOCAL_SOURCES_ROOT names.",
    )
    link_selector = models.CharField(
        max_length=300,
        blank=True,
        help_text="CSS selector of the links to articles on an index page, such as: main h2 a",
    )
    publisher = models.CharField(max_length=200, blank=True, help_text="Whom its articles are attributed to.")
    official = models.BooleanField(default=False, help_text="Whether it speaks for a government or an organisation.")
    state = models.CharField(max_length=12, choices=SourceState, default=SourceState.ACTIVE)
    fetch_pages = models.BooleanField(
        default=False, help_text="Fetch each article's own page, where the feed has only a summary."
    )
    poll_floor = models.PositiveIntegerField(
        default=900, help_text="Seconds between two polls while it brings much: never polled more often."
    )
    poll_ceiling = models.PositiveIntegerField(
        default=21_600, help_text="Seconds between two polls while it brings nothing: never polled less often."
    )
    poll_interval = models.PositiveIntegerField(
        null=True, blank=True, help_text="Seconds between two polls at its present pace; empty before the first."
    )
    next_poll_at = models.DateTimeField(null=True, blank=True, help_text="When it is due; empty means at once.")
    claimed_until = models.DateTimeField(null=True, blank=True, help_text="A worker has it until then.")
    etag = models.CharField(max_length=500, blank=True, help_text="The feed's validator, as it was given.")
    last_modified = models.CharField(max_length=200, blank=True, help_text="The feed's validator, as it was given.")
    last_success_at = models.DateTimeField(null=True, blank=True)
    last_error_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True, help_text="The last failure, in words.")
    failures = models.PositiveIntegerField(default=0, help_text="Failures in a row, of whatever sort.")
    hard_failures = models.PositiveIntegerField(
        default=0, help_text="Failures in a row that do not mend by themselves: a wrong address, no feed, forbidden."
    )
    former_url = models.CharField(max_length=2000, blank=True, help_text="Its address before it moved for good.")
    moved_at = models.DateTimeField(null=True, blank=True, help_text="When its server sent us to the new address.")
    articles_week_least = models.PositiveIntegerField(
        null=True, blank=True, help_text="Fewer new articles than this in seven days are flagged; empty: not watched."
    )
    articles_week_most = models.PositiveIntegerField(
        null=True, blank=True, help_text="More new articles than this in seven days are flagged; empty: not watched."
    )
    findings_month_least = models.PositiveIntegerField(
        null=True, blank=True, help_text="Fewer findings than this in thirty days are flagged; empty: not watched."
    )
    findings_month_most = models.PositiveIntegerField(
        null=True, blank=True, help_text="More findings than this in thirty days are flagged; empty: not watched."
    )
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=SourceKind.SINGLE) | ~Q(url=""), name="feeds_and_folders_have_an_address"
            ),
            models.CheckConstraint(condition=Q(poll_floor__gte=30), name="no_poll_more_often_than_every_30_seconds"),
            models.CheckConstraint(condition=Q(poll_ceiling__gte=F("poll_floor")), name="poll_ceiling_above_floor"),
            models.CheckConstraint(
                condition=Q(poll_interval__isnull=True)
                | Q(poll_interval__gte=F("poll_floor"), poll_interval__lte=F("poll_ceiling")),
                name="poll_interval_between_floor_and_ceiling",
            ),
        ]
        indexes = [models.Index(fields=["state", "next_poll_at"], name="source_by_due")]

    def __str__(self) -> str:
        return self.name


class Outcome(models.TextChoices):
    """How a fetch ended."""

    RUNNING = "running", "Under way"
    NEW = "new", "Brought something new"
    NOTHING_NEW = "nothing_new", "Read, nothing new"
    NOT_MODIFIED = "not_modified", "Not modified"
    PARTLY = "partly", "Read, with entries that could not be taken"
    REFUSED = "refused", "Refused by our rules"
    FORBIDDEN = "forbidden", "Forbidden by the site's robots.txt"
    POSTPONED = "postponed", "Asked to come back later"
    UNREACHABLE = "unreachable", "Could not be reached"
    HTTP_ERROR = "http_error", "Answered with an error"
    UNREADABLE = "unreadable", "Could not be read"
    CRASHED = "crashed", "Broke off"


class FetchAttempt(models.Model):
    """One fetch of a source or an address, and what came of it."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="attempts")
    url = models.CharField(max_length=2000, blank=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=14, choices=Outcome, default=Outcome.RUNNING)
    words = models.TextField(blank=True, help_text="What happened, in words.")
    http_status = models.PositiveSmallIntegerField(null=True, blank=True)
    phase = models.CharField(max_length=40, blank=True, help_text="What it is doing, while it is under way.")
    done = models.PositiveIntegerField(default=0, help_text="Entries dealt with so far.")
    entries = models.PositiveIntegerField(default=0, help_text="Entries seen.")
    added = models.PositiveIntegerField(default=0, help_text="New articles.")
    revised = models.PositiveIntegerField(default=0, help_text="New revisions of known articles.")
    unchanged = models.PositiveIntegerField(default=0)
    unusable = models.PositiveIntegerField(default=0, help_text="Entries that could not be taken.")

    class Meta:
        ordering = ["-started_at", "-id"]
        indexes = [
            models.Index(fields=["source", "-started_at"], name="attempt_by_source"),
            models.Index(fields=["started_at"], name="attempt_by_start"),
            models.Index(fields=["started_at"], name="attempt_under_way", condition=Q(outcome="running")),
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()}: {self.words}"
