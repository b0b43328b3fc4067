"""What the screens of the desk show: an article with its findings marked, decisions in words, forms in groups."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest

from ingestion.models import Candidate, Finding
from reference.models import Party
from review import selectors, services
from review.forms import ReviewForm
from review.links import article_address, candidate_address, link_to_record
from review.marking import Marked, Piece, cut
from review.models import UNDOABLE, Decision
from review.wording import edits_in_words, parties_named

Context = dict[str, Any]


def article_context(finding: Finding, told: list[selectors.Told], *, chosen: Candidate | None) -> Context:
    """A text with its findings marked, and the list of them."""
    revision = finding.revision
    places = [Marked(one.finding.pk, one.finding.start, one.finding.end) for one in told]
    by_key = {one.finding.pk: one for one in told}
    chosen_key = finding.pk if chosen is not None else None
    cuts = cut(revision.text, places)
    first = next((place for place, piece in enumerate(cuts) if chosen_key in piece.keys), -1)
    pieces = [_piece(piece, by_key, chosen_key, first=place == first) for place, piece in enumerate(cuts)]
    return {
        "revision": revision,
        "article": revision.article,
        "article_address": article_address(revision.article_id),
        "source": revision.article.source,
        "pieces": pieces,
        "told": [
            {
                "title": one.title,
                "candidate": one.candidate,
                "address": candidate_address(one.candidate.pk) if one.candidate else "",
                "chosen": one.finding.pk == chosen_key,
                "flags": ", ".join(one.finding.flags),
                "confidence": f"{one.finding.confidence:.0%}",
            }
            for one in told
        ],
    }


def _piece(piece: Piece, told: dict[int, selectors.Told], chosen: int | None, *, first: bool) -> Context:
    """One stretch of text for the template; a click on a mark leads to the shortest finding there but the chosen."""
    if not piece.keys:
        return {"text": piece.text}
    is_chosen = chosen in piece.keys
    others = [told[key] for key in piece.keys if key != chosen and told[key].candidate is not None]
    leads = others[0] if others else None
    here = told[chosen] if is_chosen and chosen is not None else told[piece.keys[0]]
    classes = ["chosen"] if is_chosen else []
    classes += [] if here.candidate is not None else ["flagged"]
    return {
        "text": piece.text,
        "marked": True,
        "first": first,
        "classes": " ".join([*classes, here.finding.kind]),
        "title": here.title,
        "address": candidate_address(leads.candidate.pk) if leads and leads.candidate else "",
    }


def decisions_in_words(decisions: Iterable[Decision]) -> list[Context]:
    """The decisions on a candidate, the newest first, with what can be undone."""
    rows = list(decisions)
    last = services.last_standing(rows)
    ids = set().union(*(parties_named(one.edits) for one in rows))
    parties = dict(Party.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}
    return [
        {
            "decision": one,
            "record": link_to_record(one.record) if one.record is not None else "",
            "record_state": one.record.get_state_display() if one.record is not None else "",
            "edits": edits_in_words(one.edits, parties),
            # Only the last decision can be taken back, and only one that decided something.
            "undoable": one is last and one.kind in UNDOABLE,
        }
        for one in rows
    ]


def layout_of(form: ReviewForm) -> list[tuple[str, list[list[Any]]]]:
    """The fields in groups, each in lines."""
    return [(heading, [[form[name] for name in line] for line in lines]) for heading, lines in form.LAYOUT]


def lock(form: ReviewForm) -> None:
    """Let nothing in a form be changed."""
    for field in form.fields.values():
        field.disabled = True
    for table in form.tables:
        for row in table.forms:
            for field in row.fields.values():
                field.disabled = True


def sentences(form: Form) -> str:
    """What is wrong in a form, in a row."""
    return " ".join(str(message) for messages_of in form.errors.values() for message in messages_of)


def staff(request: HttpRequest) -> User:
    """Who asks."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
