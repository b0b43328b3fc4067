"""The code lists of the record as the public sees them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.reverse import reverse

from api.serializers.fields import OrNull


class StandardCode(serializers.Serializer[Any]):
    """A code of a standard."""

    scheme = serializers.CharField(help_text="The standard's code list, such as IATI FinanceType.")
    code = serializers.CharField(help_text="The code in that list.")


class CodeAnswer(serializers.Serializer[Any]):
    """One code."""

    code = serializers.CharField(help_text="As it stands in answers and is asked for; case-sensitive.")
    label = serializers.CharField(help_text="For people, in English.")  # type: ignore[assignment]
    definition = OrNull(help_text="What it means, where the label does not say it all.")
    standards = StandardCode(many=True, help_text="Codes of standards that it stands for; empty where there is none.")


class VocabularyBrief(serializers.Serializer[Any]):
    """A list of codes."""

    name = serializers.CharField(help_text="Its name in addresses.")
    title = serializers.CharField(help_text="What its codes tell.")
    used_in = serializers.CharField(help_text="The members of answers that carry its codes.")
    url = serializers.SerializerMethodField(help_text="Its address in this API.")

    def get_url(self, vocabulary: Any) -> str:
        """The absolute address of the list."""
        return reverse("api:vocabulary", kwargs={"name": vocabulary.name}, request=self.context.get("request"))


class VocabularyFull(VocabularyBrief):
    """A list of codes with its codes, in the order of the record."""

    codes = CodeAnswer(many=True)


class Vocabularies(serializers.Serializer[Any]):
    """All lists of codes."""

    results = VocabularyBrief(many=True)
