"""Parties and articles as the public sees them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from api.serializers.fields import Coded, OrNull
from api.serializers.shared import PartyBrief
from reference.models import Dataset, Party, PartyKind


class GroupMembership(serializers.Serializer[Any]):
    """A group that a party belongs to, or belonged to."""

    code = serializers.CharField(source="group.code")
    name = serializers.CharField(source="group.name")
    since = serializers.DateField(help_text="First day of membership.")
    until = serializers.DateField(allow_null=True, help_text="Last day of membership; null while it lasts.")


class PartyAnswer(serializers.Serializer[Party]):
    """A country, an organisation, a group or a fund."""

    code = serializers.CharField(help_text="ISO 3166-1 alpha-2 for a country (XK for Kosovo), else a code such as EU.")
    alpha3 = serializers.CharField(allow_null=True, help_text="ISO 3166-1 alpha-3 of a country.")
    name = serializers.CharField(help_text="Its name in English.")
    kind = Coded(PartyKind)
    parent = PartyBrief(allow_null=True, help_text="Whose fund, institution, city or agency it is.")
    groups = GroupMembership(many=True, help_text="Its dated memberships.")


class DatasetAnswer(serializers.Serializer[Dataset]):
    """The tracker's own record, or an imported dataset."""

    key = serializers.CharField(help_text="Its key: `dataset=` asks for it.")
    name = serializers.CharField()
    publisher = OrNull(help_text="Who published it.")
    licence = serializers.CharField(help_text="The licence under which it may be used.")
    citation = OrNull(help_text="How its authors want to be cited.")
    web_page = OrNull(source="url", help_text="Where it is published.")
    redistributable = serializers.BooleanField(help_text="Whether its single records are given out, not only totals.")


class ArticleAnswer(serializers.Serializer[Any]):
    """An article that grounds a published record: what it is and where it can be read, never its text."""

    id = serializers.IntegerField()
    title = serializers.SerializerMethodField(help_text="Its headline, of the newest revision that is quoted.")
    url = serializers.CharField(
        source="canonical_url", allow_null=True, help_text="Where it can be read; null for a text handed in by staff."
    )
    publisher = OrNull(source="source.publisher", help_text="Who published it.")
    official = serializers.BooleanField(
        source="source.official", help_text="Whether its source speaks for a government or an organisation."
    )
    language = serializers.SerializerMethodField(help_text="Language code, if known.")
    published_at = serializers.SerializerMethodField(help_text="When it was published, as its source says.")
    first_seen_at = serializers.DateTimeField(help_text="When the tracker first saw it.")
    revisions_quoted = serializers.SerializerMethodField(help_text="Numbers of the revisions that evidence quotes.")
    pledges = serializers.SerializerMethodField(help_text="Ids of the published pledges that rest on it.")
    sanctions = serializers.SerializerMethodField(help_text="Ids of the published measures that rest on it.")

    def get_title(self, article: Any) -> str | None:
        """The headline."""
        return article.quoted[0].title or None

    def get_language(self, article: Any) -> str | None:
        """The language."""
        return article.quoted[0].language or None

    def get_published_at(self, article: Any) -> str | None:
        """The moment, as a field of the serializer would write it."""
        moment = article.quoted[0].published_at
        return None if moment is None else str(serializers.DateTimeField().to_representation(moment))

    def get_revisions_quoted(self, article: Any) -> list[int]:
        """The numbers, lowest first."""
        return sorted(revision.number for revision in article.quoted)

    def get_pledges(self, article: Any) -> list[str]:
        """The public ids, in order."""
        return list(self.context["pledges_of"].get(article.pk, []))

    def get_sanctions(self, article: Any) -> list[str]:
        """The public ids, in order."""
        return list(self.context["measures_of"].get(article.pk, []))
