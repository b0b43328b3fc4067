"""Query parameters: how each kind is read, checked, explained and documented.

A parameter is a form field, so that lists (through django-filter) and totals (through plain forms) share one set.
Several values are separated by commas. A parameter that nobody knows, or that comes twice, is an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Model
from django.http import QueryDict
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter

from api.changes import Place
from api.problems import ParameterError, WrongParameters, shortened
from reference.currencies import format_minor_units, is_currency, to_minor_units
from reference.models import Dataset, Party
from reference.services import TRACKER_DATASET
from sanctions.models import Programme

# More values than any reader needs, and few enough for a database.
MOST_VALUES = 100
LONGEST_CODE = 60
LONGEST_MOMENT = 40
LONGEST_SEARCH = 200
MOST_WORDS = 10
ONLY_A_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
PARTIES_HINT = "the codes listed at /api/v1/parties/"


class Parameter(forms.Field):
    """A query parameter; ``schema_type`` and ``allowed`` go into the documentation."""

    schema_type: Any = str
    many = False

    def __init__(self, *, about: str, allowed: Iterable[str] = (), **kwargs: Any) -> None:
        kwargs["required"] = False
        kwargs.setdefault("help_text", about)
        self.allowed = tuple(allowed)
        super().__init__(**kwargs)

    def documented(self, name: str) -> OpenApiParameter:
        """The parameter as OpenAPI has it."""
        return OpenApiParameter(
            name,
            type=self.schema_type,
            location=OpenApiParameter.QUERY,
            description=str(self.help_text),
            enum=list(self.allowed) or None,
            many=self.many or None,
            explode=False if self.many else None,
            style="form" if self.many else None,
        )

    def refused(self, value: str, expected: str, allowed: Sequence[str] = ()) -> forms.ValidationError:
        """The error for one value; the sentence gets the parameter's name when it is told."""
        return forms.ValidationError(
            f"“{shortened(value)}” is not {expected}.",
            params={"value": value, "allowed": tuple(allowed)},
        )


class Codes(Parameter):
    """Any of a fixed set of codes; cleans to a tuple."""

    many = True

    def clean(self, value: Any) -> tuple[str, ...]:
        """The codes asked for; none where the parameter is absent."""
        codes = self.split(value)
        for code in codes:
            if code not in self.allowed:
                raise self.refused(code, f"allowed. Allowed: {', '.join(self.allowed)}", self.allowed)
        return codes

    def read(self, name: str, query: QueryDict) -> tuple[str, ...]:
        """The codes that a query gives by this name. Raises ``WrongParameters``."""
        try:
            return self.clean(query.get(name))
        except forms.ValidationError as error:
            params = error.params or {}
            told = ParameterError(
                name, str(params.get("value", "")), f"{name}: {error.message}", tuple(params.get("allowed", ()))
            )
            raise WrongParameters([told]) from error

    def split(self, value: Any) -> tuple[str, ...]:
        """The values between the commas, each once."""
        if value is None:
            return ()
        codes = tuple(part.strip() for part in str(value).split(","))
        if "" in codes:
            raise self.refused(str(value), "a list of codes. Write one code, or several separated by commas")
        if len(codes) > MOST_VALUES:
            raise self.refused(str(value), f"short enough: it has {len(codes)} values, {MOST_VALUES} are the most")
        twice = next((code for code in codes if codes.count(code) > 1), None)
        if twice is not None:
            raise self.refused(twice, "needed twice. Name each value once")
        return codes


class PartyCodes(Codes):
    """Codes of parties that exist; cleans to a tuple."""

    def clean(self, value: Any) -> tuple[str, ...]:
        """The codes asked for; a code that no party has is an error."""
        codes = self.split(value)
        plausible = [code for code in codes if len(code) <= LONGEST_CODE and code.isprintable()]
        known = set(Party.objects.filter(code__in=plausible).values_list("code", flat=True)) if plausible else set()
        for code in codes:
            if code not in known:
                raise self.refused(code, f"the code of a party (codes are case-sensitive). Allowed: {PARTIES_HINT}")
        return codes


class Currencies(Codes):
    """Codes of currencies; cleans to a tuple."""

    def clean(self, value: Any) -> tuple[str, ...]:
        """The codes asked for; what is no currency is an error."""
        codes = self.split(value)
        for code in codes:
            if not is_currency(code):
                raise self.refused(code, "a currency. Allowed: ISO 4217 codes in capitals, such as USD or SEK")
        return codes


class ProgrammeKeys(Codes):
    """Keys of sanctions programmes that exist; cleans to a tuple."""

    def clean(self, value: Any) -> tuple[str, ...]:
        """The keys asked for; a key that no programme has is an error."""
        keys = self.split(value)
        plausible = [key for key in keys if len(key) <= LONGEST_CODE and key.isprintable()]
        shown = Programme.objects.filter(dataset__redistributable=True)
        known = set(shown.filter(key__in=plausible).values_list("key", flat=True)) if plausible else set()
        for key in keys:
            if key not in known:
                raise self.refused(key, "the key of a programme. Allowed: the keys listed at /api/v1/programmes/")
        return keys


class Words(Parameter):
    """Words to look for; cleans to a tuple of them, whatever blanks stand between."""

    def clean(self, value: Any) -> tuple[str, ...]:
        """The words asked for; none where the parameter is absent."""
        if value is None:
            return ()
        words = tuple(str(value).split())
        plain = len(str(value)) <= LONGEST_SEARCH and len(words) <= MOST_WORDS
        if not words or not plain or not all(word.isprintable() for word in words):
            raise self.refused(
                str(value), f"allowed. Allowed: up to {MOST_WORDS} words, {LONGEST_SEARCH} characters in all"
            )
        return words


class EuroAmount(Parameter):
    """An amount in euros, with two decimals at most; cleans to cents, or to ``None`` where absent."""

    def clean(self, value: Any) -> int | None:
        """The amount asked for, in euro cents."""
        if value is None:
            return None
        if not re.fullmatch(r"[0-9]{1,15}(\.[0-9]{1,2})?", str(value)):
            raise self.refused(str(value), "an amount. Allowed: euros with up to two decimals, such as 5000000 or 0.50")
        return to_minor_units(Decimal(value), "EUR")


class PlaceInChanges(Parameter):
    """A place in the list of changes, as an answer gave it; cleans to ``None`` where absent."""

    def clean(self, value: Any) -> Place | None:
        """The place asked for."""
        if value is None:
            return None
        written = re.fullmatch(r"([0-9]{1,18})(?:-([0-9]{1,18}))?", str(value))
        if written is None:
            raise self.refused(str(value), "a cursor. Allowed: the `cursor` of an answer, or the number of a change")
        seq, version = written.groups()
        return Place(int(seq), None if version is None else int(version))


class Code(Parameter):
    """One of a fixed set of codes; cleans to the code, or to the default."""

    def __init__(self, *, default: str = "", **kwargs: Any) -> None:
        self.default = default
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        """The code asked for."""
        if value is None:
            return self.default
        if value not in self.allowed:
            raise self.refused(str(value), f"allowed. Allowed: {', '.join(self.allowed)}", self.allowed)
        return str(value)


class DatasetKey(Parameter):
    """The key of a dataset; one at a time, so that nothing is added twice.

    ``rows`` is set where single records are given out: then only datasets whose licence allows that can be asked for.
    ``default`` is empty for lists that nothing is added up from.
    """

    def __init__(self, *, rows: bool, default: str = TRACKER_DATASET, **kwargs: Any) -> None:
        self.rows, self.default = rows, default
        usual = f"`{TRACKER_DATASET}`, our own record" if default else "all that may be given out"
        kwargs["about"] = f"The dataset that is asked about, one at a time; by default {usual}."
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        """The key asked for, or the default."""
        if value is None:
            return self.default
        if value == TRACKER_DATASET:
            return TRACKER_DATASET
        datasets = Dataset.objects.filter(redistributable=True) if self.rows else Dataset.objects.all()
        keys = sorted({TRACKER_DATASET, *datasets.values_list("key", flat=True)})
        if value not in keys:
            what = "a dataset whose records can be given out" if self.rows else "a dataset"
            raise self.refused(str(value), f"{what}. Allowed: {', '.join(keys)}", keys)
        return str(value)


class Flag(Parameter):
    """``true`` or ``false``; cleans to ``None`` where absent."""

    schema_type = bool

    def clean(self, value: Any) -> bool | None:
        """The flag asked for."""
        if value is None:
            return None
        if value not in {"true", "false"}:
            raise self.refused(str(value), "allowed. Allowed: true, false", ("true", "false"))
        return bool(value == "true")


class Day(Parameter):
    """A day as YYYY-MM-DD; cleans to ``None`` where absent."""

    schema_type = date

    def clean(self, value: Any) -> date | None:
        """The day asked for."""
        if value is None:
            return None
        if re.fullmatch(ONLY_A_DAY, value):
            try:
                return date.fromisoformat(value)
            except ValueError:
                pass
        raise self.refused(str(value), "a day. Allowed: a day of the calendar as YYYY-MM-DD, such as 2022-02-27")


class Moment(Parameter):
    """A moment of the past, with its zone, or a day, which means its end in UTC; cleans to ``None`` where absent."""

    schema_type = datetime

    def clean(self, value: Any) -> datetime | None:
        """The moment asked for, in UTC."""
        if value is None:
            return None
        moment = self._read(str(value))
        if moment is None:
            raise self.refused(
                str(value),
                "a moment. Allowed: a moment with its zone, such as 2022-02-27T12:00:00Z, "
                "or a day as YYYY-MM-DD, which means its end in UTC",
            )
        if moment > timezone.now() and not re.fullmatch(ONLY_A_DAY, str(value)):
            raise self.refused(str(value), "past. Allowed: a moment that is over")
        if moment.date() > timezone.now().date():
            raise self.refused(str(value), "past. Allowed: today or an earlier day")
        return moment

    def _read(self, written: str) -> datetime | None:
        try:
            if re.fullmatch(ONLY_A_DAY, written):
                day = date.fromisoformat(written)
                return datetime(day.year, day.month, day.day, 23, 59, 59, 999_999, tzinfo=UTC)
            if len(written) > LONGEST_MOMENT or "T" not in written:
                return None
            # In an address, the plus sign of a zone is read as a blank.
            moment = datetime.fromisoformat(written.replace(" ", "+"))
            return None if moment.tzinfo is None else moment.astimezone(UTC)
        except (ValueError, OverflowError):
            return None


class Since(Moment):
    """A moment of the past, with its zone, or a day, which means its beginning in UTC."""

    def clean(self, value: Any) -> datetime | None:
        """The moment asked for, in UTC."""
        if value is not None and re.fullmatch(ONLY_A_DAY, str(value)):
            end = super().clean(value)
            return None if end is None else end.replace(hour=0, minute=0, second=0, microsecond=0)
        return super().clean(value)


class WholeNumber(Parameter):
    """A whole number within bounds; cleans to ``None`` where absent."""

    schema_type = int

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        self.most = most
        super().__init__(**kwargs)

    def clean(self, value: Any) -> int | None:
        """The number asked for."""
        if value is None:
            return None
        if not re.fullmatch(r"[0-9]{1,18}", str(value)) or int(value) > self.most:
            raise self.refused(str(value), f"allowed. Allowed: a whole number from 0 to {self.most}")
        return int(value)

    def documented(self, name: str) -> OpenApiParameter:
        """The parameter with its bounds."""
        return OpenApiParameter(
            name, type={"type": "integer", "minimum": 0, "maximum": self.most}, description=str(self.help_text)
        )


class Written(Parameter):
    """A text that is compared as a whole, such as a number on a list; cleans to ``None`` where absent."""

    def __init__(self, *, pattern: str, example: str, **kwargs: Any) -> None:
        self.pattern, self.example = pattern, example
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str | None:
        """The text asked for."""
        if value is None:
            return None
        if not re.fullmatch(self.pattern, str(value)):
            raise self.refused(str(value), f"allowed. Allowed: a text such as {self.example}")
        return str(value)


class RecordIds(Codes):
    """Public ids of published records of one kind; cleans to a tuple. Others are not admitted to exist."""

    def __init__(self, *, model: type[Model], listed_at: str, **kwargs: Any) -> None:
        self.model, self.listed_at = model, listed_at
        super().__init__(**kwargs)

    def clean(self, value: Any) -> tuple[str, ...]:
        """The ids asked for; one that no published record has is an error."""
        ids = self.split(value)
        plausible = [one for one in ids if re.fullmatch(r"[0-9A-Za-z]{1,12}", one)]
        published = self.model._default_manager.filter(state="published", dataset__redistributable=True)
        known = set(published.filter(public_id__in=plausible).values_list("public_id", flat=True)) if plausible else ()
        for one in ids:
            if one not in known:
                raise self.refused(one, f"the id of a published record. Allowed: the ids listed at {self.listed_at}")
        return ids


def whole_number(name: str, written: str, *, least: int, most: int) -> int:
    """A whole number within bounds, or an error that tells the bounds."""
    plain = re.fullmatch(r"[0-9]{1,9}", written)
    if plain is None or not least <= int(written) <= most:
        raise WrongParameters(
            [
                ParameterError(
                    name,
                    written,
                    f"{name}: “{shortened(written)}” is not allowed. Allowed: a whole number from {least} to {most}.",
                )
            ]
        )
    return int(written)


def check_names(query: QueryDict, known: Iterable[str]) -> None:
    """Refuse parameters that are not known here, and those that come twice."""
    names = sorted(known)
    errors = []
    for name in query:
        if name not in names:
            allowed = f"Allowed: {', '.join(names)}." if names else "No parameters are taken here."
            errors.append(
                ParameterError(
                    shortened(name), query.get(name, ""), f"There is no parameter “{shortened(name)}” here. {allowed}",
                    tuple(names),
                )
            )  # fmt: skip
        elif len(query.getlist(name)) > 1:
            errors.append(
                ParameterError(
                    name, ", ".join(query.getlist(name)),
                    f"{name}: it is given {len(query.getlist(name))} times. "
                    "Give it once; where several values are taken, separate them by commas.",
                )
            )  # fmt: skip
    if errors:
        raise WrongParameters(errors[:20])


def errors_of(form: forms.Form, query: Mapping[str, str]) -> list[ParameterError]:
    """What a form found wrong, each with the parameter's name in front."""
    found = []
    for name, errors in form.errors.as_data().items():
        for error in errors:
            params = error.params or {}
            value = str(params.get("value", query.get(name, "")))
            found.append(ParameterError(name, value, f"{name}: {error.message}", tuple(params.get("allowed", ()))))
    return found


def check_order(form: forms.Form, first: str, last: str) -> None:
    """Note an error where a range, of days or of amounts, ends before it begins."""
    begins, ends = form.cleaned_data.get(first), form.cleaned_data.get(last)
    if isinstance(begins, int) and isinstance(ends, int) and ends < begins:
        upper, lower = (format_minor_units(one, "EUR") for one in (ends, begins))
        form.add_error(
            last, forms.ValidationError(f"{upper} is less than {first}, {lower}. Allowed: as much or more.",
                                        params={"value": upper})
        )  # fmt: skip
    elif begins and ends and ends < begins:
        form.add_error(
            last, forms.ValidationError(f"{ends} lies before {first}, {begins}. Allowed: that day or a later one.",
                                        params={"value": str(ends)})
        )  # fmt: skip
