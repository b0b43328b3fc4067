"""The admin pages of designations and of the targets that they name."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html

from history.admin import RecordAdmin, RowAdmin, RowTable, acting_user
from history.admin.filters import ChangedFilter
from history.record_forms import RecordForm, RecordFormSet
from history.services import UnchangedError, recording
from history.wording import Vocabulary
from reference.public_ids import new_public_id
from sanctions import designating
from sanctions.forms import DesignationForm, TargetForm
from sanctions.kept import TARGET
from sanctions.listing import KIND
from sanctions.models import Designation, RecordState, Target, TargetIdentifier, TargetName


class Names(RowTable):
    """The names of a target."""

    model = TargetName


class Identifiers(RowTable):
    """The numbers of a target."""

    model = TargetIdentifier
    autocomplete_fields = ["country"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the countries."""
        return super().get_queryset(request).select_related("country")


@admin.register(Target)
class TargetAdmin(RowAdmin):
    """Persons, companies, vessels that lists name."""

    kind = TARGET
    form = TargetForm
    list_display = ["name", "kind_words", "public_id"]
    list_filter = ["kind"]
    search_fields = ["name", "=public_id", "names__name", "=identifiers__value"]
    search_help_text = "Search by name, other name, id or number (IMO, tax, passport)."
    autocomplete_fields = ["countries"]
    inlines = [Names, Identifiers]
    show_full_result_count = False
    list_per_page = 50

    def write_row(self, request: HttpRequest, row: Any) -> None:
        """A new target gets the id by which the public knows it."""
        if row.pk is None:
            row.public_id = new_public_id("T", lambda key: Target.objects.filter(public_id=key).exists())
        row.save()

    @admin.display(description="Kind", ordering="kind")
    def kind_words(self, target: Target) -> str:
        """What it is."""
        return target.get_kind_display()


class EndedFilter(admin.SimpleListFilter):
    """By whether it lasts."""

    title = "standing"
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Lasting or ended."""
        return [("lasts", "Lasts"), ("ended", "Ended"), ("undated", "First day not known")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Designations of that standing."""
        cases = {
            "lasts": Q(ended_on__isnull=True) | Q(ended_on__gt=timezone.now().date()),
            "ended": Q(ended_on__lte=timezone.now().date()),
            "undated": Q(listed_on__isnull=True),
        }
        case = cases.get(self.value() or "")
        return queryset if case is None else queryset.filter(case)


class GroundFilter(admin.SimpleListFilter):
    """By whether an act is named: it is what a designation rests on."""

    title = "evidence"
    parameter_name = "evidence"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """With or without."""
        return [("no", "No act"), ("yes", "Has an act")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Designations with or without it."""
        if self.value() not in ("yes", "no"):
            return queryset
        return queryset.filter(act__isnull=self.value() == "no")


@admin.register(Designation)
class DesignationAdmin(RecordAdmin):
    """One target under one act: entered, corrected, published and withdrawn."""

    form = DesignationForm
    record_kind = KIND
    entered = designating.ENTERED
    vocabulary = Vocabulary(hidden=frozenset({"import_batch_id", "origin_key"}))
    merges = False
    autocomplete_fields = ["target", "programme", "act", "listing_act", "measure"]
    fieldsets = [
        (None, {"fields": ["target", "programme", ("act", "annex"), ("listed_on", "listed_as_written")]}),
        ("What it is for", {"fields": ["measure", "reason"]}),
        ("Its end", {"classes": ["collapse"], "fields": [("ended_on", "ended_by")]}),
        ("More", {"classes": ["collapse"], "fields": ["listing_act"]}),
    ]
    list_display = ["name", "programme", "lasting", "act", "status"]
    list_filter = [
        "state",
        EndedFilter,
        "target__kind",
        GroundFilter,
        ChangedFilter,
        ("programme", admin.RelatedOnlyFieldListFilter),
        "dataset",
    ]
    search_fields = ["=public_id", "target__name", "=origin_key"]
    search_help_text = "Search by id, or by a name or number of the target."

    def get_queryset(self, request: HttpRequest) -> QuerySet[Designation]:
        """With the target, which names it everywhere, and what the list shows besides."""
        return super().get_queryset(request).select_related("target", "programme", "act")

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        """Also by other names and numbers of the target, without joining them."""
        found, _ = super().get_search_results(request, queryset, search_term)
        term = search_term.strip()
        if not term:
            return found, False
        named = TargetName.objects.filter(target=OuterRef("target"), name__icontains=term)
        numbered = TargetIdentifier.objects.filter(target=OuterRef("target"), value__iexact=term)
        return queryset.filter(Q(pk__in=found.order_by().values("pk")) | Exists(named) | Exists(numbered)), False

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        """Lists of a measure's, a target's and an act's designations are linked to."""
        linked = {"measure__id__exact", "target__id__exact", "act__id__exact", "programme__id__exact"}
        return lookup in linked or super().lookup_allowed(lookup, value, request)

    # --- writing ------------------------------------------------------------------------------------------------------
    def write(self, request: HttpRequest, form: RecordForm, rows: dict[str, RecordFormSet], *, publish: bool) -> Model:
        """Enter or correct, and publish where asked, as one numbered change."""
        who, now, said = acting_user(request), timezone.now(), form.about_the_change()
        one_id, entry = form.instance.pk, form.entry()  # type: ignore[attr-defined]
        action = "designation.publish" if publish else "designation.create" if one_id is None else "designation.correct"
        with recording(action=action, now=now, acting_user=who, **said) as change:
            if one_id is None:
                saved = designating.create_designation(entry, now=now, acting_user=who, change=change)
            else:
                saved = designating.correct_designation(one_id, entry, now=now, acting_user=who, change=change)
            if publish:
                saved = designating.publish_designation(saved.pk, now=now, acting_user=who, change=change)
            if saved.last_seq != change.seq:
                raise UnchangedError
        return saved

    def publish(self, request: HttpRequest, record_id: int) -> None:
        """By the service."""
        designating.publish_designation(record_id, now=timezone.now(), acting_user=acting_user(request))

    def withdraw(self, request: HttpRequest, record_id: int, reason: str) -> None:
        """By the service."""
        designating.withdraw_designation(record_id, reason=reason, now=timezone.now(), acting_user=acting_user(request))

    def restore(self, request: HttpRequest, record: Any, seq: int, said: dict[str, Any]) -> None:
        """By the service."""
        designating.restore_designation(
            record.pk, seq=seq, now=timezone.now(), acting_user=acting_user(request), **said
        )

    def panel(self, record: Any) -> dict[str, Any]:
        """Its state, where it comes from, and how else its target is known."""
        return {
            "template": "sanctions/designation_panel.html",
            "designation": record,
            "identifiers": list(record.target.identifiers.all()[:20]),
            "others": Designation.objects.filter(target=record.target_id).exclude(pk=record.pk).count(),
        }

    # --- columns ------------------------------------------------------------------------------------------------------
    @admin.display(description="Target", ordering="target__name")
    def name(self, one: Designation) -> str:
        """Whom or what it names, and its id."""
        return format_html("{} <small>{}</small>", one.target.name, one.public_id)

    @admin.display(description="Listed", ordering="listed_on")
    def lasting(self, one: Designation) -> str:
        """From when until when."""
        return f"{one.listed_on or one.listed_as_written or '?'} – {one.ended_on or ''}".strip()

    @admin.display(description="State", ordering="state")
    def status(self, one: Designation) -> str:
        """Whether the public sees it."""
        return RecordState(one.state).label
