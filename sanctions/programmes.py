"""Takes in legal regimes and their acts, so that staff pick a programme instead of typing it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction

from history.fitting import Row, misfits
from history.refusing import Problem, refuse
from reference.models import Dataset
from reference.services import TRACKER_DATASET
from sanctions.drafts import ProgrammeDraft
from sanctions.models import LegalAct, MeasureKind, Programme


@dataclass(slots=True)
class ProgrammesSaved:
    """Keys of the programmes that were made, changed and left alone."""

    made: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)


@transaction.atomic
def save_programmes(drafts: Sequence[ProgrammeDraft], *, dataset: Dataset) -> ProgrammesSaved:
    """Make the dataset's programmes what the drafts say. Raises ``ValidationError`` for what cannot be kept.

    A programme that staff entered is left alone. One that another import made, knowing less of it, is taken over.
    """
    saved = ProgrammesSaved()
    keys = [draft.key for draft in drafts]
    standing = {one.key: one for one in Programme.objects.filter(key__in=keys).select_related("dataset")}
    for draft in drafts:
        refuse(_problems(draft))
        programme = standing.get(draft.key)
        if programme is None:
            made, new = Programme.objects.get_or_create(key=draft.key, defaults={**_columns(draft), "dataset": dataset})
            if new:
                made.targets.set(draft.targets)
            # Otherwise another import made it at this moment.
            (saved.made if new else saved.unchanged).append(draft.key)
        elif programme.dataset.key == TRACKER_DATASET or (
            programme.dataset_id == dataset.pk and _same(programme, draft)
        ):
            saved.unchanged.append(draft.key)
        else:
            programme.dataset = dataset
            for name, value in _columns(draft).items():
                setattr(programme, name, value)
            programme.save()
            programme.targets.set(draft.targets)
            saved.updated.append(draft.key)
    return saved


def _columns(draft: ProgrammeDraft) -> dict[str, object]:
    return {
        "key": draft.key,
        "name": draft.name,
        "issuer_id": draft.issuer_id,
        "issuer_as_written": draft.issuer_as_written,
        "measures_provided": list(draft.measures),
        "url": draft.url,
    }


def _same(programme: Programme, draft: ProgrammeDraft) -> bool:
    columns = all(getattr(programme, name) == value for name, value in _columns(draft).items())
    return columns and set(programme.targets.values_list("pk", flat=True)) == set(draft.targets)


def _problems(draft: ProgrammeDraft) -> list[Problem]:
    columns = {name: value for name, value in _columns(draft).items() if name != "issuer_id"}
    found = [Problem(name, words) for name, words in misfits([Row(Programme, columns)])]
    if not draft.key or not draft.name:
        found.append(Problem("name", "A programme needs a key and a name."))
    unknown = [code for code in draft.measures if code not in MeasureKind.values]
    if unknown:
        found.append(Problem("measures_provided", f"{', '.join(unknown)}: no measure type of ours."))
    return found


@transaction.atomic
def ensure_act(
    programme: Programme, *, title: str, identifier: str, adopted_on: date | None = None, url: str = ""
) -> LegalAct:
    """The programme's act with that number; made where it is missing."""
    act, _ = LegalAct.objects.get_or_create(
        programme=programme,
        identifier=identifier,
        defaults={"title": title, "adopted_on": adopted_on, "url": url},
    )
    return act
