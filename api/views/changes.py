"""What was added, modified and withdrawn, for whoever keeps a mirror."""

from __future__ import annotations

from typing import Any

from django import forms
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from api.changes import MODELS, Place, after, before, place_of, public_changes
from api.corrections import corrections
from api.filters import read_form
from api.pages import Pages
from api.parameters import Codes, DatasetKey, Flag, PlaceInChanges
from api.schema import NOT_MODIFIED, problems
from api.serializers.changes import ChangesAnswer, CorrectionsAnswer
from api.views.base import PublicView
from history.models import ChangeCounter


class ChangesQuery(forms.Form):
    """Which changes are asked for."""

    since = PlaceInChanges(about="The `cursor` of the page before; without it, from the first change on.")
    dataset = DatasetKey(rows=True)
    kind = Codes(allowed=sorted(MODELS), about="Kinds of records.")


class ByCursor(PublicView):
    """A list that is followed by a cursor, with pages of a given size."""

    follows_history = True

    def known_names(self) -> list[str]:
        """The question and the size of a page."""
        return [*super().known_names(), "page_size"]

    def documented_parameters(self) -> list[OpenApiParameter]:
        """The question and the size of a page."""
        return [*super().documented_parameters(), Pages.documented_size()]


class ChangesView(ByCursor):
    """The changes of the public record."""

    query_form = ChangesQuery

    @extend_schema(
        operation_id="listChanges",
        tags=["changes"],
        summary="What was added, modified and withdrawn, in order",
        description="For mirrors: begin without `since`, then ask again with the `cursor` of each answer. Nothing is "
        "missed and nothing comes twice, however many write meanwhile, as changes are numbered in the order of their "
        "commits. A record stands once for each change that it had; fetch it at its address, as it is now.",
        responses={200: ChangesAnswer, **NOT_MODIFIED, **problems(400)},
    )
    def get(self, request: Request) -> Response:
        """A page of changes."""
        asked = read_form(ChangesQuery, request.query_params)
        size = Pages().get_page_size(request)
        begin = asked["since"] or Place(0)
        # Read first: whatever has a number up to this one is seen by the query after it.
        known = ChangeCounter.objects.filter(pk=1).values_list("last_seq", flat=True).first() or 0
        rows = list(after(public_changes(asked["dataset"], asked["kind"]).defer("state"), begin)[: size + 1])
        more, rows = len(rows) > size, rows[:size]
        end = _end(begin, rows[-1:], more=more, known=known)
        page: dict[str, Any] = {
            "cursor": str(end),
            "next": replace_query_param(request.build_absolute_uri(), "since", str(end)) if more else None,
            "results": rows,
        }
        return Response(ChangesAnswer(page, context={"request": request}).data)


def _end(begin: Place, last: list[Any], *, more: bool, known: int) -> Place:
    """The place after a page: after its last row, or, where nothing is left, after the last change that was known."""
    reached = place_of(last[0]) if last else begin
    return reached if more or known <= reached.seq else Place(known)


class CorrectionsQuery(forms.Form):
    """Which corrections are asked for."""

    before = PlaceInChanges(about="Only what was changed before this place; `next` has it for the next page.")
    dataset = DatasetKey(rows=True)
    kind = Codes(allowed=sorted(MODELS), about="Kinds of records.")
    figures_moved = Flag(about="Only where an amount was changed or a record taken back (`true`), or only others.")


class CorrectionsView(ByCursor):
    """What was changed after publication."""

    query_form = CorrectionsQuery

    @extend_schema(
        operation_id="listCorrections",
        tags=["changes"],
        summary="What was changed after publication, field by field",
        description="The latest first: corrected, withdrawn and merged records, each member as it was and as it "
        "became, and the public reason. A page looks at `page_size` changes and leaves out those of which the public "
        "sees nothing, so it may be short, or empty; `next` says whether there is more.",
        responses={200: CorrectionsAnswer, **NOT_MODIFIED, **problems(400)},
    )
    def get(self, request: Request) -> Response:
        """A page of corrections."""
        asked = read_form(CorrectionsQuery, request.query_params)
        size = Pages().get_page_size(request)
        rows = public_changes(asked["dataset"], asked["kind"], of_published=True)
        versions = list(before(rows, asked["before"])[: size + 1])
        more, versions = len(versions) > size, versions[:size]
        wanted = asked["figures_moved"]
        page: dict[str, Any] = {
            "next": replace_query_param(request.build_absolute_uri(), "before", str(place_of(versions[-1])))
            if more
            else None,
            "results": [one for one in corrections(versions) if wanted is None or one.figures_moved == wanted],
        }
        return Response(CorrectionsAnswer(page, context={"request": request}).data)
