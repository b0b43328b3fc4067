"""Admin pages of what pledges refer to: the price list, running totals that were claimed."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html

from history.admin import RowAdmin, SavingAdmin, acting_user
from pledges.forms import PriceForm, RunningTotalForm
from pledges.kept import PRICE, RUNNING_TOTAL
from pledges.models import Item, Price, RunningTotalClaim
from pledges.pricing import enter_price
from reference.amounts import in_words

PLEDGES_NAMED = 20


class StandingFilter(admin.SimpleListFilter):
    """By whether a newer price took its place."""

    title = "standing"
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """On the list, or replaced."""
        return [("yes", "On the list"), ("no", "Replaced by a newer one")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Prices of that standing."""
        if self.value() not in ("yes", "no"):
            return queryset
        return queryset.filter(replaced_by__isnull=self.value() == "yes")


@admin.register(Price)
class PriceAdmin(SavingAdmin):
    """Unit prices that staff keep. A price is not changed but replaced; what rests on the older one keeps it."""

    record_kind = PRICE.name
    form = PriceForm
    change_form_template = "pledges/price_form.html"
    list_display = ["item", "unit", "price", "valid_from", "source", "used", "standing"]
    list_select_related = ["replaced_by"]
    list_filter = [StandingFilter, "currency"]
    search_fields = ["item", "source"]
    search_help_text = "Search by goods or source."
    autocomplete_fields = ["replaces"]
    fields = ["item", "unit", ("amount", "currency"), "source", "valid_from", "replaces"]
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet[Price]:
        """With how many items rest on each."""
        items = Item.objects.filter(price=OuterRef("pk")).order_by().values("price").annotate(count=Count("pk"))
        prices: QuerySet[Price] = super().get_queryset(request)
        return prices.annotate(items_valued=Coalesce(Subquery(items.values("count")), 0))

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        """A choice for an item offers what is on the list."""
        found, twice = super().get_search_results(request, queryset, search_term)
        offered = request.path.endswith("/autocomplete/")
        return (found.filter(replaced_by__isnull=True) if offered else found), twice

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: another price takes its place."""
        return False

    def has_publish_permission(self, request: HttpRequest) -> bool:
        """Never: the public sees no price list."""
        return False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A price that stands is told in words."""
        return super().get_fields(request, obj) if obj is None else [
            "item", "unit", "price", "source", "valid_from", "replaces",
        ]  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What is told in words."""
        return [] if obj is None else ["price"]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """What stays the same when a price is replaced."""
        given = request.GET.get("replaces", "")
        older = Price.objects.filter(pk=given).first() if given.isascii() and given.isdecimal() else None
        if older is None:
            return {}
        return {"item": older.item, "unit": older.unit, "currency": older.currency, "replaces": older.pk}

    def write(self, request: HttpRequest, form: Any, rows: Any, *, publish: bool) -> Model:
        """By the service."""
        why = form.cleaned_data["why"]
        return enter_price(form.draft(), now=timezone.now(), acting_user=acting_user(request), why=why)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """With the pledges that rest on it."""
        price = self.get_object(request, object_id)
        pledges = [] if price is None else self._resting_on(price)
        shown = {"resting": pledges, "may_add": self.has_add_permission(request), **(extra_context or {})}
        return super().change_view(request, object_id, form_url, shown)

    @staticmethod
    def _resting_on(price: Price) -> list[Any]:
        rows = price.items.select_related("pledge").order_by("-pk")[:PLEDGES_NAMED]
        return list({item.pledge_id: item.pledge for item in rows}.values())

    @admin.display(description="Price of a unit", ordering="amount")
    def price(self, price: Price) -> str:
        """The amount with its currency, in words."""
        return f"{in_words(price.amount)} {price.currency}"

    @admin.display(description="Items", ordering="items_valued")
    def used(self, price: Any) -> int:
        """How many items rest on it."""
        return int(price.items_valued)

    @admin.display(description="Standing")
    def standing(self, price: Price) -> str:
        """Whether it is on the list."""
        newer = getattr(price, "replaced_by", None)
        return "on the list" if newer is None else format_html("replaced <small>{}</small>", newer)


@admin.register(RunningTotalClaim)
class RunningTotalAdmin(RowAdmin):
    """Totals that somebody stated: checks on ours, never pledges."""

    kind = RUNNING_TOTAL
    form = RunningTotalForm
    list_display = ["donor", "recipient", "type", "stated", "day"]
    list_select_related = ["donor", "recipient"]
    list_filter = ["type", "currency"]
    search_fields = ["donor__name", "recipient__name", "quote"]
    autocomplete_fields = ["donor", "recipient"]
    fields = ["donor", "recipient", "type", ("qualifier", "amount", "currency"), ("day", "since"), "url", "quote"]

    @admin.display(description="Stated", ordering="amount")
    def stated(self, claim: RunningTotalClaim) -> str:
        """The amount in words."""
        return f"{in_words(claim.amount)} {claim.currency}"
