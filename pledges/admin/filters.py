"""Filters of the list of pledges."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest

from history.admin.filters import HasEvidenceFilter
from pledges.models import Evidence, Pledge, PledgeDonor, PledgeRecipient, Valuation
from reference.models import Party


class DonorFilter(admin.SimpleListFilter):
    """By a donor that occurs."""

    title = "donor"
    parameter_name = "donor"
    table: type[PledgeDonor] | type[PledgeRecipient] = PledgeDonor

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The parties that occur."""
        occurs = Exists(self.table._default_manager.filter(party=OuterRef("pk")))
        return list(Party.objects.filter(occurs).order_by("name").values_list("code", "name"))

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Pledges that name it."""
        if not self.value():
            return queryset
        return queryset.filter(
            Exists(self.table._default_manager.filter(pledge=OuterRef("pk"), party__code=self.value()))
        )


class RecipientFilter(DonorFilter):
    """By a recipient that occurs."""

    title = "recipient"
    parameter_name = "recipient"
    table = PledgeRecipient


class ValueFilter(admin.SimpleListFilter):
    """By what is known of the value."""

    title = "value"
    parameter_name = "value"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The three disjoint cases, and our own estimates."""
        return [
            ("valued", "Valued"),
            ("unvalued", "Unvalued"),
            ("unconverted", "Unconverted: a rate is lacking"),
            ("estimated", "Estimated by us"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Pledges of that case."""
        cases = {
            "valued": Q(eur_central__isnull=False),
            "unvalued": Q(valuation=Valuation.NONE),
            "unconverted": ~Q(valuation=Valuation.NONE) & Q(eur_central__isnull=True),
            "estimated": Q(valuation__in=[Valuation.ESTIMATED, Valuation.PARTIAL]),
        }
        case = cases.get(self.value() or "")
        return queryset if case is None else queryset.filter(case)


class EvidenceFilter(HasEvidenceFilter):
    """By whether there is evidence."""

    table = Evidence
    record = "pledge"


class PackageFilter(admin.SimpleListFilter):
    """By the place in a package."""

    title = "package"
    parameter_name = "package"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """A package, a part, neither; and what replaced or was replaced."""
        return [
            ("whole", "Is a package"),
            ("part", "Is a part of one"),
            ("none", "Neither"),
            ("successor", "Replaces an earlier pledge"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Pledges with that place."""
        has_parts = Exists(Pledge.objects.filter(package=OuterRef("pk")))
        cases = {
            "whole": Q(has_parts),
            "part": Q(package__isnull=False),
            "none": Q(package__isnull=True) & ~Q(has_parts),
            "successor": Q(supersedes__isnull=False),
        }
        case = cases.get(self.value() or "")
        return queryset if case is None else queryset.filter(case)
