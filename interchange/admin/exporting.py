"""Gives out what a list of the admin shows, by its filters and search, as CSV or XLSX.

Who may look at a list may export it, drafts among it as the list has them. Private notes are in it for those who may
change the records, since they are written for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from interchange.datatables import pledge_details as details
from interchange.datatables import pledges, sanctions
from interchange.writing import Row, Table, csv_lines, write_xlsx
from interchange.writing.xlsx import WorkbookTooLargeError
from pledges.models import Pledge
from sanctions.models import Designation, Measure, Programme

PRIVATE = "private_note"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Rows = Callable[[QuerySet[Any]], Iterator[Row]]


@dataclass(frozen=True, slots=True)
class ListForm:
    """A list's own table, and the tables of what belongs to its records, which a workbook has as further sheets."""

    table: Table
    rows: Rows
    more: tuple[tuple[Table, Rows], ...] = ()


FORMS: dict[type[Model], ListForm] = {
    Pledge: ListForm(
        pledges.STAFF_PLEDGES,
        lambda rows: pledges.pledge_rows(rows, staff=True),
        (
            (details.PLEDGE_DONORS, details.donor_rows),
            (details.PLEDGE_RECIPIENTS, details.recipient_rows),
            (details.ITEMS, details.item_rows),
            (details.MOVES, details.move_rows),
            (details.DEDUCTIONS, lambda rows: details.deduction_rows(rows, staff=True)),
            (details.PLEDGE_EVIDENCE, details.evidence_rows),
        ),
    ),
    Measure: ListForm(
        sanctions.STAFF_MEASURES,
        lambda rows: sanctions.measure_rows(rows, staff=True),
        ((sanctions.STEPS, sanctions.step_rows), (sanctions.MEASURE_EVIDENCE, sanctions.evidence_rows)),
    ),
    Programme: ListForm(
        sanctions.STAFF_PROGRAMMES,
        lambda rows: sanctions.programme_rows(rows, staff=True),
        ((sanctions.PROGRAMME_ACTS, sanctions.act_rows),),
    ),
    Designation: ListForm(sanctions.STAFF_DESIGNATIONS, lambda rows: sanctions.designation_rows(rows, staff=True)),
}
READ_ME = (
    "Exported from the tracker. Change cells, add rows, and hand the file in under “Corrections”: "
    "a dry run shows what becomes of each row before anything is kept.",
    "Leave id and version as they are. A new row has no id, or one that begins with new. "
    "A row that is missing is left as it is; write true into a column “remove” to take one out.",
)


def export_list(request: HttpRequest, app_label: str, model_name: str, form: str) -> HttpResponseBase:
    """The list with the filters of the request."""
    model = next((one for one in FORMS if (one._meta.app_label, one._meta.model_name) == (app_label, model_name)), None)
    if model is None or form not in ("csv", "xlsx"):
        raise Http404("There is no such list to export.")
    model_admin = admin.site._registry[model]
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    try:
        rows = model_admin.get_changelist_instance(request).get_queryset(request)
    except IncorrectLookupParameters:
        return HttpResponse("The filters of the list cannot be read; set them anew.", status=400)
    # Every row once, whatever the list joins for its search.
    rows = model._default_manager.filter(pk__in=rows.order_by().values("pk")).order_by("pk")
    private = model_admin.has_change_permission(request)
    name = f"{model._meta.verbose_name_plural}-{timezone.now():%Y-%m-%d}.{form}".replace(" ", "-")
    respond = _as_csv if form == "csv" else _as_workbook
    return respond(FORMS[model], rows, name, private=private)


def _own(table: Table, *, private: bool) -> Table:
    return table if private or PRIVATE not in table.names else table.only(*(n for n in table.names if n != PRIVATE))


def _as_csv(form: ListForm, rows: QuerySet[Any], name: str, *, private: bool) -> HttpResponseBase:
    lines = csv_lines(_own(form.table, private=private), form.rows(rows), mark=True)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _as_workbook(form: ListForm, rows: QuerySet[Any], name: str, *, private: bool) -> HttpResponseBase:
    sheets = [(_own(form.table, private=private), form.rows(rows)), *((table, made(rows)) for table, made in form.more)]
    target = TemporaryFile()  # noqa: SIM115 - the response closes it
    try:
        write_xlsx(target, sheets, read_me=READ_ME)
    except WorkbookTooLargeError as error:
        target.close()
        return HttpResponse(str(error), status=400, content_type="text/plain; charset=utf-8")
    target.seek(0)
    return FileResponse(target, as_attachment=True, filename=name, content_type=XLSX)
