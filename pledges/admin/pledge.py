"""The admin pages of pledges. They write by ``pledges.services`` alone."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html

from history.admin import RecordAdmin, acting_user
from history.admin.filters import ChangedFilter
from history.record_forms import RecordForm, RecordFormSet
from history.searching import search
from history.services import UnchangedError, recording
from history.wording import Vocabulary
from pledges import services
from pledges.admin.adopting import adopt_selected
from pledges.admin.drafting import draft_of
from pledges.admin.filters import (
    DonorFilter,
    EvidenceFilter,
    PackageFilter,
    RecipientFilter,
    ValueFilter,
)
from pledges.admin.inlines import Deductions, Donors, EvidenceTable, Items, Moves, Recipients
from pledges.admin.looking import AmountsAsWritten, to_look_at
from pledges.admin.panel import money, panel_of, stated_words, value_words
from pledges.checks import warnings_of
from pledges.forms import PledgeForm
from pledges.models import Pledge, PledgeDonor, PledgeRecipient, Valuation
from pledges.restoring import restore_pledge
from pledges.state import ENTERED, KIND
from reference.currencies import from_minor_units
from reference.dates import When, write_when
from reference.models import Party

VOCABULARY = Vocabulary(
    labels={
        "eur_central": "Value in euros",
        "usd_central": "Value in US dollars",
        "delivered_eur": "Delivered, in euros",
        "delivered_usd": "Delivered, in US dollars",
        "in_kind": "In kind",
        "announced_earliest": "Announced, first day",
        "announced_latest": "Announced, last day",
        "announced_precision": "Announced, how exactly",
        "stated": "Amount",
        "stated_to": "Upper end",
        "rate_per_euro": "Rate: units for one euro",
        "rate_usd_per_euro": "Rate: dollars for one euro",
    },
    formats={
        "eur_central": partial(money, currency="EUR"),
        "usd_central": partial(money, currency="USD"),
        "delivered_eur": partial(money, currency="EUR"),
        "delivered_usd": partial(money, currency="USD"),
    },
    hidden=frozenset(
        {"valued_from", "rate_for", "low", "central", "high", "eur_low", "eur_high", "usd_low", "usd_high"}
        | {"value_currency", "import_batch_id"}
    ),
)


@admin.register(Pledge)
class PledgeAdmin(AmountsAsWritten, RecordAdmin):
    """Entering, correcting, publishing, withdrawing and merging pledges."""

    form = PledgeForm
    change_form_template = "pledges/pledge_form.html"
    actions = [*RecordAdmin.actions, adopt_selected]
    record_kind = KIND
    entered = ENTERED
    vocabulary = VOCABULARY
    inlines = [Donors, Recipients, EvidenceTable, Moves, Items, Deductions]
    autocomplete_fields = ["channel", "financed_from", "package", "supersedes"]
    error_places = {
        "announced_earliest": "announced",
        "announced_latest": "announced",
        "announced_precision": "announced",
        "package_id": "package",
        "supersedes_id": "supersedes",
    }
    fieldsets = [
        (None, {"fields": ["title", ("type", "finance_type", "in_kind"), "announced"]}),
        ("Amount as stated", {"fields": [("qualifier", "stated", "stated_to", "currency")]}),
        (
            "More: parties in words, channel, dates, second currency",
            {
                "classes": ["collapse"],
                "fields": [
                    ("donors_as_written", "recipients_as_written"),
                    ("channel", "financed_from"),
                    ("sector", "goods_from"),
                    ("announced_as_written", "disclosed_on"),
                    ("period_from", "period_to"),
                    ("stated_other", "currency_other"),
                    ("refugee_costs", "running_total"),
                ],
            },
        ),
        ("Package and succession", {"classes": ["collapse"], "fields": ["package", "supersedes"]}),
        ("Notes", {"classes": ["collapse"], "fields": ["public_note", "private_note"]}),
    ]
    list_display = ["name", "parties", "type", "value", "announced", "status"]
    list_filter = [
        "state",
        "type",
        "stage",
        ValueFilter,
        EvidenceFilter,
        ChangedFilter,
        DonorFilter,
        RecipientFilter,
        PackageFilter,
        "finance_type",
        "in_kind",
        "dataset",
    ]
    search_fields = ["=public_id", "title", "=origin_key"]
    search_help_text = "Search by id, title, donor or recipient."

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Who may only look reads the amounts as people write them."""
        groups = super().get_fieldsets(request, obj)
        return groups if obj is None or self.has_change_permission(request, obj) else to_look_at(groups)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Pledge]:
        """For the list: with donors and recipients, in a fixed number of queries."""
        rows = super().get_queryset(request)
        match = request.resolver_match
        if match is not None and match.url_name == "pledges_pledge_changelist":
            rows = rows.prefetch_related("donors__party", "recipients__party")
        return rows

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        """By id, title, or a party that is named; quick in a long list as well."""
        return search(
            queryset,
            search_term,
            own=lambda word: Q(public_id__iexact=word) | Q(title__icontains=word) | Q(origin_key__iexact=word),
            parties=lambda word: Party.objects.filter(name__icontains=word),
            tables=[(PledgeDonor, "pledge"), (PledgeRecipient, "pledge")],
        ), False

    # --- writing ------------------------------------------------------------------------------------------------------
    def write(self, request: HttpRequest, form: RecordForm, rows: dict[str, RecordFormSet], *, publish: bool) -> Model:
        """Enter or correct, and publish where asked, as one numbered change."""
        draft = draft_of(form, rows)
        who, now, said = acting_user(request), timezone.now(), form.about_the_change()
        pledge_id = form.instance.pk
        action = "pledge.publish" if publish else "pledge.create" if pledge_id is None else "pledge.correct"
        with recording(action=action, now=now, acting_user=who, **said) as change:
            if pledge_id is None:
                saved = services.create_pledge(draft, now=now, acting_user=who, change=change)
            else:
                saved = services.correct_pledge(pledge_id, draft, now=now, acting_user=who, change=change)
            if publish:
                saved = services.publish_pledge(saved.pk, now=now, acting_user=who, change=change)
            if saved.last_seq != change.seq:
                raise UnchangedError
        return saved

    def publish(self, request: HttpRequest, record_id: int) -> None:
        """By the service."""
        services.publish_pledge(record_id, now=timezone.now(), acting_user=acting_user(request))

    def withdraw(self, request: HttpRequest, record_id: int, reason: str) -> None:
        """By the service."""
        services.withdraw_pledge(record_id, reason=reason, now=timezone.now(), acting_user=acting_user(request))

    def merge(self, request: HttpRequest, record_id: int, into_id: int, why: str) -> None:
        """By the service."""
        services.merge_pledge(record_id, into_id=into_id, now=timezone.now(), acting_user=acting_user(request), why=why)

    def restore(self, request: HttpRequest, record: Any, seq: int, said: dict[str, Any]) -> None:
        """By the service."""
        restore_pledge(record.pk, seq=seq, now=timezone.now(), acting_user=acting_user(request), **said)

    def told_after_saving(self, record: Any) -> tuple[str, list[str]]:
        """The value with its rate, and what is odd."""
        return value_words(record), warnings_of(record, today=timezone.now().date())

    def panel(self, record: Any) -> dict[str, Any]:
        """Value, rate, stage, delivered, parts."""
        return panel_of(record, today=timezone.now().date())

    # --- columns ------------------------------------------------------------------------------------------------------
    @admin.display(description="From and to")
    def parties(self, pledge: Pledge) -> str:
        """Names of the donors and recipients, or the words for them."""
        donors = ", ".join(row.party.name for row in pledge.donors.all()) or pledge.donors_as_written or "?"
        recipients = ", ".join(row.party.name for row in pledge.recipients.all()) or pledge.recipients_as_written
        return f"{donors} → {recipients or '?'}"

    @admin.display(description="Pledge", ordering="title")
    def name(self, pledge: Pledge) -> str:
        """Title and id."""
        return format_html("{} <small>{}</small>", pledge.title, pledge.public_id)

    @admin.display(description="Amount, EUR", ordering="eur_central")
    def value(self, pledge: Pledge) -> str:
        """The stated amount in words, the frozen value in whole euros under it."""
        euros = None if pledge.eur_central is None else f"{round(from_minor_units(pledge.eur_central, 'EUR')):,}"
        if euros is None:
            euros = "unvalued" if pledge.valuation == Valuation.NONE else "unconverted"
        return format_html("{} <small>{}</small>", stated_words(pledge), euros)

    @admin.display(description="State", ordering="state")
    def status(self, pledge: Pledge) -> str:
        """Whether the public sees it, and how far it has come."""
        return format_html("{} <small>{}</small>", pledge.get_state_display(), pledge.get_stage_display())

    @admin.display(description="Announced", ordering="announced_latest")
    def announced(self, pledge: Pledge) -> str:
        """The announcement with its precision."""
        when = When(pledge.announced_earliest, pledge.announced_latest, pledge.announced_precision)
        return write_when(when) or "unknown"
