"""Sources, fetch attempts, articles with the revisions of their text, findings and candidates.

Fetch → parse → decide → store → extract: each step leaves a row here, and whatever is unfinished can be told from the
rows alone, so that a crash loses nothing.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class SourceKind(models.TextChoices):
    """How a source gives its articles."""

    FEED = "feed", "Feed (RSS, Atom or JSON Feed)"
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
    publisher = models.CharField(max_length=200, blank=True, help_text="Whom its articles are attributed to.")
    official = models.BooleanField(default=False, help_text="Whether it speaks for a government or an organisation.")
    state = models.CharField(max_length=12, choices=SourceState, default=SourceState.ACTIVE)
    fetch_pages = models.BooleanField(
        default=False, help_text="Fetch each article's own page, where the feed has only a summary."
    )
    poll_every = models.PositiveIntegerField(default=1800, help_text="Seconds between two polls.")
    next_poll_at = models.DateTimeField(null=True, blank=True, help_text="When it is due; empty means at once.")
    claimed_until = models.DateTimeField(null=True, blank=True, help_text="A worker has it until then.")
    etag = models.CharField(max_length=500, blank=True, help_text="The feed's validator, as it was given.")
    last_modified = models.CharField(max_length=200, blank=True, help_text="The feed's validator, as it was given.")
    last_success_at = models.DateTimeField(null=True, blank=True)
    last_error_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True, help_text="The last failure, in words.")
    failures = models.PositiveIntegerField(default=0, help_text="Failures in a row.")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=SourceKind.SINGLE) | ~Q(url=""), name="feeds_and_folders_have_an_address"
            ),
            models.CheckConstraint(condition=Q(poll_every__gte=30), name="no_poll_more_often_than_every_30_seconds"),
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
    entries = models.PositiveIntegerField(default=0, help_text="Entries seen.")
    added = models.PositiveIntegerField(default=0, help_text="New articles.")
    revised = models.PositiveIntegerField(default=0, help_text="New revisions of known articles.")
    unchanged = models.PositiveIntegerField(default=0)
    unusable = models.PositiveIntegerField(default=0, help_text="Entries that could not be taken.")

    class Meta:
        ordering = ["-started_at", "-id"]
        indexes = [models.Index(fields=["source", "-started_at"], name="attempt_by_source")]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()}: {self.words}"


class Story(models.Model):
    """Articles that tell the same thing in nearly the same words."""

    created_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "stories"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"Story {self.pk}"


class Article(models.Model):
    """One story at one canonical address."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="articles")
    story = models.ForeignKey(Story, on_delete=models.PROTECT, related_name="articles")
    canonical_url = models.CharField(
        max_length=2000, null=True, blank=True, unique=True, help_text="Empty for a text that was pasted in."
    )
    guid = models.CharField(max_length=1000, blank=True, help_text="The source's own name for it.")
    seen_hash = models.CharField(
        max_length=70, blank=True, help_text="Versioned hash of its title and text as its source last gave them."
    )
    page_due_at = models.DateTimeField(
        null=True, blank=True, help_text="From when on its own page is to be fetched; empty if it is not."
    )
    page_tries = models.PositiveSmallIntegerField(default=0, help_text="How often its page was tried in vain.")
    first_seen_at = models.DateTimeField()

    class Meta:
        ordering = ["-first_seen_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "guid"], condition=~Q(guid=""), name="a_source_names_an_article_once"
            )
        ]
        indexes = [
            models.Index(fields=["page_due_at"], name="article_by_page_due", condition=Q(page_due_at__isnull=False))
        ]

    def __str__(self) -> str:
        return self.canonical_url or f"Pasted text {self.pk}"


class ArticleUrl(models.Model):
    """An address under which an article was found."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="urls")
    url = models.CharField(max_length=2000, unique=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.url


class ExtractState(models.TextChoices):
    """How far the reading of a revision is."""

    PENDING = "pending", "Waiting"
    CLAIMED = "claimed", "Under way"
    DONE = "done", "Read"
    FAILED = "failed", "Could not be read"


class Revision(models.Model):
    """The text of an article as it stood when it was fetched. Offsets count code points of ``text``."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField(help_text="1 for the first.")
    title = models.TextField(blank=True)
    text = models.TextField()
    content_hash = models.CharField(max_length=70, help_text="Versioned hash of title and text.")
    author = models.CharField(max_length=300, blank=True)
    language = models.CharField(max_length=12, blank=True)
    published_at = models.DateTimeField(null=True, blank=True, help_text="As the source says; empty if it does not.")
    fetched_at = models.DateTimeField()
    attempt = models.ForeignKey(
        FetchAttempt, null=True, blank=True, on_delete=models.SET_NULL, related_name="revisions"
    )
    blob = models.CharField(max_length=200, blank=True, help_text="Where the bytes as fetched are stored.")
    extract_state = models.CharField(max_length=8, choices=ExtractState, default=ExtractState.PENDING)
    extractor_version = models.CharField(max_length=60, blank=True, help_text="Which reader read it last.")
    lease_until = models.DateTimeField(null=True, blank=True, help_text="A worker reads it until then.")
    extract_tries = models.PositiveSmallIntegerField(default=0)
    extract_error = models.TextField(blank=True)

    class Meta:
        ordering = ["article_id", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="one_revision_a_number"),
            models.CheckConstraint(condition=Q(number__gte=1), name="revision_numbers_begin_at_one"),
        ]
        indexes = [
            models.Index(fields=["content_hash"], name="revision_by_content"),
            models.Index(
                fields=["extract_state", "lease_until"],
                name="revision_to_be_read",
                condition=~Q(extract_state="done"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title or 'Untitled'} (revision {self.number})"


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
        indexes = [models.Index(fields=["state", "-created_at"], name="candidate_by_state")]

    def __str__(self) -> str:
        return f"Candidate {self.pk}: {self.get_kind_display()}"


class CandidateFinding(models.Model):
    """A finding that carries a candidate."""

    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="links")
    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="links")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["candidate", "finding"], name="a_finding_carries_once")]


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
