"""Articles, the addresses they were found at, the revisions of their words, and the stories they tell."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from ingestion.models.sources import FetchAttempt, Source


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
    folded_url = models.CharField(
        max_length=2000,
        null=True,
        blank=True,
        unique=True,
        help_text="Its canonical address without scheme, www, mobile and AMP forms: equal ones are one article.",
    )
    guid = models.CharField(max_length=1000, blank=True, help_text="The source's own name for it.")
    seen_hash = models.CharField(
        max_length=70, blank=True, help_text="Versioned hash of its title and text as its source last gave them."
    )
    page_due_at = models.DateTimeField(
        null=True, blank=True, help_text="From when on its own page is to be fetched; empty if it is not."
    )
    page_host = models.CharField(
        max_length=255, blank=True, help_text="The host that its page is asked from, as host slots name it."
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
            models.Index(fields=["page_due_at"], name="article_by_page_due", condition=Q(page_due_at__isnull=False)),
            models.Index(
                fields=["page_host", "page_due_at"],
                name="article_by_page_host_due",
                condition=Q(page_due_at__isnull=False),
            ),
            models.Index(fields=["source", "first_seen_at"], name="article_by_source_seen"),
        ]

    def __str__(self) -> str:
        return self.canonical_url or f"Pasted text {self.pk}"


class ArticleUrl(models.Model):
    """An address under which an article was found."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="urls")
    url = models.CharField(max_length=2000, unique=True)
    folded_url = models.CharField(max_length=2000, blank=True, help_text="The address in its folded form.")

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["folded_url"], name="address_by_folded_form")]

    def __str__(self) -> str:
        return self.url


class ExtractState(models.TextChoices):
    """How far the reading of a revision is."""

    PENDING = "pending", "Waiting"
    CLAIMED = "claimed", "Under way"
    DONE = "done", "Read"
    FAILED = "failed", "Could not be read"


class BlobKind(models.TextChoices):
    """What stored bytes are, and so how they are read again."""

    FEED = "feed", "A feed that gave the entry"
    PAGE = "page", "The article's own page"
    FILE = "file", "A file"


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
    blob_kind = models.CharField(max_length=4, choices=BlobKind, blank=True)
    content_type = models.CharField(max_length=200, blank=True, help_text="What the bytes are, as the server said.")
    found_at = models.CharField(max_length=2000, blank=True, help_text="The address the bytes came from in the end.")
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
