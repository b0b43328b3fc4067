"""A tracker in which something is to be seen on every screen. All of it is made up, by the project's own services."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import Group, User

from benchmarks.desk_rows import make_candidates
from ingestion import models as ingestion
from ingestion import services as sources
from ingestion.models import NoticeKind, Outcome, Source, SourceKind, SourceState
from interchange import uploads
from pledges import services as pledges
from pledges.drafts import DeductionDraft, EvidenceDraft, ItemDraft, MoveDraft, PledgeDraft, ShareDraft
from pledges.models import Pledge, Price, RunningTotalClaim
from pledges.standing import standing_draft
from reference.models import Party
from reference.services import DayRate, load_parties, load_rates, tracker_dataset
from review import services as review
from sanctions import services as sanctions
from sanctions.drafts import EvidenceDraft as MeasureEvidence
from sanctions.drafts import MeasureDraft, ProgrammeDraft, StepDraft
from sanctions.models import Designation, Programme, Round, Target
from sanctions.programmes import ensure_act, save_programmes
from tests.browser.looking import PASSWORD
from tests.review import making
from tracker.roles import ROLES, ensure_groups

DAY = date(2022, 2, 25)  # a Friday on which the ECB published rates
MANY = 45  # made-up candidates besides, so that a list is a list


def make_world(*, now: datetime) -> None:
    """Fill an empty database, or one that holds the sample."""
    load_parties()
    load_rates([DayRate("USD", DAY, Decimal("1.1216")), DayRate("SEK", DAY, Decimal("10.6"))], now=now)
    users = make_staff()
    chief = users["Administrator"]
    known = _pledges(chief, now)
    _measures(chief, now)
    _watched(chief, now)
    _candidates(chief, known, now)
    _files(chief, now)


def make_staff() -> dict[str, User]:
    """One person in each group, called as the group is, in small letters."""
    ensure_groups()
    users = {}
    for role in ROLES:
        user, made = User.objects.get_or_create(username=role.lower(), defaults={"is_staff": True})
        if made:
            user.set_password(PASSWORD)
            user.save()
        user.groups.add(Group.objects.get(name=role))
        users[role] = user
    return users


# --- records ----------------------------------------------------------------------------------------------------------
def _grounds(words: str) -> tuple[EvidenceDraft, ...]:
    return (EvidenceDraft(url="https://example.org/news", quote=words, publisher="Evening Dispatch", published_on=DAY),)


def _draft(title: str, *donors: str, **fields: Any) -> PledgeDraft:
    ids = dict(Party.objects.values_list("code", "pk"))
    values: dict[str, Any] = {
        "donors": tuple(ShareDraft(ids[code]) for code in donors),
        "recipients": (ShareDraft(ids["UA"]),),
        "announced_earliest": DAY,
        "announced_latest": DAY,
        "announced_precision": "day",
        "evidence": _grounds("They announced it."),
        **fields,
    }
    return PledgeDraft(title=title, **values)


def _pledges(chief: User, now: datetime) -> Pledge:
    """A joint one with shares, a package with a part, goods that moved, one of each state; the last is well known."""
    ids = dict(Party.objects.values_list("code", "pk"))

    def enter(draft: PledgeDraft, *, publish: bool = True) -> Pledge:
        made = pledges.create_pledge(draft, now=now, acting_user=chief, why="Told by two papers")
        return pledges.publish_pledge(made.pk, now=now, acting_user=chief) if publish else made

    shared = (ShareDraft(ids["NO"], amount=Decimal(7_000_000)), ShareDraft(ids["DK"], amount=Decimal(4_000_000)))
    enter(_draft("Norway and Denmark: up to EUR 12 million for relief", donors=shared, type="humanitarian",
                 stated=Decimal(12_000_000), currency="EUR", qualifier="up_to"))  # fmt: skip
    package = enter(_draft("Sweden: a package of SEK 900 million", "SE", type="mixed", stated=Decimal(900_000_000),
                           currency="SEK", moves=(MoveDraft("commitment", DAY),)))  # fmt: skip
    enter(_draft("Sweden: SEK 500 million for the armed forces", "SE", type="military", stated=Decimal(500_000_000),
                 currency="SEK", package_id=package.pk, deductions=(
                     DeductionDraft(Decimal(20_000_000), "raises", note="Raised from 20 million."),)))  # fmt: skip
    price = Price.objects.create(item="Anti-tank weapon", amount=Decimal(30_000), currency="USD", valid_from=DAY,
                                 source="A budget paper, https://example.org/prices")  # fmt: skip
    goods = (
        ItemDraft("anti-tank weapons", "portable_defence_system", quantity=Decimal(1000), unit="piece",
                  unit_price=price.amount, price_currency="USD", price_source=price.source, ref="a"),
        ItemDraft("Stinger missiles", "portable_defence_system", quantity=Decimal(500), ref="s"),
    )  # fmt: skip
    enter(_draft("Germany: anti-tank weapons and Stinger missiles", "DE", type="military", in_kind=True, items=goods,
                 moves=(MoveDraft("delivery", DAY, item="a", units=Decimal(400)),)))  # fmt: skip
    enter(_draft("Spain: helmets and vests", "ES", type="military", in_kind=True))
    enter(_draft("Ukraine’s neighbours: a sum in a currency without a rate", "PL", stated=Decimal(5), currency="UAH"))
    long = (
        "A draft of a very long title that goes on about all that was promised at the conference, by whom and for what"
    )
    enter(_draft(long, "FR", stated=Decimal(100_000_000), currency="EUR"), publish=False)
    enter(_draft("A draft without evidence", "CZ", evidence=()), publish=False)
    gone = enter(_draft("Told by mistake", "GR", stated=Decimal(1), currency="EUR"))
    pledges.withdraw_pledge(gone.pk, reason="It was a joke.", now=now, acting_user=chief)
    RunningTotalClaim.objects.create(donor_id=ids["DE"], recipient_id=ids["UA"], amount=Decimal(1_000_000_000),
                                     currency="EUR", day=DAY, quote="Berlin has given a billion so far.")  # fmt: skip
    known = _draft("Italy: EUR 110 million for the government", "IT", type="financial", stated=Decimal(110_000_000),
                   currency="EUR", announced_earliest=making.DAY, announced_latest=making.DAY)  # fmt: skip
    made = enter(known, publish=False)
    pledges.correct_pledge(made.pk, replace(standing_draft(made), public_note="By transfer."), now=now,
                           acting_user=chief, why="The ministry said how.")  # fmt: skip
    return pledges.publish_pledge(made.pk, now=now, acting_user=chief)


def _measures(chief: User, now: datetime) -> None:
    ids = dict(Party.objects.values_list("code", "pk"))
    programme = ProgrammeDraft("EU-UKRAINE", "Actions that threaten Ukraine", issuer_id=ids["EU"], targets=(ids["RU"],),
                               measures=("asset_freeze", "travel_ban"), url="https://example.org/act")  # fmt: skip
    save_programmes([programme], dataset=tracker_dataset())
    regime = Programme.objects.get(key="EU-UKRAINE")
    act = ensure_act(regime, title="Regulation on assets", identifier="2014/269", adopted_on=date(2014, 3, 17))
    third = Round.objects.create(name="3rd package", number=3, issuer_id=ids["EU"], target_id=ids["RU"], adopted_on=DAY)
    evidence = MeasureEvidence(url="https://example.org/reserves", quote="Brussels forbade all dealings with the bank.",
                               publisher="Evening Dispatch", published_on=DAY)  # fmt: skip
    later = StepDraft("extend", "announced", precision="unknown")
    frozen = MeasureDraft(
        title="EU and United Kingdom: reserves of the central bank frozen",
        imposers=(ids["EU"], ids["GB"]), targets=(ids["RU"],), types=("asset_freeze", "financial_restrictions"),
        programme_id=regime.pk, round_id=third.pk, evidence=(evidence,),
        steps=(StepDraft("impose", "adopted", DAY, act_id=act.pk), later),
    )  # fmt: skip
    made = sanctions.create_measure(frozen, now=now, acting_user=chief)
    sanctions.publish_measure(made.pk, now=now, acting_user=chief)
    planned = StepDraft("impose", "proposed", precision="unknown")
    bare = MeasureDraft(title="Japan: export of chips", imposers=(ids["JP"],), targets=(ids["RU"],),
                        types=("export_control",), steps=(planned,))  # fmt: skip
    sanctions.create_measure(bare, now=now, acting_user=chief)
    target = Target.objects.create(kind="Vessel", name="Northern Star")
    Designation.objects.create(public_id="D7MADEUP", dataset=tracker_dataset(), target=target, programme=regime,
                               act=act, listed_on=DAY, reason="It carried goods past the blockade.",
                               created_at=now, modified_at=now)  # fmt: skip


# --- sources and candidates -------------------------------------------------------------------------------------------
def _watched(chief: User, now: datetime) -> None:
    """Sources that are well, that fail, and that were paused after failures, with the notices that came of it."""
    for name, fields in (
        ("Ministry of Finance", {"last_success_at": now - timedelta(minutes=9), "official": True}),
        ("Morning Post", {"failures": 3, "last_error_at": now, "last_error": "The server answered 503."}),
        ("Northern Herald", {"state": SourceState.FAILING, "failures": 10, "last_error_at": now,
                             "last_error": "It answers with a page that is no feed: https://" + "long-address/" * 12}),
    ):  # fmt: skip
        values: dict[str, Any] = {"next_poll_at": now + timedelta(minutes=20), **fields}
        source = Source.objects.create(name=name, kind=SourceKind.FEED, url="feed.xml", created_at=now, **values)
        if source.state == SourceState.FAILING:
            sources.raise_notice(NoticeKind.PAUSED, source_id=source.pk, words=source.last_error, now=now)
        ingestion.FetchAttempt.objects.create(
            source=source, url="https://example.org/feed.xml", started_at=now - timedelta(minutes=9),
            finished_at=now, outcome=Outcome.HTTP_ERROR if source.failures else Outcome.NEW, words=source.last_error,
        )  # fmt: skip


def _candidates(chief: User, known: Pledge, now: datetime) -> None:
    """Five claims of one article that wait, and one decided in each way; many more in other articles."""
    making.five()
    revision = making.article(title="What came of it")
    merged, rejected, accepted = (making.candidate(revision, one, place) for place, one in enumerate(
        (making.ITALY, making.SPAIN, making.CZECHIA)))  # fmt: skip
    review.merge(merged.pk, record=known, acting_user=chief, now=now)
    review.reject(rejected.pk, reason="historical", words="Told in January.", acting_user=chief, now=now)
    done = review.accept(accepted.pk, acting_user=chief, now=now)
    review.undo(done.decision.pk, acting_user=chief, now=now, words="It was Slovakia.")
    make_candidates(MANY, now=now, say=lambda _: None)
    # Read already: a worker that found nothing in them would supersede what waits.
    ingestion.Revision.objects.filter(findings__isnull=False).update(
        extract_state=ingestion.ExtractState.DONE, extractor_version="test-1"
    )


def _files(chief: User, now: datetime) -> None:
    """A file that was refused, with what is wrong in it."""
    kept = uploads.keep_file("programmes.csv", b"id,name\n1,An unknown form\n")
    row = uploads.queue_file(kept, kind="programmes", dry_run=True, acting_user=chief, now=now)
    uploads.take_in_file(row.pk, now=now)
