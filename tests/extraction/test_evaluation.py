"""The scorer: pairing, joint labels, deciles of confidence, and errors side by side with their words."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from extraction.contract import Amount, Article, Finding, Goods, PledgeFinding, Reading, SanctionFinding
from extraction.evaluation import GoldArticle, Report, score

TEXT = "Norway and Sweden give Ukraine 12 million euros. Norway and Sweden, again, give 12 million euros."


def label(**values: Any) -> dict[str, Any]:
    """A label of Norway's gift."""
    return {
        "donors": ["NO"], "recipient": "UA", "type": "financial", "amount": 12_000_000, "currency": "EUR",
        "amount_qualifier": "exact", "items": [], "stage": "pledge", "quote": TEXT[:48], "span": [0, 48], **values,
    }  # fmt: skip


def found(**values: Any) -> PledgeFinding:
    """A finding of the same."""
    fields: dict[str, Any] = {"donors": ("NO",), "recipients": ("UA",), "type": "financial"}
    fields |= {"amount": Amount(Decimal(12_000_000), "EUR"), "confidence": 0.8, **values}
    start, end = fields.pop("start", 0), fields.pop("end", 48)
    return PledgeFinding(TEXT[start:end], start, end, **fields)


def scored(labels: list[dict[str, Any]], *findings: Finding, sanctions: tuple[dict[str, Any], ...] = ()) -> Report:
    gold = GoldArticle("a", Article(TEXT), tuple(labels), sanctions, "phenomenon")
    return score([gold], {"a": Reading(findings)})


def test_a_finding_that_agrees_is_found_and_whole() -> None:
    report = scored([label()], found())
    assert (report.pledges.found, report.pledges.false, report.pledges.whole) == (1, 0, 1)
    assert report.mismatches == []


def test_a_claim_told_twice_may_be_found_at_either_place() -> None:
    told_again = found(start=49, end=97, amount=None)
    assert scored([label()], told_again).pledges.found == 1, "the type agrees"
    other_type = found(start=49, end=97, amount=None, type="military")
    assert scored([label()], other_type).pledges.found == 0
    assert scored([label(span_alt=[[49, 97]])], other_type).pledges.found == 1


def test_a_joint_finding_finds_the_separate_labels_of_its_group() -> None:
    apart = [label(joint_group="x"), label(donors=["SE"], joint_group="x")]
    report = scored(apart, found(donors=("NO", "SE")))
    assert (report.pledges.required, report.pledges.found, report.pledges.paired) == (2, 2, 1)
    assert report.pledges.fields["donors"].share == 1.0
    assert report.pledges.f1 == 1.0


def test_labels_without_a_group_are_each_found_by_their_own_finding() -> None:
    report = scored([label(), label(donors=["SE"])], found(donors=("NO", "SE")))
    assert (report.pledges.found, report.pledges.fields["donors"].share) == (1, 0.0)


def test_an_optional_label_counts_neither_way() -> None:
    report = scored([label(optional=True)], found(type="military"))
    assert (report.pledges.required, report.pledges.paired, report.pledges.false) == (0, 0, 0)
    assert sum(decile.findings for decile in report.calibration) == 0


def test_errors_keep_what_was_meant_and_what_was_read() -> None:
    report = scored([label(), label(donors=["DK"], amount=5, span=[60, 70], quote="again")], found(type="military"))
    wrong, missed = report.mismatches
    assert (wrong.what, wrong.field, wrong.meant, wrong.read) == ("wrong", "type", "financial", "military")
    assert (wrong.meant_quote, wrong.read_quote) == (TEXT[:48], TEXT[:48])
    assert (missed.what, missed.meant_quote, missed.read) == ("missed", "again", "")
    assert missed.meant.startswith("donors DK, recipient UA")


def test_an_invented_finding_is_shown_with_its_goods() -> None:
    tanks = Goods("tanks", Decimal(1400))
    [invented] = scored([], found(goods=(tanks,), amount=None)).mismatches
    assert (invented.what, invented.meant) == ("invented", "")
    assert "items 1,400 tanks" in invented.read


@pytest.mark.parametrize(("confidence", "decile"), [(0.0, 0), (0.799, 7), (0.8, 8), (0.3, 3), (0.7, 7), (1.0, 9)])
def test_findings_are_counted_in_the_tenth_of_their_confidence(confidence: float, decile: int) -> None:
    report = scored([label()], found(confidence=confidence))
    assert [one.findings for one in report.calibration] == [int(place == decile) for place in range(10)]
    assert report.calibration[decile].share == 1.0


def test_each_measure_of_a_sanction_is_a_finding_of_its_own() -> None:
    one = {
        "imposers": ["NO"],
        "target": "RU",
        "measure": "travel_ban",
        "action": "imposed",
        "span": [0, 6],
        "quote": "N",
    }
    both = SanctionFinding("Norway", 0, 6, ("NO",), targets=("RU",), measures=("travel_ban", "asset_freeze"))
    report = scored([], both, sanctions=(one,))
    assert (report.sanctions.found, report.sanctions.false, report.phenomena["phenomenon"].false) == (1, 1, 1)


def test_a_quote_that_is_not_at_its_place_is_counted() -> None:
    report = scored([], PledgeFinding("Norway", 3, 9))
    assert (report.findings, report.misplaced) == (1, 1)


def test_a_doubtful_finding_does_not_spoil_an_article_without_a_claim() -> None:
    assert scored([], found(confidence=0.49)).negatives_with_finding == 0
    assert scored([], found(confidence=0.5)).negatives_with_finding == 1
