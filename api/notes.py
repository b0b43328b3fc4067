"""What a careful reader must know about groups, stages, goods, other currencies and figures in an answer."""

from __future__ import annotations

from pledges.models import Stage
from pledges.totals import AT_DATE, OURS, Question, Totals
from reference.currencies import from_minor_units

STAGE_WORDS = {Stage.COMMITMENT: "committed", Stage.ALLOCATION: "allocated", Stage.DELIVERY: "delivered or paid"}


def totals_notes(answer: Totals, question: Question, *, relative_to: str) -> list[str]:
    """The notes on what was asked besides the plain sums."""
    return [
        *_suspended(answer),
        *_reached(question),
        *_groups(answer, question),
        *_categories(answer, question),
        *_currency(question),
        *_attribution(answer, question),
        *_relative(answer, question, relative_to),
    ]


def fulfilment_notes(*, told: bool) -> list[str]:
    """What a share that came is made of."""
    if not told:
        return []
    return [
        "fulfilment compares, in one valuation, what came with what was pledged, of those pledges alone of which both "
        "are known in money; cancelled ones are left out. Its age is the mean of what is outstanding, by amount."
    ]


def _suspended(answer: Totals) -> list[str]:
    if not answer.total.suspended:
        return []
    money = f"{answer.currency} {from_minor_units(answer.total.suspended, answer.currency):,f}"
    return [f"{money} of the central sum is suspended: halted and not delivered so far."]


def _reached(question: Question) -> list[str]:
    stage = question.filters.reached
    if not stage:
        return []
    return [
        f"Only what was {STAGE_WORDS[Stage(stage)]} is summed, by the amounts of those steps themselves and never the "
        "whole pledge for a part; where that cannot be said in money, the pledge is counted as unvalued."
    ]


def _groups(answer: Totals, question: Question) -> list[str]:
    grouped, filters = "donor_group" in answer.group_by, question.filters
    if not grouped and not filters.donor_group:
        return []
    when = "at the announcement (undated pledges: today)" if filters.membership == AT_DATE else "today"
    told = [
        f"A donor belongs to a group by its membership {when}; a fund, city or agency belongs where its parent does. "
        "What members give jointly without dividing it stands under no group."
    ]
    if grouped and len(filters.donor_group) != 1:
        told.append("Groups overlap (France is in EU, G7, NATO and DAC): rows of groups do not sum to the total.")
    return told


def _categories(answer: Totals, question: Question) -> list[str]:
    if "item_category" not in answer.group_by and not question.filters.item_category:
        return []
    return [
        "A value that is not divided among categories of goods stands under “several”; in the rows of those categories "
        "such a pledge is counted as unvalued. Pledges without named goods stand under null."
    ]


def _currency(question: Question) -> list[str]:
    if question.value_basis != OURS or question.telling.frozen:
        return []
    which = f"the rates of {question.rates:%d %B %Y}" if question.rates is not None else "the rate of its announcement"
    return [
        f"Each record's own amount is converted into {question.currency} by {which} and rounded by itself, half to "
        "even; a joint one is converted whole, then divided."
    ]


def _attribution(answer: Totals, question: Question) -> list[str]:
    if question.attribution is None:
        return []
    if not question.attribution.keys:
        return ["No key is stored by which the EU's aid could be attributed: it stands as the institutions' own."]
    sources = "; ".join(dict.fromkeys(answer.attribution_sources))
    return [
        "What the EU and its funds give is attributed to the members by the key of the announcement day, and where "
        f"none was stored for it yet, stays their own. Key: {sources}."
    ]


def _relative(answer: Totals, question: Question, relative_to: str) -> list[str]:
    if not relative_to:
        return []
    told = [
        "Figures are those of the latest year known that is not after the row's period, or, where rows have none, not "
        "after the end of the question; each row names year and source. "
        + (
            "A GDP in another currency is converted by the mean of that year's ECB rates."
            if relative_to == "gdp"
            else "Amounts are per inhabitant."
        )
    ]
    lacking = sum(1 for row in answer.rows if row.relative is None)
    if lacking:
        told.append(f"{lacking} of {len(answer.rows)} rows have no value or no figure known: they say null.")
    return told
