"""Answers that several endpoints share: a party in brief, a link to a record, evidence, a problem."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.reverse import reverse

from api.serializers.fields import OrNull


class PartyBrief(serializers.Serializer[Any]):
    """A country, organisation, group or fund in brief."""

    code = serializers.CharField(help_text="ISO 3166-1 alpha-2 for a country (XK for Kosovo), else a code such as EU.")
    name = serializers.CharField(help_text="Its name in English.")


class EvidenceAnswer(serializers.Serializer[Any]):
    """What a record rests on: words at their place in an article, at an address, or a row of an imported dataset."""

    quote = serializers.CharField(help_text="The words that say so; empty for a row of an imported dataset.")
    url = serializers.SerializerMethodField(help_text="Where it can be read.")
    publisher = OrNull(help_text="Who published it.")
    published_on = serializers.DateField(allow_null=True, help_text="Day of publication.")
    official = serializers.BooleanField(help_text="Whether it speaks for the party concerned.")
    article = serializers.IntegerField(
        source="revision.article_id", default=None, allow_null=True, help_text="Id of the article in `articles/`."
    )
    revision = serializers.IntegerField(
        source="revision.number", default=None, allow_null=True, help_text="Which revision of its text is quoted."
    )
    start = serializers.IntegerField(
        allow_null=True, help_text="Where the quote begins in that text, in Unicode code points from 0."
    )
    end = serializers.IntegerField(allow_null=True, help_text="Where it ends (the first code point after it).")
    dataset_row = OrNull(help_text="Sheet and row of an imported dataset.")

    def get_url(self, evidence: Any) -> str | None:
        """The evidence's own address, or that of the article."""
        if evidence.url:
            return str(evidence.url)
        return evidence.revision.article.canonical_url if evidence.revision else None


class RecordLink(serializers.Serializer[Any]):
    """Another published record. A record that is not public is never named."""

    id = serializers.CharField(source="public_id", help_text="Its public id.")
    title = serializers.CharField()
    url = serializers.SerializerMethodField(help_text="Its address in this API.")

    view_name = ""

    def get_url(self, record: Any) -> str:
        """The absolute address of the record."""
        return reverse(self.view_name, kwargs={"public_id": record.public_id}, request=self.context.get("request"))

    def to_representation(self, instance: Any) -> Any:
        """The link; null where the record is not published."""
        return super().to_representation(instance) if instance.state == "published" else None


class ParameterProblem(serializers.Serializer[Any]):
    """One parameter that cannot be taken."""

    parameter = serializers.CharField(help_text="Its name.")
    value = serializers.CharField(help_text="What was sent, cut where it is long.")
    detail = serializers.CharField(help_text="A sentence that says what is wrong and what is allowed.")
    allowed = serializers.ListField(
        child=serializers.CharField(), help_text="The allowed values, where they can be listed."
    )


class Problem(serializers.Serializer[Any]):
    """Problem details (RFC 9457), sent as `application/problem+json`."""

    type = serializers.CharField(help_text="A name for the kind of problem (a URN).")
    title = serializers.CharField(help_text="The kind of problem in words.")
    status = serializers.IntegerField(help_text="The HTTP status.")
    detail = serializers.CharField(help_text="What is wrong with this request, and what to do.")
    instance = serializers.CharField(help_text="The path that was asked for.")
    errors = ParameterProblem(many=True, required=False, help_text="For a wrong parameter: each one.")  # type: ignore[assignment]
    reason = serializers.CharField(required=False, help_text="For a withdrawn record: why, as the public is told.")


class Endpoints(serializers.Serializer[Any]):
    """The addresses of the API's lists and totals."""

    pledges = serializers.URLField(help_text="Published pledges of aid.")
    totals = serializers.URLField(help_text="Totals of what is pledged.")
    totals_explain = serializers.URLField(help_text="Why a total is what it is, line by line.")
    totals_diff = serializers.URLField(help_text="Why a total moved between two moments.")
    items_totals = serializers.URLField(help_text="Units of goods, pledged and delivered.")
    totals_cumulative = serializers.URLField(help_text="What had been pledged by each day, week or month.")
    sanctions = serializers.URLField(help_text="Published sanctions measures.")
    sanctions_totals = serializers.URLField(help_text="Counts of sanctions measures.")
    programmes = serializers.URLField(help_text="Legal regimes of sanctions.")
    designations = serializers.URLField(help_text="Names on sanctions lists.")
    parties = serializers.URLField(help_text="Countries, organisations, groups and funds.")
    articles = serializers.URLField(help_text="Articles that ground a published record.")
    changes = serializers.URLField(help_text="What was added, modified and withdrawn, in order.")
    corrections = serializers.URLField(help_text="What was changed after publication, field by field.")
    pledge_feed = serializers.URLField(help_text="New pledges as an Atom feed.")
    correction_feed = serializers.URLField(help_text="Published figures that moved, as an Atom feed.")
    datasets = serializers.URLField(help_text="The datasets and their licences.")
    downloads = serializers.URLField(help_text="The whole record as files.")
    exchange_rates = serializers.URLField(help_text="Exchange rates by day, as they hold now.")
    vocabularies = serializers.URLField(help_text="The code lists of the record.")
    schema = serializers.URLField(help_text="This API in OpenAPI 3.1.")
    docs = serializers.URLField(help_text="This API's documentation as a page.")
