"""What a candidate proposes: what was read, and nothing more."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from extraction.contract import Action, Amount, Goods, SanctionFinding
from ingestion.models import CandidateFinding
from pledges.drafts import DeductionDraft, ItemDraft, MoveDraft
from reference.models import Party
from review import proposals
from tests.review import making

pytestmark = pytest.mark.django_db


def party(code: str) -> int:
    return Party.objects.get(code=code).pk


def test_a_sum_of_money_is_proposed_with_its_parties_day_and_evidence() -> None:
    candidate = making.one(making.ITALY)
    draft = proposals.pledge_of(candidate)
    assert draft.title == "Italy: EUR 110 million, financial, to Ukraine"
    assert [share.party_id for share in draft.donors] == [party("IT")]
    assert [share.party_id for share in draft.recipients] == [party("UA")]
    assert (draft.stated, draft.currency, draft.qualifier) == (Decimal("110000000"), "EUR", "exact")
    assert (draft.type, draft.in_kind, draft.finance_type) == ("financial", False, "unspecified")
    assert (draft.announced_earliest, draft.announced_latest) == (making.DAY, making.DAY)
    assert draft.announced_precision == "day"
    assert draft.moves == ()
    evidence = draft.evidence[0]
    assert evidence.quote == making.TEXT[evidence.start : evidence.end] == making.ITALY.quote
    assert (evidence.publisher, evidence.published_on, evidence.official) == ("Evening Dispatch", making.DAY, False)
    assert evidence.url == candidate.finding.revision.article.canonical_url


def test_aid_of_which_nothing_is_said_stays_unspecified_and_without_a_value() -> None:
    draft = proposals.pledge_of(making.one(making.GREECE))
    assert draft.title == "Greece: aid in kind, to Ukraine"
    assert (draft.type, draft.in_kind, draft.stated, draft.currency) == ("unspecified", True, None, "")


def test_goods_become_items_with_their_category_and_quantity() -> None:
    goods = (
        Goods("howitzers", Decimal(12), category="heavy_weapon"),
        Goods("shells", Decimal(100), Decimal(200), qualifier="range", unit="box", category="no such category"),
    )
    draft = proposals.pledge_of(making.one(replace(making.SPAIN, goods=goods)))
    assert draft.title == "Spain: 12 howitzers, 100 shells, military, to Ukraine"
    assert draft.items == (
        ItemDraft("howitzers", "heavy_weapon", quantity=Decimal(12)),
        ItemDraft(
            "shells",
            "other",
            quantity=Decimal(100),
            quantity_to=Decimal(200),
            quantity_qualifier="range",
            unit="box",
        ),
    )


def test_a_stage_beyond_the_word_becomes_a_move_on_the_day_of_publication() -> None:
    draft = proposals.pledge_of(making.one(replace(making.ITALY, stage="delivery")))
    assert draft.moves == (MoveDraft(stage="delivery", day=making.DAY),)


def test_the_day_that_the_text_names_goes_before_the_day_of_publication() -> None:
    draft = proposals.pledge_of(making.one(replace(making.ITALY, announced=date(2022, 2, 25))))
    assert (draft.announced_earliest, draft.announced_precision) == (date(2022, 2, 25), "day")


def test_without_a_day_of_publication_it_was_announced_by_the_day_of_the_fetch() -> None:
    making.parties()
    candidate = making.candidate(making.article(published_at=None), making.ITALY)
    draft = proposals.pledge_of(candidate)
    assert (draft.announced_earliest, draft.announced_latest) == (None, making.NOW.date())
    assert draft.announced_precision == "before"
    assert draft.evidence[0].published_on is None


def test_a_raised_amount_counts_only_by_what_it_was_raised() -> None:
    amount = making.euros("100000000", raised_from=Decimal("20000000"))
    draft = proposals.pledge_of(making.one(replace(making.ITALY, amount=amount)))
    assert draft.stated == Decimal("100000000")
    assert draft.deductions == (DeductionDraft(Decimal("20000000"), "raises"),)


def test_an_amount_a_month_is_noted_and_not_taken_for_a_total() -> None:
    amount = making.euros("5000000000", per="month")
    draft = proposals.pledge_of(making.one(replace(making.ITALY, amount=amount)))
    assert draft.stated is None
    assert draft.public_note == "Stated as EUR 5 billion a month; the total is not said."


def test_a_range_and_its_qualifier_are_kept() -> None:
    amount = Amount(Decimal("1000000"), "NOK", "range", value_max=Decimal("2000000"))
    draft = proposals.pledge_of(making.one(replace(making.ITALY, amount=amount)))
    assert (draft.stated, draft.stated_to, draft.qualifier) == (Decimal("1000000"), Decimal("2000000"), "range")
    assert draft.title == "Italy: NOK 1 million to 2 million, financial, to Ukraine"


def test_a_title_does_not_say_the_type_twice() -> None:
    goods = (Goods("military equipment", category="military_equipment"),)
    draft = proposals.pledge_of(making.one(replace(making.SPAIN, goods=goods)))
    assert draft.title == "Spain: military equipment, to Ukraine"


def test_a_party_that_we_do_not_know_is_kept_in_words() -> None:
    draft = proposals.pledge_of(making.one(replace(making.ITALY, donors=("XX",), donors_as_written="Ruritania")))
    assert (draft.donors, draft.donors_as_written) == ((), "Ruritania")


def test_each_article_that_tells_of_the_claim_is_evidence_once_by_its_newest_reading() -> None:
    candidate = making.one(making.ITALY)
    other = making.article("Again: " + making.TEXT, story=candidate.story)
    for position in (0, 1):
        row = making.stored(other, making.ITALY, position)
        CandidateFinding.objects.create(candidate=candidate, finding=row)
    evidence = proposals.pledge_of(candidate).evidence
    assert [one.finding_id for one in evidence] == [candidate.finding_id, row.pk]


def test_imposers_without_a_name_are_kept_as_written() -> None:
    draft = proposals.measure_of(making.one(making.SANCTIONS))
    assert draft.title == "Western capitals: sanctions against Russia"
    assert (draft.imposers, draft.imposers_as_written) == ((), "western capitals")
    assert draft.targets == (party("RU"),)
    assert draft.types == ("unspecified",)


@pytest.mark.parametrize(
    ("action", "step", "status"),
    [
        ("proposed", "impose", "proposed"),
        ("announced", "impose", "announced"),
        ("imposed", "impose", "adopted"),
        ("extended", "extend", "adopted"),
        ("eased", "ease", "adopted"),
        ("lifted", "lift", "adopted"),
    ],
)
def test_an_action_becomes_a_step_with_its_status(action: Action, step: str, status: str) -> None:
    finding: SanctionFinding = replace(making.SANCTIONS, action=action)
    made = proposals.measure_of(making.one(finding)).steps
    assert [(one.step, one.status, one.adopted_on) for one in made] == [(step, status, making.DAY)]
