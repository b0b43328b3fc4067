"""Made-up rows to measure the desk with: sources, articles with candidates, pledges. The same seed, the same rows."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

from benchmarks.articles import PATTERNS, SLOTS
from extraction.contract import Amount, Goods, PledgeFinding, SanctionFinding
from extraction.jsonl import finding_as_dict
from ingestion.models import Article, Candidate, CandidateFinding, Finding, Revision, Source, SourceKind, Story
from ingestion.services import claim_key
from ingestion.services.extracting import kind_of
from ingestion.services.weighing import put_in_place
from pledges.bulk import Entry, import_pledges
from pledges.drafts import EvidenceDraft, ItemDraft, MoveDraft, PledgeDraft, ShareDraft
from reference.models import ImportBatch, Party
from reference.services import tracker_dataset

Say = Callable[[str], None]
Claim = PledgeFinding | SanctionFinding
TYPES = ("military", "financial", "humanitarian", "mixed", "unspecified")
CURRENCIES = ("EUR", "EUR", "USD", "USD", "GBP", "SEK", "NOK", "PLN", "JPY", "UAH")
GOODS = (
    ("howitzers", "heavy_weapon"),
    ("helmets", "military_equipment"),
    ("field hospitals", "medical"),
    ("tents", "shelter"),
    ("transformers", "energy"),
    ("anti-tank weapons", "portable_defence_system"),
)
SUMS = (1, 2, 3, 5, 8, 10, 12, 15, 20, 25, 30, 40, 50, 75, 100, 110, 150, 200, 250, 300, 500, 750, 1000)  # millions
CLAIMS_AN_ARTICLE = 5
ARTICLES_AT_ONCE = 200
PLEDGES_AT_ONCE = 10_000
FIRST_DAY = date(2022, 2, 1)
DAYS = 1400


def make_candidates(wanted: int, *, now: datetime, say: Say, seed: int = 1) -> None:
    """Articles of twenty sources, five claims each, found over the last thirty days; all of them wait."""
    chance = random.Random(seed)  # noqa: S311  # for measuring only
    sources = [
        Source.objects.create(
            name=f"{place} Courier {number}",
            kind=SourceKind.SINGLE,
            publisher=f"{place} Courier",
            official=number % 5 == 0,
            created_at=now,
        )
        for number, place in enumerate((*SLOTS["town"],) * 3)
    ][:20]
    made = 0
    while made < wanted:
        made += _some_articles(min(ARTICLES_AT_ONCE, (wanted - made) // CLAIMS_AN_ARTICLE), sources, chance, now)
        if made % 10_000 == 0:
            say(f"{made:,} candidates made")


def _some_articles(how_many: int, sources: list[Source], chance: random.Random, now: datetime) -> int:
    found = [now - timedelta(minutes=chance.randrange(30 * 24 * 60)) for _ in range(how_many)]
    stories = Story.objects.bulk_create([Story(created_at=at) for at in found])
    articles = Article.objects.bulk_create(
        [
            Article(
                source=chance.choice(sources),
                story=story,
                canonical_url=f"https://news.example.org/{story.pk}",
                first_seen_at=story.created_at,
            )
            for story in stories
        ]
    )
    told = [_told(chance) for _ in articles]
    revisions = Revision.objects.bulk_create(
        [
            Revision(
                article=article,
                number=1,
                title=f"{claims[0].quote[:70]}",
                text=text,
                content_hash=f"1:{article.pk}",
                published_at=article.first_seen_at,
                fetched_at=article.first_seen_at,
                extract_state="done",
                extractor_version="made-1",
            )
            for article, (text, claims) in zip(articles, told, strict=True)
        ]
    )
    rows = [
        (revision, place, claim)
        for revision, (_, claims) in zip(revisions, told, strict=True)
        for place, claim in enumerate(claims)
    ]
    findings = Finding.objects.bulk_create([_finding(*row) for row in rows], batch_size=200)
    candidates = [_candidate(row, claim) for row, (_, _, claim) in zip(findings, rows, strict=True)]
    for one in candidates:
        put_in_place([one], official=one.finding.revision.article.source.official)
    Candidate.objects.bulk_create(candidates, batch_size=200)
    CandidateFinding.objects.bulk_create([CandidateFinding(candidate=one, finding=one.finding) for one in candidates])
    return len(candidates)


def _finding(revision: Revision, place: int, claim: Claim) -> Finding:
    return Finding(
        revision=revision,
        extractor_version="made-1",
        position=place,
        kind=kind_of(claim),
        payload=finding_as_dict(claim),
        quote=claim.quote,
        start=claim.start,
        end=claim.end,
        confidence=Decimal(str(claim.confidence)),
        created_at=revision.fetched_at,
    )


def _candidate(row: Finding, claim: Claim) -> Candidate:
    return Candidate(
        story_id=row.revision.article.story_id,
        kind=row.kind,
        claim_key=f"{claim_key(claim)}"[:60] + str(row.position),
        finding=row,
        created_at=row.created_at,
    )


def _told(chance: random.Random) -> tuple[str, list[Claim]]:
    """A text of about 3,000 signs with five claims in it, each at its place."""
    lines: list[str] = []
    claims: list[Claim] = []
    length = 0
    for number in range(CLAIMS_AN_ARTICLE):
        claim = _sanction(chance) if number == CLAIMS_AN_ARTICLE - 1 and chance.random() < 0.5 else _aid(chance)
        around = " ".join(_filled(chance) for _ in range(6))
        start = length + len(around) + 1
        claims.append(_at(claim, start))
        lines.append(f"{around} {claim.quote}.")
        length += len(lines[-1]) + 1
    return "\n".join(lines), claims


def _at(claim: Claim, start: int) -> Claim:
    values = {name: getattr(claim, name) for name in claim.__slots__}
    return type(claim)(**{**values, "start": start, "end": start + len(claim.quote)})


def _filled(chance: random.Random) -> str:
    return chance.choice(PATTERNS).format(**{name: chance.choice(words) for name, words in SLOTS.items()})


_DONORS: list[tuple[str, str]] = []


def _donor(chance: random.Random) -> tuple[str, str]:
    if not _DONORS:
        _DONORS.extend(Party.objects.filter(kind="country").order_by("code").values_list("code", "name")[:60])
    return chance.choice(_DONORS)


def _aid(chance: random.Random) -> PledgeFinding:
    code, name = _donor(chance)
    millions, currency = chance.choice(SUMS), chance.choice(CURRENCIES)
    goods, category = chance.choice(GOODS)
    priced = chance.random() < 0.7
    words = f"{name} will give Ukraine {currency} {millions} million" if priced else f"{name} sends Ukraine {goods}"
    return PledgeFinding(
        quote=words,
        start=0,
        end=1,
        donors=(code,),
        recipients=("UA",),
        type=chance.choice(TYPES),  # type: ignore[arg-type]  # one of the codes
        in_kind=not priced,
        amount=Amount(Decimal(millions * 1_000_000), currency) if priced else None,
        goods=() if priced else (Goods(name=goods, category=category),),
        confidence=chance.choice((0.4, 0.6, 0.75, 0.85, 0.95)),
    )


def _sanction(chance: random.Random) -> SanctionFinding:
    code, name = _donor(chance)
    return SanctionFinding(
        quote=f"{name} froze the assets of Russian banks",
        start=0,
        end=1,
        imposers=(code,),
        targets=("RU",),
        measures=("asset_freeze",),
        confidence=chance.choice((0.5, 0.7, 0.9)),
    )


def make_pledges(wanted: int, *, now: datetime, say: Say, seed: int = 2) -> None:
    """Published pledges of sixty donors, three in four with a value, over four years; by the bulk service."""
    chance = random.Random(seed)  # noqa: S311  # for measuring only
    parties = dict(Party.objects.values_list("code", "pk"))
    donors = list(Party.objects.filter(kind="country").order_by("code").values_list("code", "name")[:60])
    entries = iter(Entry(_pledge(number, chance, donors, parties)) for number in range(wanted))
    done = 0
    for some in _chunks(entries, PLEDGES_AT_ONCE):
        batch = ImportBatch.objects.create(
            dataset=tracker_dataset(), file_name="made up", file_hash="0" * 64, started_at=now
        )
        # A month between the batches, so that not all were published this week.
        at = now - timedelta(days=30 * max(0, (wanted - done) // PLEDGES_AT_ONCE - 1))
        import_pledges(some, batch=batch, now=at, job="benchmark")
        done += len(some)
        say(f"{done:,} pledges made")


def _pledge(number: int, chance: random.Random, donors: list[tuple[str, str]], parties: dict[str, int]) -> PledgeDraft:
    code, name = chance.choice(donors)
    day = FIRST_DAY + timedelta(days=chance.randrange(DAYS))
    goods, category = chance.choice(GOODS)
    millions, currency = chance.choice(SUMS), chance.choice(CURRENCIES[:-1])
    priced = chance.random() < 0.75
    value: dict[str, Any] = {"stated": Decimal(millions * 1_000_000), "currency": currency} if priced else {}
    items = () if priced else (ItemDraft(goods, category, quantity=Decimal(chance.randrange(1, 500))),)
    moves = (MoveDraft("commitment", day),) if chance.random() < 0.4 else ()
    return PledgeDraft(
        title=f"{name}: {currency} {millions} million" if priced else f"{name}: {goods}",
        origin_key=f"made-{number}",
        donors=(ShareDraft(parties[code]),),
        recipients=(ShareDraft(parties["UA"]),),
        type=chance.choice(TYPES),
        in_kind=not priced,
        announced_earliest=day,
        announced_latest=day,
        announced_precision="day",
        items=items,
        moves=moves,
        evidence=(EvidenceDraft(dataset_row=f"Row {number}"),),
        **value,
    )


def _chunks(entries: Iterator[Entry], size: int) -> Iterator[list[Entry]]:
    while some := list(islice(entries, size)):
        yield some
