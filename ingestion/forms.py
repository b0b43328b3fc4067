"""The forms with which staff describe a source and bring an article by hand."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError

from ingestion.models import Source
from ingestion.parsing.entry import MAX_TITLE
from ingestion.services.sources import EXPECTATIONS, FIELDS, MOST_SECONDS, check_source

FORM_FIELDS = tuple(name for name in (*FIELDS, *EXPECTATIONS) if name not in {"name", "url"})

if TYPE_CHECKING:
    _SourceForm = forms.ModelForm[Source]
else:  # the class itself takes no parameter when it runs
    _SourceForm = forms.ModelForm


class MinutesField(forms.DecimalField):
    """Minutes for people, whole seconds for the rest. Fractions are taken, since a test feed may be polled often."""

    def __init__(self, **options: Any) -> None:
        own: dict[str, Any] = {
            "min_value": Decimal("0.5"),
            "max_value": Decimal(MOST_SECONDS // 60),
            "decimal_places": 2,
            "error_messages": {
                "min_value": "Give at least half a minute (0.5).",
                "max_value": f"Give at most {MOST_SECONDS // 60:,} minutes (thirty days).",
            },
        }
        super().__init__(**{**options, **own})

    def prepare_value(self, value: Any) -> Any:
        """Seconds of the model as minutes; what was typed stays as it is."""
        return f"{Decimal(value) / 60:.2f}".rstrip("0").rstrip(".") if isinstance(value, int) else value

    def clean(self, value: Any) -> Any:
        """Whole seconds."""
        minutes = super().clean(value)
        return round(minutes * 60) if minutes is not None else None

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether it is another number of minutes."""
        return super().has_changed(self.prepare_value(initial), data)


class SourceForm(_SourceForm):
    """A source's description; whether it can work is checked by the service's own rule."""

    class Meta:
        model = Source
        fields = ["name", "kind", "url", *FORM_FIELDS]
        field_classes = {"poll_floor": MinutesField, "poll_ceiling": MinutesField}
        widgets = {
            "name": forms.TextInput(attrs={"class": "vTextField"}),
            "url": forms.TextInput(attrs={"class": "vURLField"}),
            "link_selector": forms.TextInput(attrs={"class": "vTextField"}),
        }
        labels = {
            "url": "Address or path",
            "link_selector": "Links to articles",
            "official": "Official",
            "fetch_pages": "Fetch the articles’ pages",
            "poll_floor": "At most every (minutes)",
            "poll_ceiling": "At least every (minutes)",
            "articles_week_least": "New articles in seven days, at least",
            "articles_week_most": "New articles in seven days, at most",
            "findings_month_least": "Findings in thirty days, at least",
            "findings_month_most": "Findings in thirty days, at most",
        }
        help_texts = {
            "url": "Of the feed, the sitemap or the index page: https://… A folder, or a feed on this machine, is "
            "given by its path below the folder that LOCAL_SOURCES_ROOT names.",
            "link_selector": "For an index page only: a CSS selector of the links that lead to articles, such as "
            "main h2 a",
            "fetch_pages": "For a feed that has only summaries: each article's own page is fetched as well, and the "
            "longer text is kept. Of sitemaps and index pages the pages are fetched anyway.",
            "poll_floor": "While it brings something at each look, it is polled as often as this, never more often.",
            "poll_ceiling": "While it brings nothing, its polls become rarer, up to this pause: 360 are six hours.",
            "articles_week_least": "Fewer raise a notice: the feed may have died quietly. Empty: not watched.",
            "articles_week_most": "More raise a notice: the feed may have been changed. Empty: not watched.",
            "findings_month_least": "Fewer raise a notice: its news may have become others. Empty: not watched.",
            "findings_month_most": "More raise a notice. Empty: not watched.",
        }

    def clean(self) -> dict[str, Any]:
        """Check the values together. A sentence stands at the field that it is about."""
        cleaned = super().clean() or self.cleaned_data
        kind = cleaned.get("kind") or self.instance.kind
        if kind and "url" in cleaned:
            values = {name: cleaned[name] for name in FORM_FIELDS if cleaned.get(name) not in {None, ""}}
            try:
                check_source(kind=kind, url=cleaned["url"], **values)
            except ValidationError as error:
                self._tell(error)
        return cleaned

    def _tell(self, error: ValidationError) -> None:
        for field, sentences in error.message_dict.items():
            if field not in self.errors:
                self.add_error(field if field in self.fields else None, sentences)


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
