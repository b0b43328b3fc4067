"""Downloads of the whole published record as the public sees them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from api.serializers.fields import OrNull
from interchange.publishing.models import Edition, EditionFile, Form


class EditionFileAnswer(serializers.Serializer[EditionFile]):
    """One file of an edition."""

    form = serializers.ChoiceField(choices=Form.choices, help_text="What kind of file it is.")
    name = serializers.CharField()
    bytes = serializers.IntegerField(help_text="Its size.")
    sha256 = serializers.CharField(help_text="Its SHA-256 in hex.")
    address = serializers.SerializerMethodField(help_text="Where it is downloaded.")

    @extend_schema_field(serializers.URLField())
    def get_address(self, file: EditionFile) -> Any:
        """The address of the file."""
        names = {"key": file.edition.key, "name": file.name}
        return reverse("api:download-file", kwargs=names, request=self.context.get("request"))


class EditionAnswer(serializers.Serializer[Edition]):
    """The published record as it stood right after one change, as files."""

    key = serializers.CharField(help_text="Its name in addresses: stable.")
    scope = serializers.CharField(help_text="The key of the dataset that it holds, or `all` that may be given out.")
    release = OrNull(help_text="The name of a release, which is kept for ever; null for a nightly edition.")
    note = OrNull(help_text="What readers should know of a release.")
    change = serializers.IntegerField(source="seq", help_text="Number of the last change that it holds: `as_of` of "
                                      "totals asks for the same state.")  # fmt: skip
    changed_at = serializers.DateTimeField(allow_null=True, help_text="When that change was made.")
    day = serializers.SerializerMethodField(help_text="The day (UTC) on which it was made.")
    made_at = serializers.DateTimeField()
    confirmed_at = serializers.DateTimeField(help_text="When the record was last found to make these very files.")
    licence = serializers.CharField(help_text="The licence, of each dataset where there are several.")
    citation = serializers.CharField(help_text="How it is cited.")
    rows = serializers.DictField(child=serializers.IntegerField(), help_text="How many rows each table has.")
    remarks = serializers.ListField(child=serializers.CharField(), help_text="What could not be made, and why.")
    files = EditionFileAnswer(many=True)

    @extend_schema_field(serializers.DateField())
    def get_day(self, edition: Edition) -> str:
        """The day on which it was made."""
        return edition.made_at.date().isoformat()
