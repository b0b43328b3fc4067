"""The forms with which staff describe a source and bring an article by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from ingestion.models import Source
from ingestion.parsing.entry import MAX_TITLE
from ingestion.services import check_source

if TYPE_CHECKING:
    _SourceForm = forms.ModelForm[Source]
else:  # the class itself takes no parameter when it runs
    _SourceForm = forms.ModelForm


class SourceForm(_SourceForm):
    """A source's description; whether it can work is checked by the service's own rule."""

    class Meta:
        model = Source
        fields = ["name", "kind", "url", "publisher", "official", "fetch_pages", "poll_floor"]
        widgets = {
            "name": forms.TextInput(attrs={"class": "vTextField"}),
            "url": forms.TextInput(attrs={"class": "vURLField"}),
        }
        labels = {"url": "Address or path", "official": "Official", "poll_floor": "Poll every (seconds)"}

    def clean(self) -> dict[str, Any]:
        """Check the values together."""
        cleaned = super().clean() or self.cleaned_data
        kind = cleaned.get("kind") or self.instance.kind
        if kind and "url" in cleaned and "poll_floor" in cleaned:
            check_source(
                kind=kind,
                url=cleaned["url"],
                poll_floor=cleaned["poll_floor"],
                fetch_pages=bool(cleaned.get("fetch_pages")),
            )
        return cleaned


class PasteTextForm(forms.Form):
    """A text that staff paste."""

    title = forms.CharField(max_length=MAX_TITLE, required=False, widget=forms.TextInput(attrs={"class": "vTextField"}))
    text = forms.CharField(
        strip=False,
        widget=forms.Textarea(attrs={"class": "vLargeTextField", "rows": 20}),
        help_text="The article's words, one paragraph on each line.",
    )
    url = forms.CharField(
        label="Address",
        required=False,
        widget=forms.TextInput(attrs={"class": "vURLField"}),
        help_text="Where it can be read, if anywhere. A known address makes the text a revision of that article.",
    )
    published_on = forms.DateField(
        label="Day of publication",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Amounts in other currencies are converted at the rate of the day, so give it if you can.",
    )
    source = forms.ModelChoiceField(
        Source.objects.all(), required=False, empty_label="Single addresses and pasted texts"
    )


class AddAddressForm(forms.Form):
    """An address that staff enter."""

    url = forms.CharField(
        label="Address",
        widget=forms.TextInput(attrs={"class": "vURLField"}),
        help_text="Of the article's own page, beginning with https:// or http://. It is fetched at once.",
    )
