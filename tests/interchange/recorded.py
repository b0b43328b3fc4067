"""A small record with something in every table, made by the services."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from pledges.drafts import DeductionDraft, EvidenceDraft, ItemDraft, MoveDraft, PledgeDraft, ShareDraft
from pledges.models import Pledge
from pledges.services import create_pledge, publish_pledge
from reference.services import tracker_dataset
from sanctions.designating import DesignationEntry, create_designation, publish_designation
from sanctions.drafts import EvidenceDraft as MeasureEvidence
from sanctions.drafts import MeasureDraft, StepDraft
from sanctions.models import Designation, LegalAct, Measure, Programme, Target
from sanctions.services import create_measure, publish_measure
from tests.builders import DAY, NOW, draft, euros, party, person


def full_draft(title: str = "=A joint gift", **fields: Any) -> PledgeDraft:
    """A joint pledge with shares, an item, moves, a deduction and evidence of each kind."""
    given: dict[str, Any] = {
        **euros("100"),
        "public_note": "Seen in\ntwo papers; both agree.",
        "private_note": "Ask again.",
        "type": "mixed",
        "channel_id": party("WFP"),
        "deductions": (DeductionDraft(Decimal(10), "raises", note="from ten"),),
        "items": (ItemDraft("Tents", "shelter", quantity=Decimal(12), unit="piece", ref="tents"),),
        "moves": (
            MoveDraft("commitment", DAY, ref="vote"),
            MoveDraft("delivery", DAY, item="tents", units=Decimal(2), note="by lorry"),
        ),
        "evidence": (
            EvidenceDraft("https://example.org/a", "They announced it.", "A Paper", DAY, official=True),
            EvidenceDraft("https://example.org/b", "The house agreed.", move="vote"),
        ),
    }
    donors = (ShareDraft(party("IT"), Decimal(60)), ShareDraft(party("FR"), Decimal("39.5")))
    return replace(draft(title, **{**given, **fields}), donors=donors)


def joint(title: str = "=A joint gift", *, public: bool = True, **fields: Any) -> Pledge:
    """The same in the record."""
    made = create_pledge(full_draft(title, **fields), now=NOW, acting_user=person())
    if public:
        publish_pledge(made.pk, now=NOW, acting_user=person())
    made.refresh_from_db()
    return made


def measure(title: str = "A freeze", *, public: bool = True) -> Measure:
    """A measure with a programme, two imposers, a step and evidence."""
    programme, _ = Programme.objects.get_or_create(
        key="own-regime", defaults={"name": "A regime", "dataset": tracker_dataset(), "measures_provided": ["tariff"]}
    )
    LegalAct.objects.get_or_create(programme=programme, identifier="1/2022", defaults={"title": "Act 1/2022"})
    made = create_measure(
        MeasureDraft(
            title=title,
            imposers=(party("IT"), party("FR")),
            targets=(party("RU"),),
            types=("asset_freeze", "travel_ban"),
            programme_id=programme.pk,
            private_note="Unsure.",
            steps=(StepDraft(adopted_on=date(2022, 2, 25), applies_from=date(2022, 2, 26), ref="one"),),
            evidence=(MeasureEvidence("https://example.org/c", "They froze it.", step="one"),),
        ),
        now=NOW,
        acting_user=person(),
    )
    if public:
        publish_measure(made.pk, now=NOW, acting_user=person())
    made.refresh_from_db()
    return made


def designation(*, public: bool = True, **fields: Any) -> Designation:
    """A person listed under the act of the same programme, with a day of beginning."""
    programme, _ = Programme.objects.get_or_create(
        key="own-regime", defaults={"name": "A regime", "dataset": tracker_dataset(), "measures_provided": ["tariff"]}
    )
    act, _ = LegalAct.objects.get_or_create(
        programme=programme, identifier="1/2022", defaults={"title": "Act 1/2022", "adopted_on": date(2022, 2, 25)}
    )
    target, _ = Target.objects.get_or_create(public_id="T00000000001", defaults={"kind": "Person", "name": "Ann Own"})
    entry = DesignationEntry(target.pk, programme.pk, act.pk, listed_on=date(2022, 2, 25))
    made = create_designation(replace(entry, **fields), now=NOW, acting_user=person())
    if public:
        publish_designation(made.pk, now=NOW, acting_user=person())
    made.refresh_from_db()
    return made
