"""Form fields for amounts, currencies and dates as people write them, and the forms of reference data."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import DecimalField, Model
from django.utils import timezone

from history.record_forms import RowForm
from reference.amounts import AmountError, parse_amount, write_amount
from reference.currencies import is_currency
from reference.dates import UNKNOWN, DateError, When, parse_when, write_when
from reference.kept import DATASET, PARTY, PARTY_FIGURE
from reference.models import Dataset, Party, PartyFigure, Rate

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Any]
else:
    _ModelForm = forms.ModelForm

CURRENCY_LIST = "currency-codes"  # id of the <datalist> that templates/reference/currencies.html writes


class AmountField(forms.Field):
    """An amount such as 110m or 35 000 000; ``None`` where it is left empty."""

    widget = forms.TextInput

    def __init__(self, *, max_digits: int = 24, decimal_places: int = 4, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        self.max_digits, self.decimal_places = max_digits, decimal_places
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Room for a dozen figures; no keyboard of figures alone, as "bn" is allowed."""
        return {"size": 16, "autocomplete": "off"}

    def to_python(self, value: Any) -> Decimal | None:
        """The amount. Raises ``ValidationError`` with the parser's sentence."""
        if value is None or isinstance(value, Decimal):
            return value
        if not str(value).strip():
            return None
        try:
            amount = parse_amount(str(value))
        except AmountError as error:
            raise ValidationError(str(error)) from error
        self._fits(amount)
        return amount

    def _fits(self, amount: Decimal) -> None:
        whole, _, fraction = f"{amount:f}".partition(".")
        if len(fraction.rstrip("0")) > self.decimal_places:
            raise ValidationError(f"At most {self.decimal_places} decimals can be kept.")
        if len(whole.lstrip("0")) > self.max_digits - self.decimal_places:
            raise ValidationError("That is larger than any sum of money; check the number of zeros.")

    def prepare_value(self, value: Any) -> Any:
        """The stored amount in groups of three; what was typed as it was typed."""
        return write_amount(value) if isinstance(value, Decimal) else value


def amount_of(model: type[Model], name: str, **kwargs: Any) -> AmountField:
    """A field for the amount or number that a model keeps under a name, with as many digits as it keeps."""
    column = model._meta.get_field(name)
    if not isinstance(column, DecimalField):
        raise TypeError(f"{model.__name__}.{name} keeps no decimal number.")
    kwargs.setdefault("help_text", column.help_text)
    return AmountField(max_digits=column.max_digits, decimal_places=column.decimal_places, **kwargs)


class CurrencyField(forms.CharField):
    """An ISO 4217 code, in whatever case it is typed; empty where there is no amount."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(max_length=3, **kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Offer the known currencies."""
        return {**super().widget_attrs(widget), "size": 5, "list": CURRENCY_LIST, "autocomplete": "off"}

    def to_python(self, value: Any) -> str:
        """The code in capitals."""
        return str(super().to_python(value)).upper()

    def validate(self, value: str) -> None:
        """Refuse what is no currency."""
        super().validate(value)
        if value and not is_currency(value):
            raise ValidationError(f"“{value}” is no currency that we know; write its ISO 4217 code, such as EUR.")


class WhenField(forms.Field):
    """A date with precision in one text, as a ``When``; empty means unknown. ``allowed`` are precision codes."""

    widget = forms.TextInput

    def __init__(self, *, allowed: Collection[str] | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        self.allowed = allowed
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Show what may be written."""
        return {"size": 24, "autocomplete": "off", "placeholder": "2022-02-27 or Feb 2022"}

    def to_python(self, value: Any) -> When:
        """The days. Raises ``ValidationError`` with the parser's sentence."""
        if isinstance(value, When):
            return value
        try:
            when = parse_when(str(value or ""))
        except DateError as error:
            raise ValidationError(str(error)) from error
        if self.allowed is not None and when.precision not in (*self.allowed, "unknown"):
            raise ValidationError("Here one day, month, quarter or year can be kept; note the rest in words.")
        return when

    def prepare_value(self, value: Any) -> Any:
        """The stored days as text; what was typed as it was typed."""
        return write_when(value) if isinstance(value, When) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether another text stands there; the same text keeps whatever is stored, to the day."""
        if str(data or "").strip() == write_when(initial or UNKNOWN):
            return False
        return super().has_changed(initial or UNKNOWN, data)


class PartyForm(RowForm):
    """A party; without an alpha-3 code there is none, not an empty one."""

    kind = PARTY.name

    class Meta:
        model = Party
        fields = ["code", "alpha3", "name", "kind", "parent", "external_ids"]

    def clean_code(self) -> str:
        """Codes are written in capitals."""
        return str(self.cleaned_data["code"]).strip().upper()

    def clean_alpha3(self) -> str | None:
        """Capitals, or nothing."""
        return str(self.cleaned_data["alpha3"] or "").strip().upper() or None


class RateForm(_ModelForm):
    """A rate that the ECB lacks."""

    currency = CurrencyField(required=True, help_text="Such as UAH.")
    per_euro = amount_of(
        Rate,
        "per_euro",
        required=True,
        label="Units for one euro",
        help_text="How many units of the currency one euro costs, such as 32.31.",
    )

    class Meta:
        model = Rate
        fields = ["currency", "day", "per_euro", "source"]

    def entered(self) -> dict[str, Any]:
        """What the service takes."""
        return {name: self.cleaned_data[name] for name in ("currency", "day", "per_euro", "source")}

    def clean(self) -> dict[str, Any]:
        """Say what the service would refuse, beside its field."""
        data = self.cleaned_data
        if not self.errors and Rate.objects.filter(**self.entered()).exists():
            raise ValidationError("This very rate is known already, by this source. Nothing is left to enter.")
        if data.get("currency") == "EUR":
            self.add_error("currency", "The euro needs no rate to itself.")
        if data.get("day") and data["day"] > timezone.now().date():
            self.add_error("day", "The day lies in the future.")
        if data.get("per_euro") is not None and data["per_euro"] <= 0:
            self.add_error("per_euro", "The rate must be above zero.")
        return data


class DatasetForm(RowForm):
    """The tracker's own record, or an imported one."""

    kind = DATASET.name
    url = forms.URLField(required=False, max_length=500, assume_scheme="https", label="URL")

    class Meta:
        model = Dataset
        fields = ["key", "name", "publisher", "licence", "citation", "url", "redistributable"]


class PartyFigureForm(RowForm):
    """A yearly figure."""

    kind = PARTY_FIGURE.name
    value = amount_of(PartyFigure, "value", required=True, help_text="Persons, or units of the currency: 2.1tn.")
    currency = CurrencyField(help_text="Of a GDP figure.")

    class Meta:
        model = PartyFigure
        fields = ["party", "measure", "year", "value", "currency", "source"]
