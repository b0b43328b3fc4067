"""Short ways to make what the desk works on: an article, its reading, its candidates."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from django.contrib.auth.models import Permission, User

from extraction.contract import Amount, Finding, Goods, PledgeFinding, SanctionFinding
from extraction.jsonl import finding_as_dict
from ingestion import models as ingestion
from ingestion.models import Candidate, CandidateFinding, Source, SourceKind, Story
from ingestion.services.weighing import put_in_place
from reference.models import Party, PartyKind

NOW = datetime(2022, 3, 1, 9, 0, tzinfo=UTC)
DAY = date(2022, 2, 27)
TEXT = (
    "Madrid will ship crates of kit to Kyiv.\n"
    "Rome pays €110m to Ukraine’s treasury at once.\n"
    "Prague and Athens add more material help.\n"
    "Western capitals have put harsh sanctions on Moscow."
)
_numbers = count(1)


def user(name: str = "rita", *, permissions: tuple[str, ...] = ("review.add_decision",), chief: bool = False) -> User:
    """A member of staff with some permissions, or a superuser."""
    made = User.objects.create_user(name, password="a long pass phrase", is_staff=True, is_superuser=chief)
    for one in permissions:
        app, _, codename = one.partition(".")
        made.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    return made


def parties() -> None:
    """The parties of the text."""
    names = {"ES": "Spain", "IT": "Italy", "CZ": "Czechia", "GR": "Greece", "UA": "Ukraine", "RU": "Russia"}
    for code, name in names.items():
        Party.objects.get_or_create(code=code, defaults={"name": name, "kind": PartyKind.COUNTRY})


def article(text: str = TEXT, *, title: str = "Help for Kyiv", **fields: Any) -> ingestion.Revision:
    """An article of a source, with one revision."""
    source, _ = Source.objects.get_or_create(
        name=fields.pop("source", "Dispatches"),
        defaults={"kind": SourceKind.SINGLE, "publisher": "Evening Dispatch", "created_at": NOW},
    )
    story = fields.pop("story", None) or Story.objects.create(created_at=NOW)
    made = ingestion.Article.objects.create(
        source=source,
        story=story,
        canonical_url=fields.pop("url", f"https://example.org/{next(_numbers)}"),
        first_seen_at=NOW,
    )
    values = {"published_at": datetime(2022, 2, 27, 8, 0, tzinfo=UTC), "fetched_at": NOW, **fields}
    return ingestion.Revision.objects.create(
        article=made, number=1, title=title, text=text, content_hash=f"1:{next(_numbers)}", **values
    )


def stored(revision: ingestion.Revision, finding: Finding, position: int = 0) -> ingestion.Finding:
    """A finding of the revision, as a reading stores it; ``quote`` says where it stands."""
    start = revision.text.index(finding.quote)
    finding = replace(finding, start=start, end=start + len(finding.quote))
    return ingestion.Finding.objects.create(
        revision=revision,
        extractor_version="test-1",
        position=position,
        kind="pledge" if isinstance(finding, PledgeFinding) else "sanction",
        payload=finding_as_dict(finding),
        quote=finding.quote,
        start=finding.start,
        end=finding.end,
        flags=sorted(finding.flags),
        confidence=Decimal(str(finding.confidence)),
        created_at=NOW,
    )


def candidate(revision: ingestion.Revision, finding: Finding, position: int = 0, **fields: Any) -> Candidate:
    """A candidate that one finding carries."""
    row = stored(revision, finding, position)
    values = {"created_at": NOW, **fields}
    made = Candidate(
        story=revision.article.story, kind=row.kind, claim_key=f"1:{next(_numbers)}", finding=row, **values
    )
    put_in_place([made], official=revision.article.source.official)
    made.save()
    CandidateFinding.objects.create(candidate=made, finding=row)
    return made


def pledge(quote: str, *donors: str, **fields: Any) -> PledgeFinding:
    """A claim of aid to Ukraine."""
    values = {"recipients": ("UA",), "confidence": 0.9, **fields}
    return PledgeFinding(quote=quote, start=0, end=0, donors=donors, **values)


def euros(amount: str, **fields: Any) -> Amount:
    """An amount in euros."""
    return Amount(value=Decimal(amount), currency="EUR", **fields)


SPAIN = pledge(
    "Madrid will ship crates of kit to Kyiv", "ES", type="military", in_kind=True,
    goods=(Goods(name="crates of kit", category="military_equipment"),),
)  # fmt: skip
ITALY = pledge("Rome pays €110m to Ukraine’s treasury", "IT", type="financial", amount=euros("110000000"))
CZECHIA = pledge("Prague and Athens add more material help", "CZ", in_kind=True)
GREECE = pledge("Prague and Athens add more material help", "GR", in_kind=True)
SANCTIONS = SanctionFinding(
    quote="Western capitals have put harsh sanctions on Moscow",
    start=0,
    end=0,
    imposers_as_written="western capitals",
    targets=("RU",),
    confidence=0.7,
)
FIVE: tuple[PledgeFinding | SanctionFinding, ...] = (SPAIN, ITALY, CZECHIA, GREECE, SANCTIONS)


def five() -> list[Candidate]:
    """The five candidates of the text, in its order."""
    parties()
    revision = article()
    return [candidate(revision, one, place) for place, one in enumerate(FIVE)]


def one(finding: PledgeFinding | SanctionFinding = ITALY, **fields: Any) -> Candidate:
    """One candidate of an article of its own."""
    parties()
    return candidate(article(), finding, **fields)
