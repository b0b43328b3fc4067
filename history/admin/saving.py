"""Saving a record's form through its service, and showing again what the service refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.admin import helpers
from django.contrib.admin.utils import flatten, unquote
from django.core.exceptions import FieldDoesNotExist, PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponseRedirect

from history.admin.past import HistoryAdmin, is_closed
from history.admin.shared import without_side_doors
from history.record_forms import KnownSelect, RecordForm, RecordFormSet
from history.services import UnchangedError


class RefusedError(Exception):
    """A service refused what was entered; the form and the tables carry the reasons."""

    def __init__(self, form: RecordForm, formsets: Sequence[RecordFormSet]) -> None:
        super().__init__("refused")
        self.form, self.formsets = form, formsets


def _is_default(record: Model, name: str) -> bool:
    """Whether a field of a record is empty or as it is on a new one."""
    try:
        default = record._meta.get_field(name).get_default()  # type: ignore[union-attr]
    except (FieldDoesNotExist, AttributeError):
        default = None
    return getattr(record, name, None) in (None, "", False, default)


class SavingAdmin(HistoryAdmin):
    """How a record's form becomes a service call. Django's own saving of rows is never used."""

    change_form_template = "history/record_form.html"
    error_places: dict[str, str] = {}  # fields of the draft that are shown by a form field of another name

    # --- what each record's admin fills in ----------------------------------------------------------------------------
    def write(self, request: HttpRequest, form: RecordForm, rows: dict[str, RecordFormSet], *, publish: bool) -> Model:
        """Save by the record's services. Raises ``ValidationError`` by field of the draft."""
        raise NotImplementedError

    def told_after_saving(self, record: Any) -> tuple[str, list[str]]:
        """What to tell who saved: what was computed, and warnings that do not block."""
        return "", []

    def panel(self, record: Any) -> dict[str, Any] | None:
        """What the record's page shows above the form, for its panel template; ``None`` where there is nothing."""
        return None

    # --- the form -----------------------------------------------------------------------------------------------------
    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Choices of other records stay choices."""
        return without_side_doors(super().formfield_for_dbfield(db_field, request, **kwargs))

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Searching choices that bear whatever was sent."""
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", KnownSelect(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Groups of rarely used fields are folded, unless something stands in them."""
        return [(name, self._unfolded(options, obj)) for name, options in super().get_fieldsets(request, obj)]

    @staticmethod
    def _unfolded(options: Any, obj: Any) -> Any:
        if obj is None or all(_is_default(obj, name) for name in flatten(options["fields"])):
            return options
        return {**options, "classes": [one for one in options.get("classes", []) if one != "collapse"]}

    # --- permissions --------------------------------------------------------------------------------------------------
    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As Django has it, but a closed record is only looked at."""
        return super().has_change_permission(request, obj) and not is_closed(obj)

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
            self.nothing_to_save(request)
            return
        try:
            with transaction.atomic():
                saved = self.write(request, form, rows, publish=publish)
        except UnchangedError:
            self.nothing_to_save(request)
            return
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
            "show_publish": can_publish and editable and self._is_draft(obj),
            "can_close": can_publish and obj is not None and self._can_close(obj),
            "can_merge": self._can_merge(),
            "panel": self.panel(obj) if obj is not None else None,
            "record_editable": editable,
            "is_public": getattr(obj, "state", "") == "published",
        }
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _is_draft(self, obj: Any) -> bool:
        return obj is None or obj.state == "draft"

    def _can_close(self, obj: Any) -> bool:
        return not is_closed(obj)

    def _can_merge(self) -> bool:
        return False

    def response_post_save_add(self, request: HttpRequest, obj: Model) -> HttpResponseRedirect:
        """Stay with the record: its page shows what was computed."""
        return HttpResponseRedirect(self.address("change", obj.pk))

    def response_post_save_change(self, request: HttpRequest, obj: Model) -> HttpResponseRedirect:
        """Stay with the record."""
        return HttpResponseRedirect(self.address("change", obj.pk))
