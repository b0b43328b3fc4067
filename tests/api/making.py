"""Records for the API's tests, made through the services; and short ways to ask the API."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.test import Client

from ingestion.models import Article, Revision, Source, SourceKind, Story
from pledges.drafts import DeductionDraft, EvidenceDraft, ItemDraft, MoveDraft
from pledges.models import Pledge
from pledges.services import create_pledge, publish_pledge
from reference.models import Dataset, ImportBatch
from reference.services import tracker_dataset
from sanctions.drafts import DesignationDraft, IdentifierDraft, MeasureDraft, ProgrammeDraft, StepDraft, TargetDraft
from sanctions.drafts import EvidenceDraft as MeasureEvidenceDraft
from sanctions.listing import take_in_list
from sanctions.models import Designation, Measure, Programme
from sanctions.programmes import ensure_act, save_programmes
from sanctions.services import create_measure, publish_measure
from tests.builders import DAY, NOW, draft, euros, party, person

ROOT = "/api/v1/"
TEXT = "Before it. Rome will send EUR 110 million to Kyiv. After it."
QUOTE = "Rome will send EUR 110 million to Kyiv."


def get(path: str, status: int = 200, **query: str) -> Any:
    """The JSON of an answer of the API, whose status is checked."""
    answer = Client().get(ROOT + path, query)
    assert answer.status_code == status, answer.content
    return answer.json()


def article(title: str = "Rome pledges money", *, text: str = TEXT, url: str | None = None) -> Revision:
    """An article with one revision."""
    source, _ = Source.objects.get_or_create(
        name="A desk", defaults={"kind": SourceKind.SINGLE, "publisher": "A paper", "created_at": NOW}
    )
    address = f"https://example.org/{Article.objects.count()}" if url is None else url
    made = Article.objects.create(
        source=source, story=Story.objects.create(created_at=NOW), canonical_url=address or None, first_seen_at=NOW
    )
    return Revision.objects.create(
        article=made, number=1, title=title, text=text, content_hash=str(made.pk), language="en",
        published_at=datetime(2022, 2, 27, 9, 30, tzinfo=UTC), fetched_at=NOW,
    )  # fmt: skip


def quoting(revision: Revision, quote: str = QUOTE, **fields: Any) -> EvidenceDraft:
    """Evidence that quotes an article at its place."""
    start = revision.text.index(quote)
    return EvidenceDraft(quote=quote, revision_id=revision.pk, start=start, end=start + len(quote), **fields)


def rich_pledge(title: str = "Money and goods for Ukraine", *, children: int = 1, **fields: Any) -> Pledge:
    """A published pledge with everything that a pledge can have; ``children`` of each kind."""
    user = person()
    revision = article()
    given: dict[str, Any] = {
        **euros("110000000", qualifier="up_to"),
        "type": "mixed",
        "finance_type": "grant",
        "public_note": "Half of it was announced before.",
        "channel_id": party("WFP"),
        "financed_from_id": party("EPF"),
        "deductions": tuple(
            DeductionDraft(Decimal("10000000"), "raises", note="Told before.") for _ in range(min(children, 2))
        ),
        "items": tuple(
            ItemDraft(f"Generator {n}", category="energy", quantity=Decimal(12), ref=f"i{n}",
                      unit_price=Decimal("900.5"), price_currency="EUR", price_source="A price list")
            for n in range(children)
        ),
        "moves": tuple(
            MoveDraft("delivery", day=date(2022, 3, 1), item=f"i{n}", units=Decimal(4), ref=f"m{n}")
            for n in range(children)
        ),
        "evidence": tuple(
            quoting(revision, publisher="A paper", published_on=DAY, official=True, move=f"m{n}")
            if n == 0
            else EvidenceDraft(url=f"https://example.org/e{n}", quote="They said so.", move=f"m{n}")
            for n in range(children)
        ),
        **fields,
    }  # fmt: skip
    made = create_pledge(draft(title, **given), now=NOW, acting_user=user)
    publish_pledge(made.pk, now=NOW, acting_user=user)
    made.refresh_from_db()
    return made


def unpublished(title: str = "Not yet told", **fields: Any) -> Pledge:
    """A pledge that is still a draft."""
    return create_pledge(draft(title, **fields), now=NOW, acting_user=person())


def measure_draft(title: str = "A ban", **fields: Any) -> MeasureDraft:
    """A measure of the EU against Russia, adopted on ``DAY``."""
    given: dict[str, Any] = {
        "imposers": (party("EU"),),
        "targets": (party("RU"),),
        "types": ("asset_freeze",),
        "steps": (StepDraft(adopted_on=DAY, ref="s"),),
        "evidence": (
            MeasureEvidenceDraft(url="https://example.org/ban", quote="They froze it.", published_on=DAY, step="s"),
        ),
        **fields,
    }
    return MeasureDraft(title=title, **given)


def measure(title: str = "A ban", **fields: Any) -> Measure:
    """A published measure."""
    made = create_measure(measure_draft(title, **fields), now=NOW, acting_user=person())
    publish_measure(made.pk, now=NOW, acting_user=person())
    made.refresh_from_db()
    return made


def programme(
    key: str = "EU-X",
    name: str = "EU regime",
    *,
    issuer: str = "EU",
    dataset: Dataset | None = None,
    targets: tuple[str, ...] = ("RU",),
    measures: tuple[str, ...] = ("asset_freeze",),
) -> Programme:
    """A legal regime; in the tracker's own dataset, unless another is named."""
    made = ProgrammeDraft(
        key=key, name=name, issuer_id=party(issuer), targets=tuple(map(party, targets)), measures=measures,
        url="https://example.org/regime",
    )  # fmt: skip
    save_programmes([made], dataset=dataset or tracker_dataset())
    return Programme.objects.get(key=key)


def listing(key: str, name: str = "A Company", *, kind: str = "Company", aliases: tuple[str, ...] = (),
            **fields: Any) -> DesignationDraft:  # fmt: skip
    """A row of a list: a name with aliases and a number."""
    given: dict[str, Any] = {"annex": "I", "listed_on": DAY, **fields}
    names = (("name", name), *(("alias", one) for one in aliases))
    number = f"N{key.rpartition(':')[2]}"
    numbers = (IdentifierDraft("registration", number, f"No. {number}"),)
    return DesignationDraft(key, TargetDraft(kind, name, names, numbers, (("address", "A street"),)), **given)


def take_in(*rows: DesignationDraft, regime: Programme | None = None, day: date = DAY) -> list[Designation]:
    """A list of designations, taken in; the regime's act lists these and no others."""
    regime = regime or programme()
    act = ensure_act(regime, title="An act", identifier="32014R0001")
    batch = ImportBatch.objects.create(
        dataset=regime.dataset, file_name="A list", file_hash="0" * 64, started_at=NOW, finished_at=NOW
    )
    take_in_list(rows, act=act, batch=batch, day=day, now=NOW, job="a test")
    return list(Designation.objects.filter(act=act).order_by("pk"))
