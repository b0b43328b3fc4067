"""What the admin pages of all records share: saving through services, publishing, withdrawing, merging, history.

A record's admin says how its form becomes a service call (``write``); Django's own saving of rows is never used.
What the service refuses is shown beside the fields, and nothing is saved.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.contrib.admin.utils import flatten, unquote
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import FieldDoesNotExist, PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from history.record_forms import SHORT, KnownSelect, RecordForm, RecordFormSet
from history.selectors import versions_of
from history.wording import Vocabulary, entries

if TYPE_CHECKING:
    _ModelAdmin = admin.ModelAdmin[Any]
    _Inline = admin.options.InlineModelAdmin[Any, Any]
    _Tabular = admin.TabularInline[Any, Any]
    _Stacked = admin.StackedInline[Any, Any]
else:
    _ModelAdmin = admin.ModelAdmin
    _Inline = admin.options.InlineModelAdmin
    _Tabular = admin.TabularInline
    _Stacked = admin.StackedInline

# Records in these states are closed: they can be looked at, no longer changed.
CLOSED = ("withdrawn", "merged")
VERSIONS_A_PAGE = 50


def acting_user(request: HttpRequest) -> AbstractBaseUser:
    """The person who is logged in."""
    if not isinstance(request.user, AbstractBaseUser):
        raise PermissionDenied
    return request.user


def _is_default(record: Model, name: str) -> bool:
    """Whether a field of a record is empty or as it is on a new one."""
    try:
        default = record._meta.get_field(name).get_default()  # type: ignore[union-attr]
    except (FieldDoesNotExist, AttributeError):
        default = None
    return getattr(record, name, None) in (None, "", False, default)


class RefusedError(Exception):
    """A service refused what was entered; the form and the tables carry the reasons."""

    def __init__(self, form: RecordForm, formsets: Sequence[RecordFormSet]) -> None:
        super().__init__("refused")
        self.form, self.formsets = form, formsets


def without_side_doors(field: Any) -> Any:
    """A choice of another record without the links that add, change or delete that one from here."""
    if isinstance(getattr(field, "widget", None), RelatedFieldWidgetWrapper):
        wrapper = field.widget
        wrapper.can_add_related = wrapper.can_change_related = wrapper.can_delete_related = False
        wrapper.can_view_related = False
    return field


class RecordInline(_Inline):
    """A table of rows that belong to a record: who may change the record may change them."""

    formset = RecordFormSet
    extra = 0
    rows_when_new = 0

    def _parent_permission(self, request: HttpRequest, action: str, obj: Model | None) -> bool:
        if obj is not None and getattr(obj, "state", "") in CLOSED and action != "view":
            return False
        options = self.parent_model._meta
        return request.user.has_perm(f"{options.app_label}.{action}_{options.model_name}")

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """As for the record."""
        return self._parent_permission(request, "view", obj) or self._parent_permission(request, "change", obj)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """As for the record; who may add a record fills in its tables."""
        return self._parent_permission(request, "change" if obj is not None and obj.pk else "add", obj)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """As for changing the record."""
        return self.has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """As for changing the record."""
        return self.has_change_permission(request, obj)

    def get_extra(self, request: HttpRequest, obj: Model | None = None, **kwargs: Any) -> int:
        """Empty rows to begin with: only on a new record, and only where most records have one."""
        return self.rows_when_new if obj is None or obj.pk is None else 0

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """A table of many rows asks for the names of what they chose once, not row by row."""
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", KnownSelect(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Choices of other records stay choices."""
        return without_side_doors(super().formfield_for_dbfield(db_field, request, **kwargs))


class RecordTable(RecordInline, _Tabular):
    """One row a line."""


class RecordStack(RecordInline, _Stacked):
    """One row a block, for rows with many fields."""


class MergeForm(forms.Form):
    """Into which record another one is merged."""

    into: forms.ModelChoiceField[Any]
    why = forms.CharField(required=False, max_length=2000, widget=forms.Textarea(attrs=SHORT), label="Why")


class WithdrawForm(forms.Form):
    """Why a record is withdrawn."""

    reason = forms.CharField(
        max_length=2000,
        label="Reason",
        widget=forms.Textarea(attrs={"rows": 3, "cols": 80}),
        help_text="The public is told this reason in place of the record.",
        error_messages={"required": "Say why it is withdrawn; the public is told this reason."},
    )


class RecordAdmin(_ModelAdmin):
    """Base of the admin pages of pledges and measures."""

    record_kind = ""
    vocabulary = Vocabulary()
    change_form_template = "history/record_form.html"
    error_places: dict[str, str] = {}  # fields of the draft that are shown by a form field of another name
    list_per_page = 50
    show_full_result_count = False
    actions = ["publish_selected"]

    class Media:
        """How records look, on their list and on their page."""

        css = {"all": ["history/records.css"]}

    # --- what each record's admin fills in ----------------------------------------------------------------------------
    def write(self, request: HttpRequest, form: RecordForm, rows: dict[str, RecordFormSet], *, publish: bool) -> Model:
        """Save by the record's services. Raises ``ValidationError`` by field of the draft."""
        raise NotImplementedError

    def publish(self, request: HttpRequest, record_id: int) -> None:
        """Publish by the record's service."""
        raise NotImplementedError

    def withdraw(self, request: HttpRequest, record_id: int, reason: str) -> None:
        """Withdraw by the record's service."""
        raise NotImplementedError

    def merge(self, request: HttpRequest, record_id: int, into_id: int, why: str) -> None:
        """Merge by the record's service."""
        raise NotImplementedError

    def told_after_saving(self, record: Any) -> tuple[str, list[str]]:
        """What to tell who saved: what was computed, and warnings that do not block."""
        return "", []

    def panel(self, record: Any) -> dict[str, Any]:
        """What the record's page shows above the form, for its panel template."""
        return {}

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Choices of other records stay choices."""
        return without_side_doors(super().formfield_for_dbfield(db_field, request, **kwargs))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Groups of rarely used fields are folded, unless something stands in them."""
        return [(name, self._unfolded(options, obj)) for name, options in super().get_fieldsets(request, obj)]

    @staticmethod
    def _unfolded(options: Any, obj: Any) -> Any:
        if obj is None or all(_is_default(obj, name) for name in flatten(options["fields"])):
            return options
        return {**options, "classes": [one for one in options.get("classes", []) if one != "collapse"]}

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Searching choices that bear whatever was sent."""
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", KnownSelect(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    # --- permissions --------------------------------------------------------------------------------------------------
    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never: what was entered is withdrawn or merged, and stays in history."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As Django has it, but a closed record is only looked at."""
        return super().has_change_permission(request, obj) and (obj is None or obj.state not in CLOSED)

    def has_publish_permission(self, request: HttpRequest) -> bool:
        """Whether the person may publish, withdraw and merge."""
        return request.user.has_perm(f"{self.opts.app_label}.publish_{self.opts.model_name}")

    # --- saving -------------------------------------------------------------------------------------------------------
    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Django's view, which shows the form again where the service refused."""
        if "_publish" in request.POST and not self.has_publish_permission(request):
            raise PermissionDenied
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except RefusedError as refused:
            return self._show_again(request, object_id, refused)

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        """Nothing: the service writes the record together with its tables."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Hand everything to the service in one transaction, or show what it refuses."""
        rows: dict[str, RecordFormSet] = {formset.prefix: formset for formset in formsets}
        publish = "_publish" in request.POST
        if change and not publish and not form.changed() and not any(one.has_changed() for one in rows.values()):
            messages.info(request, "Nothing was changed, so nothing was saved.")
            return
        try:
            with transaction.atomic():
                saved = self.write(request, form, rows, publish=publish)
        except ValidationError as error:
            self._place(error, form, rows)
            raise RefusedError(form, formsets) from error
        form.instance.pk = saved.pk
        form.instance.refresh_from_db()
        said, warnings = self.told_after_saving(form.instance)
        if said:
            messages.success(request, said)
        for warning in warnings:
            messages.warning(request, warning)

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        """For Django's own list of recent actions; the real history is the record's."""
        return form.cleaned_data.get("why", "")

    def _place(self, error: ValidationError, form: RecordForm, rows: dict[str, RecordFormSet]) -> None:
        """Put each message beside the field, or above the table, that it is about."""
        by_field = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        for name, sentences in by_field.items():
            place = self.error_places.get(name, name)
            if place in rows:
                rows[place].refuse(sentences)
            else:
                form.add_error(place if place in form.fields else None, sentences)

    def _show_again(self, request: HttpRequest, object_id: str | None, refused: RefusedError) -> Any:
        form, formsets = refused.form, refused.formsets
        obj = self.get_object(request, unquote(object_id)) if object_id is not None else None
        inlines = self.get_inline_instances(request, obj)
        fieldsets: Any = list(self.get_fieldsets(request, obj))
        read_only = self.get_readonly_fields(request, obj)
        admin_form = helpers.AdminForm(form, fieldsets, {}, read_only, model_admin=self)
        tables = self.get_inline_formsets(request, list(formsets), inlines, obj)
        media = self.media + admin_form.media
        for table in tables:
            media += table.media
        verb = "Change" if obj is not None else "Add"
        context = {
            **self.admin_site.each_context(request),
            "title": f"{verb} {self.opts.verbose_name}",
            "subtitle": str(obj) if obj is not None else None,
            "adminform": admin_form,
            "object_id": object_id,
            "original": obj,
            "is_popup": False,
            "to_field": None,
            "media": media,
            "inline_admin_formsets": tables,
            "errors": helpers.AdminErrorList(form, formsets),
            "preserved_filters": self.get_preserved_filters(request),
        }
        return self.render_change_form(request, context, add=obj is None, change=obj is not None, obj=obj)

    def render_change_form(  # noqa: PLR0917 - as Django has it
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> Any:
        """Add what the record's page shows besides the form."""
        can_publish = self.has_publish_permission(request)
        editable = self.has_change_permission(request, obj) if obj is not None else self.has_add_permission(request)
        context |= {
            "show_save_and_continue": False,
            "show_publish": can_publish and editable and (obj is None or obj.state == "draft"),
            "can_close": can_publish and obj is not None and obj.state not in CLOSED,
            "panel": self.panel(obj) if obj is not None else None,
            "record_editable": editable,
        }
        return super().render_change_form(request, context, add, change, form_url, obj)

    def response_post_save_add(self, request: HttpRequest, obj: Model) -> HttpResponseRedirect:
        """Stay with the record: its page shows what was computed."""
        return HttpResponseRedirect(self._address("change", obj.pk))

    def response_post_save_change(self, request: HttpRequest, obj: Model) -> HttpResponseRedirect:
        """Stay with the record."""
        return HttpResponseRedirect(self._address("change", obj.pk))

    # --- publishing, withdrawing, merging -----------------------------------------------------------------------------
    def get_urls(self) -> list[URLPattern]:
        """Django's pages, and those for withdrawing and merging."""
        own = [
            path(f"<path:object_id>/{name}/", self.admin_site.admin_view(view), name=self._name(name))
            for name, view in (("withdraw", self.withdraw_view), ("merge", self.merge_view))
        ]
        return [*own, *super().get_urls()]

    def _name(self, page: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{page}"

    def _address(self, page: str, record_id: int) -> str:
        return reverse(f"{self.admin_site.name}:{self._name(page)}", args=[record_id])

    @admin.action(description="Publish the selected records", permissions=["publish"])
    def publish_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Publish each by itself; those that cannot be are named with the reason."""
        published = 0
        for record in queryset.order_by("pk"):
            try:
                self.publish(request, record.pk)
                published += 1
            except ValidationError as error:
                messages.error(request, f"{record} was not published. {' '.join(error.messages)}")
        if published:
            messages.success(request, f"{published} published.")

    def withdraw_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask for the public reason, then withdraw."""
        record = self._closable(request, object_id)
        form = WithdrawForm(request.POST or None)
        return self._act(
            request,
            record,
            form,
            lambda: self.withdraw(request, record.pk, form.cleaned_data["reason"]),
            words=("Withdraw", "It leaves the public record. Its address then answers with the reason.", "withdrawn"),
        )

    def merge_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask into which record, then merge."""
        record = self._closable(request, object_id)
        form = MergeForm(request.POST or None)
        candidates = self.model._default_manager.exclude(pk=record.pk).exclude(state__in=CLOSED)
        form.fields["into"] = forms.ModelChoiceField(
            candidates,
            label="Into",
            widget=KnownSelect(self.model._meta.get_field("merged_into"), self.admin_site),
            help_text="The record that stays. Evidence moves there, and the old address leads there.",
            error_messages={"required": "Choose the record that stays."},
        )
        form.order_fields(["into", "why"])
        return self._act(
            request,
            record,
            form,
            lambda: self.merge(request, record.pk, form.cleaned_data["into"].pk, form.cleaned_data["why"]),
            words=("Merge", "For two records of one and the same thing.", "merged"),
        )

    def _closable(self, request: HttpRequest, object_id: str) -> Any:
        if not self.has_publish_permission(request) or not self.has_view_or_change_permission(request):
            raise PermissionDenied
        record = self.get_object(request, unquote(object_id))
        if record is None or record.state in CLOSED:
            raise PermissionDenied
        return record

    def _act(
        self,
        request: HttpRequest,
        record: Any,
        form: forms.Form,
        act: Callable[[], None],
        *,
        words: tuple[str, str, str],
    ) -> HttpResponse:
        if request.method == "POST" and form.is_valid():
            try:
                act()
            except ValidationError as error:
                form.add_error(None, error.messages)
            else:
                messages.success(request, f"{record.public_id} was {words[2]}.")
                return HttpResponseRedirect(self._address("change", record.pk))
        context = {
            **self.admin_site.each_context(request),
            "title": f"{words[0]} {record}",
            "explanation": words[1],
            "button": words[0],
            "form": form,
            "media": self.media + form.media,
            "opts": self.opts,
            "original": record,
        }
        return TemplateResponse(request, "history/record_action.html", context)

    # --- history ------------------------------------------------------------------------------------------------------
    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> Any:
        """Who changed what, when and why, field by field."""
        record = self.get_object(request, unquote(object_id))
        if record is None:
            raise Http404(f"There is no {self.opts.verbose_name} with the id {object_id}.")
        if not self.has_view_or_change_permission(request, record):
            raise PermissionDenied
        page = Paginator(versions_of(self.record_kind, record.pk), VERSIONS_A_PAGE).get_page(request.GET.get("p"))
        first = page.start_index() - 1 if page.paginator.count else 0
        # One more than the page shows: the oldest on it is told against the one before.
        versions = list(versions_of(self.record_kind, record.pk)[first : first + VERSIONS_A_PAGE + 1])
        context = {
            **self.admin_site.each_context(request),
            "title": f"History of {record}",
            "entries": entries(self.model, versions, self.vocabulary, shown=VERSIONS_A_PAGE),
            "page": page,
            "opts": self.opts,
            "original": record,
            **(extra_context or {}),
        }
        return TemplateResponse(request, "history/record_history.html", context)
