"""How the filters of lists read and check what they are given, so that what is wrong is answered, never ignored."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any

import django_filters
from django import forms
from django.db.models import Model, QuerySet
from django.http import QueryDict
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request
from rest_framework.views import APIView

from api.parameters import Parameter, check_order, errors_of
from api.problems import WrongParameters


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


def rows_through(model: type[Model], queryset: QuerySet[Any], column: str, value: Any) -> QuerySet[Any]:
    """Rows that have the value in a table of their own; a subquery, so that no row comes twice."""
    return queryset.filter(pk__in=model._default_manager.filter(**{column: value}).values("pk"))


def start_of(day: date) -> datetime:
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
