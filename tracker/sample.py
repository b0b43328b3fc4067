"""A few reviewed records of February and March 2022, so that a first start shows totals at once.

They go through the same services as everything that staff enter, and stand in the tracker's own dataset.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from pledges import services as pledges
from pledges.drafts import EvidenceDraft, ItemDraft, PledgeDraft, ShareDraft
from pledges.models import Pledge
from reference.models import Party
from sanctions import services as sanctions
from sanctions.drafts import EvidenceDraft as SanctionEvidence
from sanctions.drafts import MeasureDraft, StepDraft
from sanctions.models import Measure

JOB = "sample"


def load_sample_records(*, now: datetime) -> int:
    """Enter and publish the sample records that are not there yet; returns how many are new."""
    ids = dict(Party.objects.values_list("code", "id"))
    made = 0
    for pledge in _pledges(ids):
        if not Pledge.objects.filter(origin_key=pledge.origin_key, dataset__key="tracker").exists():
            entered = pledges.create_pledge(pledge, now=now, job=JOB, why="Sample record")
            pledges.publish_pledge(entered.pk, now=now, job=JOB, why="Sample record")
            made += 1
    for measure in _measures(ids):
        if not Measure.objects.filter(origin_key=measure.origin_key, dataset__key="tracker").exists():
            put = sanctions.create_measure(measure, now=now, job=JOB, why="Sample record")
            sanctions.publish_measure(put.pk, now=now, job=JOB, why="Sample record")
            made += 1
    return made


def _pledge(key: str, day: date, quote: str, **fields: object) -> PledgeDraft:
    evidence = EvidenceDraft(
        url=f"https://example.org/sample/{key}", quote=quote, publisher="Sample dispatches", published_on=day
    )
    return PledgeDraft(
        origin_key=f"sample-{key}",
        announced_earliest=day,
        announced_latest=day,
        announced_precision="day",
        evidence=(evidence,),
        **fields,  # type: ignore[arg-type]
    )


def _pledges(ids: dict[str, int]) -> list[PledgeDraft]:
    ukraine = (ShareDraft(ids["UA"]),)
    return [
        _pledge(
            "italy-110m",
            date(2022, 2, 27),
            "Rome is paying 110 million euros to the government in Kyiv at once.",
            title="Italy: EUR 110 million for the Ukrainian government",
            donors=(ShareDraft(ids["IT"]),),
            recipients=ukraine,
            type="financial",
            stated=Decimal(110_000_000),
            currency="EUR",
        ),
        _pledge(
            "spain-equipment",
            date(2022, 2, 27),
            "Madrid sends Ukraine helmets, vests and other protective gear; it named no value.",
            title="Spain: military equipment",
            donors=(ShareDraft(ids["ES"]),),
            recipients=ukraine,
            type="military",
            in_kind=True,
        ),
        _pledge(
            "germany-weapons",
            date(2022, 2, 26),
            "Berlin will hand over 1,000 anti-tank weapons and 500 Stinger missiles.",
            title="Germany: anti-tank weapons and Stinger missiles",
            donors=(ShareDraft(ids["DE"]),),
            recipients=ukraine,
            type="military",
            in_kind=True,
            items=(
                ItemDraft(name="anti-tank weapons", category="portable_defence_system", quantity=Decimal(1000)),
                ItemDraft(name="Stinger missiles", category="portable_defence_system", quantity=Decimal(500)),
            ),
        ),
        _pledge(
            "sweden-military",
            date(2022, 2, 27),
            "Sweden adds 500 million kronor for the Ukrainian armed forces.",
            title="Sweden: SEK 500 million for the armed forces",
            donors=(ShareDraft(ids["SE"]),),
            recipients=ukraine,
            type="military",
            stated=Decimal(500_000_000),
            currency="SEK",
        ),
        _pledge(
            "nordic-relief",
            date(2022, 3, 4),
            "Norway and Denmark set aside up to 12 million euros together for relief.",
            title="Norway and Denmark: up to EUR 12 million for relief",
            donors=(ShareDraft(ids["NO"]), ShareDraft(ids["DK"])),
            recipients=ukraine,
            type="humanitarian",
            stated=Decimal(12_000_000),
            currency="EUR",
            qualifier="up_to",
        ),
    ]


def _measures(ids: dict[str, int]) -> list[MeasureDraft]:
    day = date(2022, 2, 28)
    return [
        MeasureDraft(
            title="EU and United Kingdom: central bank reserves of Russia frozen",
            origin_key="sample-reserves",
            imposers=(ids["EU"], ids["GB"]),
            targets=(ids["RU"],),
            types=("asset_freeze", "financial_restrictions"),
            steps=(StepDraft("impose", "adopted", day),),
            evidence=(
                SanctionEvidence(
                    url="https://example.org/sample/reserves",
                    quote="Brussels and London forbade all dealings with the reserves of Russia's central bank.",
                    publisher="Sample dispatches",
                    published_on=day,
                ),
            ),
        )
    ]
