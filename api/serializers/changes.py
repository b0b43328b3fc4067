"""Changes of the public record as they travel."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.reverse import reverse

from api.changes import MODELS, VIEWS, Happened, happened
from api.corrections import Correction
from history.models import Version


class ChangeAnswer(serializers.Serializer[Version]):
    """What a change made of one record."""

    seq = serializers.IntegerField(source="since_id", help_text="Number of the change, in the order of commits.")
    at = serializers.DateTimeField(source="since.at", help_text="When it was made.")
    kind = serializers.ChoiceField(choices=sorted(MODELS), help_text="What kind of record.")
    id = serializers.CharField(source="public_id", help_text="The record's public id.")
    happened = serializers.SerializerMethodField(help_text="What became of the record.")
    url = serializers.SerializerMethodField(
        help_text="Its address in this API. What was withdrawn answers 410 there, what was merged leads on."
    )

    def get_happened(self, version: Version) -> Happened:
        """Added, modified, withdrawn or merged."""
        return happened(version)

    def get_url(self, version: Version) -> str:
        """The absolute address of the record."""
        kwargs = {"public_id": version.public_id}
        return reverse(VIEWS[version.kind], kwargs=kwargs, request=self.context.get("request"))


class ChangesAnswer(serializers.Serializer[Any]):
    """A page of changes, in their order."""

    cursor = serializers.CharField(help_text="Ask for what comes after this page with `since=` this.")
    next = serializers.URLField(
        allow_null=True, help_text="The address of the next page; null where there is none yet."
    )
    results = ChangeAnswer(many=True)


class FieldCorrection(serializers.Serializer[Any]):
    """One member that was changed."""

    field = serializers.CharField(help_text="The member, as in the record's own answer: `amount.stated`, `donors`.")
    before = serializers.JSONField(help_text="As it was; amounts are texts, parties their codes; null for nothing.")
    after = serializers.JSONField(help_text="As it became.")


class CorrectionAnswer(serializers.Serializer[Correction]):
    """What was changed of a record after its publication."""

    seq = serializers.IntegerField(source="version.since_id", help_text="Number of the change.")
    at = serializers.DateTimeField(source="version.since.at", help_text="When it was made.")
    kind = serializers.ChoiceField(source="version.kind", choices=sorted(MODELS), help_text="What kind of record.")
    id = serializers.CharField(source="version.public_id", help_text="The record's public id.")
    url = serializers.SerializerMethodField(help_text="The record's address in this API.")
    title = serializers.CharField(allow_null=True, help_text="What it is called now; null where it was withdrawn.")
    happened = serializers.ChoiceField(choices=[str(one) for one in Happened if one is not Happened.ADDED])
    reason = serializers.CharField(
        allow_null=True, help_text="Why, as the public is told; null where staff corrected it and said no more."
    )
    merged_into = serializers.CharField(allow_null=True, help_text="For a merged record: the id of the other one.")
    figures_moved = serializers.BooleanField(help_text="Whether an amount was changed, or the record taken back.")
    changes = FieldCorrection(
        many=True,
        help_text="Field by field; none for what was withdrawn, and only figures where it was withdrawn since.",
    )

    def get_url(self, correction: Correction) -> str:
        """The absolute address of the record."""
        kwargs = {"public_id": correction.version.public_id}
        return reverse(VIEWS[correction.version.kind], kwargs=kwargs, request=self.context.get("request"))


class CorrectionsAnswer(serializers.Serializer[Any]):
    """A page of corrections, the latest first."""

    next = serializers.URLField(allow_null=True, help_text="The address of the next page; null on the last.")
    results = CorrectionAnswer(many=True)
