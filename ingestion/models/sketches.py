"""The index by which articles of nearly the same words are found."""

from __future__ import annotations

from django.db import models

from ingestion.models.articles import Article


class SketchBand(models.Model):
    """One number of the sketch of an article's latest words. Two articles with an equal number may be one text."""

    pk = models.CompositePrimaryKey("article", "band")
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="bands", db_index=False)
    band = models.PositiveSmallIntegerField(help_text="Its place in the sketch, from 0.")
    value = models.BigIntegerField(help_text="Holds its place and the sketch's version: equal means comparable.")
    told_at = models.DateTimeField(help_text="When the words were published, or fetched if that is not known.")

    class Meta:
        indexes = [models.Index(fields=["value", "told_at"], name="band_by_value")]

    def __str__(self) -> str:
        return f"Band {self.band} of article {self.article_id}"
