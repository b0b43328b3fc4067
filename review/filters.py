"""What the lists of candidates and decisions can be narrowed to."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from ingestion.models import CandidateState
from ingestion.readings import decided_and_read_otherwise
from pledges.models import AidType
from review.backlog import AGES, of_age
from review.later import with_new_words

ALL = "all"
AGAIN = "again"
SINCE = "since"


class StateFilter(admin.SimpleListFilter):
    """Waiting candidates, unless others are asked for."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The states, waiting being the one without a parameter."""
        decided = [(code, label) for code, label in CandidateState.choices if code != "pending"]
        return [
            (ALL, "All"),
            *decided,
            (AGAIN, "Decided, to be looked at again"),
            (SINCE, "Decided, with new words since"),
        ]

    def choices(self, changelist: ChangeList) -> Any:
        """*Waiting* first, where Django would say *All*."""
        first, *others = super().choices(changelist)
        yield {**first, "display": "Waiting"}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those in the state."""
        state = self.value() or CandidateState.PENDING
        if state == AGAIN:
            return queryset.filter(Q(words_changed=True) | Q(pk__in=decided_and_read_otherwise().values("pk")))
        if state == SINCE:
            return queryset.filter(pk__in=with_new_words().values("pk"))
        return queryset if state == ALL else queryset.filter(state=state)


class TypeFilter(admin.SimpleListFilter):
    """The aid type as it was read."""

    title = "aid type"
    parameter_name = "type"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The aid types."""
        return [(str(code), str(label)) for code, label in AidType.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those of the type."""
        return queryset.filter(kind="pledge", finding__payload__type=self.value()) if self.value() else queryset


class ConfidenceFilter(admin.SimpleListFilter):
    """How sure the reader was."""

    title = "confidence"
    parameter_name = "confidence"
    BANDS = {"high": ("80 % and more", Q(finding__confidence__gte="0.8")),
             "middle": ("50 to 80 %", Q(finding__confidence__gte="0.5", finding__confidence__lt="0.8")),
             "low": ("Below 50 %", Q(finding__confidence__lt="0.5"))}  # fmt: skip

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The bands."""
        return [(code, label) for code, (label, _) in self.BANDS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those in the band."""
        band = self.BANDS.get(self.value() or "")
        return queryset.filter(band[1]) if band else queryset


class AgeFilter(admin.SimpleListFilter):
    """How long ago it was found."""

    title = "age"
    parameter_name = "age"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The ages."""
        return [(code, label.capitalize()) for code, label in AGES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those of the age."""
        age = self.value()
        return queryset.filter(of_age(age, timezone.now())) if age in AGES else queryset


class ByFilter(admin.RelatedFieldListFilter):
    """Who decided."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = "who decided"
