"""The question of totals: what it can be asked for by, and what is answered to it. Explanations take the same."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils import timezone

from api.messages import RATE_BASIS, totals_messages
from api.notes import fulfilment_notes, totals_notes
from api.parameters import (
    Code,
    Codes,
    DatasetKey,
    Day,
    EuroAmount,
    Flag,
    Moment,
    Parameter,
    PartyCodes,
    Words,
    check_order,
)
from history.selectors import last_seq, steadily
from pledges.dividing import SEVERAL
from pledges.models import AidType, FinanceType, ItemCategory, Stage, Valuation
from pledges.totals import (
    AT_DATE,
    BY_SOURCE,
    DIMENSIONS,
    MEMBERS,
    MEMBERSHIP,
    OURS,
    STAGES_REACHED,
    VALUE_BASES,
    Filters,
    Question,
    Totals,
    totals,
)
from reference.models import PartyFigure
from reference.rate_books import is_quoted, quoted_currencies

# What only concerns how our own values are made: a source's own values are as it gives them.
FULFILMENT = "fulfilment"
NOT_BY_SOURCE = ("stage_reached", "attribute_eu", "rates", "valuation")


class QuotedCurrency(Parameter):
    """A currency that the ECB quotes, or did once; euros where it is absent."""

    def clean(self, value: Any) -> str:
        """The currency asked for."""
        if value is None:
            return "EUR"
        if len(str(value)) != 3 or not str(value).isprintable() or not is_quoted(str(value)):
            codes = quoted_currencies()
            raise self.refused(str(value), f"allowed. Allowed: {', '.join(codes)}", codes)
        return str(value)


class TotalsQuery(forms.Form):
    """What totals can be asked for by."""

    group_by = Codes(
        allowed=DIMENSIONS, about="Dimensions of the rows, in this order; without any there is the total alone."
    )
    currency = QuotedCurrency(
        about="The currency of the amounts; EUR by default. EUR and USD are as frozen on each record; any other that "
        "the ECB quotes is converted from each record's own amount by the rate of its announcement, and rounded there."
    )
    rates = Day(about="Convert every amount by the rates of this one day, instead of those of its announcement.")
    dataset = DatasetKey(rows=False)
    donor = PartyCodes(about="Codes of donors: their own parts of pledges.")
    donor_group = PartyCodes(about="Codes of groups, such as EU, G7, NATO, DAC: the parts of those who belong to any.")
    membership = Code(
        allowed=MEMBERSHIP,
        about="When a donor has to belong to a group: at the announcement (`at_date`, by default), or `today`.",
    )
    recipient = PartyCodes(about="Codes of recipients: their own parts of pledges.")
    type = Codes(allowed=AidType.values, about="Types of aid.")
    finance_type = Codes(allowed=FinanceType.values, about="Finance types.")
    stage = Codes(allowed=Stage.values, about="Stages that pledges are now at.")
    stage_reached = Code(
        allowed=[stage.value for stage in STAGES_REACHED],
        about="What moved to this stage or beyond, by the moves' own amounts, instead of whole pledges: `delivery` is "
        "what has arrived.",
    )
    in_kind = Flag(about="Only goods and services (`true`), or only money (`false`).")
    item_category = Codes(
        allowed=[*ItemCategory.values, SEVERAL],
        about="Categories of goods: their own parts of pledges. `several` is what is not divided among several.",
    )
    announced_from = Day(about="Announced on this day or later (by the latest possible day); undated left out.")
    announced_until = Day(about="Announced on this day or earlier (by the latest possible day); undated left out.")
    amount_min = EuroAmount(about="Whole pledges worth so many euros or more, by the central value; unvalued left out.")
    amount_max = EuroAmount(about="Whole pledges worth so many euros or less, by the central value; unvalued left out.")
    valued = Flag(about="Only pledges with a known value (`true`), or only those without.")
    valuation = Codes(allowed=Valuation.values, about="Where the value comes from: any of these.")
    has_delivery = Flag(about="Only pledges of which something was delivered or paid (`true`), or nothing.")
    q = Words(about="Words that the title has, all of them, in any case.")
    value_basis = Code(
        allowed=VALUE_BASES,
        default=OURS,
        about="`ours`: amounts as stated, by the rates of the day, or our estimates. `source`: what an imported "
        "dataset says its records are worth, and nothing else.",
    )
    attribute_eu = Code(
        allowed=[MEMBERS],
        about="`members`: attribute what the EU and its funds give to the members, by the key that is stored for the "
        "day. By default EU institutions are a donor of their own.",
    )
    relative_to = Code(
        allowed=PartyFigure.Measure.values,
        about="Tell rows by donor in relation to the donor's `gdp` or `population` as well; needs `donor` in group_by.",
    )
    include = Codes(
        allowed=["refugee_costs", "fulfilment"],
        about="`refugee_costs`: take in costs of refugees in the donor's own country. `fulfilment`: tell of each row "
        "the share that came, and the mean age of what did not.",
    )
    as_of = Moment(
        about="What the tracker said at this moment, whatever was corrected, merged or withdrawn since: a moment with "
        "its zone, or a day, which means its end in UTC. Filters and groups are those of the record as it stood then."
    )

    def clean(self) -> dict[str, Any]:
        """A range ends after it begins, and parameters that need each other come together."""
        check_order(self, "announced_from", "announced_until")
        check_order(self, "amount_min", "amount_max")
        asked = self.cleaned_data
        if asked.get("value_basis") == BY_SOURCE:
            for name in NOT_BY_SOURCE:
                if asked.get(name):
                    self._refuse(name, "cannot be asked together with value_basis=source, whose values are as given")
        if asked.get("relative_to") and "donor" not in asked.get("group_by", ()):
            self._refuse("relative_to", "needs rows by donor. Add donor to group_by")
        if asked.get("membership") and not self._of_groups():
            self._refuse("membership", "is about groups. Ask for donor_group, as a filter or in group_by")
        if FULFILMENT in asked.get("include", ()) and (self._of_groups() or asked.get("attribute_eu")):
            self._refuse("include", "tells no fulfilment of groups or attributed gifts. Leave fulfilment out, or those")
        if FULFILMENT in asked.get("include", ()) and asked.get("value_basis") == BY_SOURCE:
            self._refuse("include", "tells no fulfilment by a source's values. Leave fulfilment or value_basis out")
        if asked.get("rates") and asked["rates"] > timezone.now().date():
            self._refuse("rates", "lies in the future. Allowed: today or an earlier day")
        return asked

    def _of_groups(self) -> bool:
        asked = self.cleaned_data
        return bool(asked.get("donor_group")) or "donor_group" in asked.get("group_by", ())

    def _refuse(self, name: str, words: str) -> None:
        value = self.data.get(name, "")
        self.add_error(name, forms.ValidationError(f"“{value}” {words}.", params={"value": value}))


def filters_of(asked: Mapping[str, Any]) -> Filters:
    """The filters that a question names. Today is told only where it matters, so that other answers are kept longer."""
    dated = asked["donor_group"] or "donor_group" in asked.get("group_by", ()) or asked.get("attribute_eu")
    return Filters(
        donor=asked["donor"],
        recipient=asked["recipient"],
        type=asked["type"],
        finance_type=asked["finance_type"],
        stage=asked["stage"],
        in_kind=asked["in_kind"],
        announced_from=asked["announced_from"],
        announced_until=asked["announced_until"],
        refugee_costs="refugee_costs" in asked["include"],
        donor_group=asked["donor_group"],
        membership=asked["membership"] or AT_DATE,
        today=day_of(asked) if dated or asked.get("relative_to") else None,
        item_category=asked["item_category"],
        stage_reached=asked.get("stage_reached", ""),
        valued=asked["valued"],
        valuation=asked["valuation"],
        has_delivery=asked["has_delivery"],
        amount_min=asked["amount_min"],
        amount_max=asked["amount_max"],
        words=asked["q"],
    )


def day_of(asked: Mapping[str, Any]) -> date:
    """The day that is today for the answer: that of the moment asked about."""
    moment: datetime = asked["as_of"] or timezone.now()
    return moment.date()


def seq_of(asked: Mapping[str, Any]) -> int | None:
    """The number of the last change at the moment that is asked for; ``None`` for now."""
    return None if asked["as_of"] is None else last_seq(at=asked["as_of"])


def question_of(asked: Mapping[str, Any], seq: int | None) -> Question:
    """What is asked of the lines, as they stood right after a change."""
    return Question(
        asked.get("currency", "EUR"),
        filters_of(asked),
        asked["dataset"],
        seq,
        value_basis=asked.get("value_basis", OURS),
        rates=asked.get("rates"),
        attribute_eu=asked.get("attribute_eu", ""),
    )


def answered(asked: Mapping[str, Any]) -> tuple[Totals, dict[str, Any]]:
    """The totals that a question asks for, and what to say about them; all of it from one state of the record."""
    return steadily(lambda seq: answered_at(asked, seq), seq_of(asked))


def answered_at(asked: Mapping[str, Any], seq: int | None) -> tuple[Totals, dict[str, Any]]:
    """The same from the state right after a change."""
    question = question_of(asked, seq)
    filters, basis = question.filters, question.value_basis
    answer = totals(
        currency=question.currency,
        dataset=question.dataset,
        as_of=seq,
        value_basis=basis,
        rates=question.rates,
        attribute_eu=question.attribute_eu,
        group_by=asked.get("group_by", ()),
        filters=filters,
        relative_to=asked.get("relative_to", ""),
        fulfilled_by=day_of(asked) if FULFILMENT in asked["include"] else None,
    )
    meta = {
        "dataset": answer.dataset,
        "currency": answer.currency,
        "group_by": answer.group_by,
        "filters": given(asked, "group_by", "currency", "dataset", "as_of", "value_basis", "rates", "relative_to"),
        "value_basis": basis,
        "rates": question.rates,
        "relative_to": asked.get("relative_to") or None,
        "as_of": asked["as_of"],
        "generated_at": timezone.now(),
        "rate_basis": RATE_BASIS[basis],
        "messages": [
            *of_the_past(asked["as_of"]),
            *totals_messages(answer, filters, refugee_costs_left_out=answer.left_out_count),
            *fulfilment_notes(told=FULFILMENT in asked["include"]),
            *totals_notes(answer, question, relative_to=asked.get("relative_to", "")),
        ],
    }
    if question.rates is not None:
        meta["rate_basis"] = f"The rates that hold for {question.rates:%d %B %Y}, for all amounts."
    return answer, meta


def of_the_past(moment: datetime | None) -> list[str]:
    """What to know about an answer as of a past moment."""
    if moment is None:
        return []
    return [
        f"This is what the tracker said at {moment:%d %B %Y, %H:%M:%S} UTC; it may have been corrected since. "
        "Without as_of it says what is known now."
    ]


def given(asked: Mapping[str, Any], *besides: str) -> dict[str, Any]:
    """The filters that were really given, as they are echoed."""
    told = {}
    for name, value in asked.items():
        if name not in besides and value not in (None, (), ""):
            told[name] = list(value) if isinstance(value, tuple) else value
    return told
