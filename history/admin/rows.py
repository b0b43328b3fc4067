"""Admin pages of what records refer to: plain forms, each saving of which is a numbered change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone

from history.admin.past import HistoryAdmin
from history.admin.shared import acting_user, without_side_doors
from history.record_forms import ABOUT_THE_CHANGE, KnownFormSet, KnownSelect, KnownSelectMultiple
from history.rows import RowKind, restore_row, save_row
from history.services import UnchangedError

if TYPE_CHECKING:
    _Tabular = admin.TabularInline[Any, Any]
else:
    _Tabular = admin.TabularInline


class RowAdmin(HistoryAdmin):
    """Base of the admin pages of parties, programmes, datasets, …"""

    kind: RowKind
    change_form_template = "history/record_form.html"

    def __init__(self, model: type[Model], admin_site: admin.AdminSite) -> None:
        super().__init__(model, admin_site)
        self.record_kind, self.entered = self.kind.name, self.kind.entered

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Choices of other records stay choices."""
        return without_side_doors(super().formfield_for_dbfield(db_field, request, **kwargs))

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Searching choices that bear whatever was sent."""
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", KnownSelect(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """The same for several."""
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", KnownSelectMultiple(db_field, self.admin_site))
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def render_change_form(  # noqa: PLR0917 - as Django has it
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> Any:
        """With the reason below the form, for who may change it."""
        editable = self.has_change_permission(request, obj) if obj is not None else self.has_add_permission(request)
        context |= {"record_editable": editable and not context.get("is_popup")}
        return super().render_change_form(request, context, add, change, form_url, obj)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What is said of the change stands below the form."""
        return [name for name in super().get_fields(request, obj) if name not in ABOUT_THE_CHANGE]

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        """Nothing yet: the row and its tables are written together."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Write the row and its tables as one numbered change."""

        def write() -> Model:
            self.write_row(request, form.instance)
            super(RowAdmin, self).save_related(request, form, formsets, change)
            return form.instance  # type: ignore[no-any-return]

        try:
            save_row(
                self.kind,
                form.instance.pk if change else None,
                write,
                now=timezone.now(),
                acting_user=acting_user(request),
                why=form.cleaned_data.get("why", ""),
            )
        except UnchangedError:
            self.nothing_to_save(request)
        else:
            self.tell_after_saving(request, form.instance)

    def write_row(self, request: HttpRequest, row: Any) -> None:
        """Write the row itself; a room that has more to say of it does so here."""
        row.save()

    def tell_after_saving(self, request: HttpRequest, row: Any) -> None:
        """A further message after saving."""

    def restore(self, request: HttpRequest, record: Any, seq: int, said: dict[str, Any]) -> None:
        """By the service of rows."""
        restore_row(
            self.kind,
            record.pk,
            seq=seq,
            now=timezone.now(),
            acting_user=acting_user(request),
            why=said["why"],
            based_on=said["based_on"],
        )


class RowTable(_Tabular):
    """A table of a row's page: who may change the row may change it."""

    extra = 0
    formset = KnownFormSet

    def _of_parent(self, request: HttpRequest, action: str) -> bool:
        options = self.parent_model._meta
        return request.user.has_perm(f"{options.app_label}.{action}_{options.model_name}")

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """As for the row."""
        return self._of_parent(request, "view") or self._of_parent(request, "change")

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """As for the row; who may add one fills in its tables."""
        return self._of_parent(request, "change" if obj is not None and obj.pk else "add")

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """As for changing the row."""
        return self.has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """As for changing the row; what goes stays in its history."""
        return self.has_change_permission(request, obj)

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """A table of many rows asks for the names of what they chose once, not row by row."""
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", KnownSelect(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Choices of other records stay choices."""
        return without_side_doors(super().formfield_for_dbfield(db_field, request, **kwargs))


class ReadOnlyAdmin(HistoryAdmin):
    """To look at: other parts of the tracker write these rows."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False
