"""Which parameters the lists take, and what each of them picks out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import Model, Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request
from rest_framework.views import APIView

from api.parameters import (
    Code,
    Codes,
    Currencies,
    DatasetKey,
    Day,
    EuroAmount,
    Flag,
    Parameter,
    PartyCodes,
    ProgrammeKeys,
    Words,
    check_order,
    errors_of,
)
from api.problems import WrongParameters
from api.records import newest_first, oldest_first, quoted_revisions
from ingestion.models import Article
from pledges.models import AidType, FinanceType, Move, Pledge, Stage, Valuation
from reference.models import Membership, Party, PartyKind
from sanctions.force import ACTIONS
from sanctions.models import (
    Designation,
    Measure,
    MeasureKind,
    Programme,
    StepStatus,
    Target,
    TargetKind,
    TargetName,
)
from sanctions.totals import in_force

SANCTION_ACTIONS = list(dict.fromkeys([StepStatus.PROPOSED, StepStatus.ANNOUNCED, *ACTIONS.values()]))


class By(django_filters.Filter):  # type: ignore[misc]
    """A filter of a list that reads its value with one of our parameters."""

    def __init__(self, parameter: type[Parameter], **kwargs: Any) -> None:
        self.parameter = parameter
        super().__init__(**kwargs)

    @property
    def field(self) -> Parameter:
        """The parameter that reads and checks the value."""
        if not hasattr(self, "_field"):
            kwargs = {key: value for key, value in self.extra.items() if key != "required"}
            self._field = self.parameter(**kwargs)
        return self._field

    def filter(self, qs: Any, value: Any) -> Any:
        """The rows that have the value; all of them where nothing is asked for."""
        return qs if value in (None, (), "") else qs.filter(**{self.field_name: value})


class StrictFilterSet(django_filters.FilterSet):  # type: ignore[misc]
    """A set of filters that can say what was wrong with what it was given."""

    # Pairs of parameters that begin and end a range.
    ranges: tuple[tuple[str, str], ...] = ()

    def get_form_class(self) -> type[forms.Form]:
        """The form of the filters, which also checks that ranges end after they begin."""
        ranges = self.ranges

        def clean(form: forms.Form) -> Mapping[str, Any]:
            for first, last in ranges:
                check_order(form, first, last)
            return form.cleaned_data

        fields: dict[str, Any] = {name: one.field for name, one in self.filters.items()}
        return type("QueryForm", (forms.Form,), {**fields, "clean": clean})

    @classmethod
    def parameters(cls) -> dict[str, Parameter]:
        """The parameters by name, for checks and for the documentation."""
        return {name: one.field for name, one in cls.base_filters.items()}


class Filtering(BaseFilterBackend):
    """Applies the view's filter set; what is wrong is answered, never ignored."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: APIView) -> QuerySet[Any]:
        """The rows asked for."""
        found: StrictFilterSet = view.filterset_class(data=request.query_params, queryset=queryset)  # type: ignore[attr-defined]
        if not found.is_valid():
            raise WrongParameters(errors_of(found.form, request.query_params))
        rows: QuerySet[Any] = found.qs
        return rows


def _rows_through(model: type[Model], queryset: QuerySet[Any], column: str, value: Any) -> QuerySet[Any]:
    """Rows that have the value in a table of their own; a subquery, so that no row comes twice."""
    return queryset.filter(pk__in=model._default_manager.filter(**{column: value}).values("pk"))


class PledgeChoice(StrictFilterSet):
    """What pledges can be asked for by, in whatever order."""

    dataset = By(DatasetKey, rows=True, field_name="dataset__key")
    donor = By(PartyCodes, method="by_donor", about="Codes of donors: pledges that any of them gives.")
    recipient = By(PartyCodes, method="by_recipient", about="Codes of recipients: pledges that any of them receives.")
    type = By(Codes, field_name="type__in", allowed=AidType.values, about="Types of aid.")
    finance_type = By(Codes, field_name="finance_type__in", allowed=FinanceType.values, about="Finance types.")
    stage = By(Codes, field_name="stage__in", allowed=Stage.values, about="Stages that pledges are now at.")
    in_kind = By(Flag, field_name="in_kind", about="Only goods and services (`true`), or only money (`false`).")
    announced_from = By(
        Day, method="from_day", about="Announced on this day or later (by the latest possible); undated left out."
    )
    announced_until = By(
        Day,
        method="until_day",
        about="Announced on this day or earlier (by the latest possible day), undated left out.",
    )
    amount_min = By(
        EuroAmount,
        field_name="eur_central__gte",
        about="Worth so many euros or more, by the central value; unvalued left out.",
    )
    amount_max = By(
        EuroAmount,
        field_name="eur_central__lte",
        about="Worth so many euros or less, by the central value; unvalued left out.",
    )
    valued = By(Flag, method="with_value", about="Only those with a known value (`true`), or only those without.")
    valuation = By(
        Codes, field_name="valuation__in", allowed=Valuation.values, about="Where their value comes from: any of these."
    )
    has_delivery = By(
        Flag, method="with_delivery", about="Only those of which something was delivered or paid (`true`), or nothing."
    )
    q = By(Words, method="by_words", about="Words that the title has, all of them, in any case.")
    ranges = (("announced_from", "announced_until"), ("amount_min", "amount_max"))

    def with_value(self, rows: QuerySet[Pledge], _name: str, wanted: bool) -> QuerySet[Pledge]:
        """With a value, be it in a currency that has no rate; or without one."""
        without = Q(valuation=Valuation.NONE)
        return rows.filter(~without if wanted else without)

    def with_delivery(self, rows: QuerySet[Pledge], _name: str, wanted: bool) -> QuerySet[Pledge]:
        """With a move to delivery, or without one."""
        delivered = Q(pk__in=Move.objects.filter(stage=Stage.DELIVERY).values("pledge_id"))
        return rows.filter(delivered if wanted else ~delivered)

    def by_words(self, rows: QuerySet[Pledge], _name: str, words: tuple[str, ...]) -> QuerySet[Pledge]:
        """With all words in the title."""
        return rows.filter(has_words("title", words))

    def by_donor(self, rows: QuerySet[Pledge], _name: str, codes: tuple[str, ...]) -> QuerySet[Pledge]:
        """Given by any of the parties."""
        return _rows_through(Pledge, rows, "donors__party__code__in", codes) if codes else rows

    def by_recipient(self, rows: QuerySet[Pledge], _name: str, codes: tuple[str, ...]) -> QuerySet[Pledge]:
        """Received by any of the parties."""
        return _rows_through(Pledge, rows, "recipients__party__code__in", codes) if codes else rows

    def from_day(self, rows: QuerySet[Pledge], _name: str, day: date) -> QuerySet[Pledge]:
        """By the latest possible day, else the earliest where only that is known."""
        return rows.filter(Q(announced_latest__gte=day) | Q(announced_latest__isnull=True, announced_earliest__gte=day))

    def until_day(self, rows: QuerySet[Pledge], _name: str, day: date) -> QuerySet[Pledge]:
        """By the latest possible day, else the earliest where only that is known."""
        return rows.filter(Q(announced_latest__lte=day) | Q(announced_latest__isnull=True, announced_earliest__lte=day))


class PledgeFilters(PledgeChoice):
    """What a list of pledges can be asked for by."""

    ordering = By(
        Code,
        method="in_order",
        allowed=["-announced", "announced", "-modified", "modified"],
        default="-announced",
        about="By announcement or by last change, `-` for the newest first; undated last. Ties are broken by id.",
    )

    def in_order(self, rows: QuerySet[Pledge], _name: str, order: str) -> QuerySet[Pledge]:
        """In a stable order."""
        column = {"announced": "announced_latest", "modified": "modified_at"}[order.removeprefix("-")]
        return rows.order_by(*(newest_first(column) if order.startswith("-") else oldest_first(column)))


class MeasureFilters(StrictFilterSet):
    """What sanctions measures can be asked for by."""

    dataset = By(DatasetKey, rows=True, field_name="dataset__key")
    imposer = By(PartyCodes, method="by_imposer", about="Codes of imposers: measures that any of them imposes.")
    target = By(PartyCodes, method="by_target", about="Codes of targets: measures aimed at any of them.")
    measure = By(Codes, method="by_measure", allowed=MeasureKind.values, about="Kinds of ban in the measure.")
    action = By(Codes, field_name="last_action__in", allowed=SANCTION_ACTIONS, about="The last action of the measure.")
    target_kind = By(Codes, field_name="target_kind__in", allowed=TargetKind.values, about="What is sanctioned.")
    in_force_on = By(Day, method="in_force_then", about="In force on this day, by adopted steps.")
    first_step_from = By(Day, field_name="first_step_on__gte", about="First step on this day or later.")
    first_step_until = By(Day, field_name="first_step_on__lte", about="First step on this day or earlier.")
    ordering = By(
        Code,
        method="in_order",
        allowed=["-first_step", "first_step", "-modified", "modified"],
        default="-first_step",
        about="By first step or by last change, `-` for the newest first; undated last. Ties are broken by id.",
    )

    ranges = (("first_step_from", "first_step_until"),)

    def by_imposer(self, rows: QuerySet[Measure], _name: str, codes: tuple[str, ...]) -> QuerySet[Measure]:
        """Imposed by any of the parties."""
        return _rows_through(Measure, rows, "imposers__party__code__in", codes) if codes else rows

    def by_target(self, rows: QuerySet[Measure], _name: str, codes: tuple[str, ...]) -> QuerySet[Measure]:
        """Aimed at any of the parties."""
        return _rows_through(Measure, rows, "targets__party__code__in", codes) if codes else rows

    def by_measure(self, rows: QuerySet[Measure], _name: str, codes: tuple[str, ...]) -> QuerySet[Measure]:
        """With any of the kinds of ban."""
        return _rows_through(Measure, rows, "types__type__in", codes) if codes else rows

    def in_force_then(self, rows: QuerySet[Measure], _name: str, day: date) -> QuerySet[Measure]:
        """In force on the day."""
        return rows.filter(in_force(day))

    def in_order(self, rows: QuerySet[Measure], _name: str, order: str) -> QuerySet[Measure]:
        """In a stable order."""
        column = {"first_step": "first_step_on", "modified": "modified_at"}[order.removeprefix("-")]
        return rows.order_by(*(newest_first(column) if order.startswith("-") else oldest_first(column)))


class ProgrammeFilters(StrictFilterSet):
    """What sanctions programmes can be asked for by."""

    dataset = By(DatasetKey, rows=True, default="", field_name="dataset__key")
    issuer = By(PartyCodes, field_name="issuer__code__in", about="Codes of issuers: whose law it is.")
    target = By(PartyCodes, method="by_target", about="Codes of targets: programmes aimed at any of them.")
    measure = By(
        Codes, method="by_measure", allowed=MeasureKind.values, about="Kinds of ban that it provides for: any of them."
    )
    q = By(Words, method="by_words", about="Words that its name has, all of them, in any case.")

    def by_target(self, rows: QuerySet[Programme], _name: str, codes: tuple[str, ...]) -> QuerySet[Programme]:
        """Aimed at any of the parties."""
        return _rows_through(Programme, rows, "targets__code__in", codes) if codes else rows

    def by_measure(self, rows: QuerySet[Programme], _name: str, kinds: tuple[str, ...]) -> QuerySet[Programme]:
        """Provides for any of the kinds of ban. Their lists are read here, as not every database looks into JSON."""
        if not kinds:
            return rows
        provided = Programme.objects.values_list("pk", "measures_provided")
        return rows.filter(pk__in=[pk for pk, codes in provided if not set(kinds).isdisjoint(codes)])

    def by_words(self, rows: QuerySet[Programme], _name: str, words: tuple[str, ...]) -> QuerySet[Programme]:
        """With all words in its name."""
        return rows.filter(has_words("name", words))


class DesignationFilters(StrictFilterSet):
    """What designations can be asked for by."""

    dataset = By(DatasetKey, rows=True, default="", field_name="dataset__key")
    issuer = By(PartyCodes, field_name="programme__issuer__code__in", about="Codes of issuers: who lists it.")
    target = By(PartyCodes, method="by_target", about="Codes of parties at which the programme is aimed.")
    country = By(PartyCodes, method="by_country", about="Codes of countries to which the listed one belongs.")
    kind = By(Codes, field_name="target__kind__in", allowed=TargetKind.values, about="What is listed.")
    programme = By(ProgrammeKeys, field_name="programme__key__in", about="Keys of programmes.")
    in_force_on = By(Day, method="in_force_then", about="Listed on this day: not later, and not ended by then.")
    listed_from = By(Day, field_name="listed_on__gte", about="Listed on this day or later; undated left out.")
    listed_until = By(Day, field_name="listed_on__lte", about="Listed on this day or earlier; undated left out.")
    q = By(Words, method="by_words", about="Words that one of its names or aliases has, all of them, in any case.")
    ordering = By(
        Code,
        method="in_order",
        allowed=["-listed", "listed", "-modified", "modified"],
        default="-listed",
        about="By day of listing or by last change, `-` for the newest first; undated last. Ties are broken by id.",
    )

    ranges = (("listed_from", "listed_until"),)

    def by_target(self, rows: QuerySet[Designation], _name: str, codes: tuple[str, ...]) -> QuerySet[Designation]:
        """Under a programme aimed at any of the parties."""
        aimed = Programme.objects.filter(targets__code__in=codes)
        return rows.filter(programme__in=aimed.values("pk")) if codes else rows

    def by_country(self, rows: QuerySet[Designation], _name: str, codes: tuple[str, ...]) -> QuerySet[Designation]:
        """Of any of the countries."""
        return rows.filter(target__in=Target.objects.filter(countries__code__in=codes).values("pk")) if codes else rows

    def in_force_then(self, rows: QuerySet[Designation], _name: str, day: date) -> QuerySet[Designation]:
        """Listed by the day, and dropped by no later list up to it."""
        begun = Q(listed_on__isnull=True) | Q(listed_on__lte=day)
        return rows.filter(begun, Q(ended_on__isnull=True) | Q(ended_on__gt=day))

    def by_words(self, rows: QuerySet[Designation], _name: str, words: tuple[str, ...]) -> QuerySet[Designation]:
        """With all words in one of the names."""
        if not words:
            return rows
        aliases = TargetName.objects.filter(has_words("name", words)).values("target_id")
        named = Target.objects.filter(has_words("name", words) | Q(pk__in=aliases))
        return rows.filter(target__in=named.values("pk"))

    def in_order(self, rows: QuerySet[Designation], _name: str, order: str) -> QuerySet[Designation]:
        """In a stable order."""
        column = {"listed": "listed_on", "modified": "modified_at"}[order.removeprefix("-")]
        return rows.order_by(*(newest_first(column) if order.startswith("-") else oldest_first(column)))


def has_words(column: str, words: Sequence[str]) -> Q:
    """A text that has all words, in any case. By regular expression: LIKE on SQLite knows the case of ASCII only."""
    found = Q()
    for word in words:
        found &= Q(**{f"{column}__iregex": re.escape(word)})
    return found


class PartyFilters(StrictFilterSet):
    """What parties can be asked for by."""

    kind = By(Codes, field_name="kind__in", allowed=PartyKind.values, about="Kinds of party.")
    member_of = By(PartyCodes, method="in_group", about="Codes of groups, such as EU or NATO: their members.")
    member_on = By(Day, method="on_day", about="With `member_of`: members on this day; today by default.")

    def in_group(self, rows: QuerySet[Party], _name: str, codes: tuple[str, ...]) -> QuerySet[Party]:
        """Members of any of the groups on the day asked about."""
        if not codes:
            return rows
        day = self.form.cleaned_data.get("member_on") or timezone.now().date()
        lasting = Q(until__isnull=True) | Q(until__gte=day)
        members = Membership.objects.filter(lasting, group__code__in=codes, since__lte=day)
        return rows.filter(pk__in=members.values("member_id"))

    def on_day(self, rows: QuerySet[Party], _name: str, _day: date) -> QuerySet[Party]:
        """Read by ``in_group``; alone it picks out nothing."""
        return rows


class ArticleFilters(StrictFilterSet):
    """What articles can be asked for by."""

    published_from = By(Day, method="from_day", about="Published on this day (UTC) or later; undated left out.")
    published_until = By(Day, method="until_day", about="Published on this day (UTC) or earlier; undated left out.")

    ranges = (("published_from", "published_until"),)

    def from_day(self, rows: QuerySet[Article], _name: str, day: date) -> QuerySet[Article]:
        """With a quoted revision published then or later."""
        return rows.filter(pk__in=quoted_revisions().filter(published_at__gte=_start_of(day)).values("article_id"))

    def until_day(self, rows: QuerySet[Article], _name: str, day: date) -> QuerySet[Article]:
        """With a quoted revision published then or earlier."""
        if day == date.max:
            return rows.filter(pk__in=quoted_revisions().filter(published_at__isnull=False).values("article_id"))
        end = _start_of(day + timedelta(days=1))
        return rows.filter(pk__in=quoted_revisions().filter(published_at__lt=end).values("article_id"))


class RateFilters(StrictFilterSet):
    """What exchange rates can be asked for by."""

    currency = By(Currencies, field_name="currency__in", about="ISO 4217 codes of currencies.")
    day_from = By(Day, field_name="day__gte", about="Of this day or a later one.")
    day_until = By(Day, field_name="day__lte", about="Of this day or an earlier one.")

    ranges = (("day_from", "day_until"),)


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)


def parameters_of(form: type[forms.Form]) -> dict[str, Parameter]:
    """The parameters of a plain form by name."""
    return {name: field for name, field in form.base_fields.items() if isinstance(field, Parameter)}


def read_form(form: type[forms.Form], query: QueryDict) -> dict[str, Any]:
    """What a form reads from a query; what is wrong is answered, never ignored."""
    filled = form(data=query)
    if not filled.is_valid():
        raise WrongParameters(errors_of(filled, query))
    return filled.cleaned_data
