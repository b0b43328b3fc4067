"""Which measures, programmes and designations can be asked for."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from api.filters.machinery import By, StrictFilterSet, rows_through
from api.filters.pledges import LARGEST_ID
from api.parameters import (
    Code,
    Codes,
    DatasetKey,
    Day,
    Flag,
    PartyCodes,
    ProgrammeKeys,
    RecordIds,
    Since,
    WholeNumber,
    Words,
    Written,
)
from api.records import by_code, newest_first, oldest_first
from pledges.totals import has_words
from sanctions.classes import CLASSES
from sanctions.force import ACTIONS
from sanctions.models import (
    Designation,
    Evidence,
    LegalAct,
    Measure,
    MeasureKind,
    Programme,
    StepStatus,
    Target,
    TargetIdentifier,
    TargetKind,
    TargetName,
)
from sanctions.totals import in_force

SANCTION_ACTIONS = list(dict.fromkeys([StepStatus.PROPOSED, StepStatus.ANNOUNCED, *ACTIONS.values()]))
MEASURE_ORDERS = {"first_step": "first_step_on", "published": "published_at", "modified": "modified_at"}
DESIGNATION_ORDERS = {
    "listed": "listed_on", "ended": "ended_on", "published": "published_at", "modified": "modified_at"
}  # fmt: skip
GSDB_CLASSES = list(dict.fromkeys(CLASSES.values()))


class MeasureFilters(StrictFilterSet):
    """What sanctions measures can be asked for by."""

    dataset = By(DatasetKey, rows=True, field_name="dataset__key")
    imposer = By(PartyCodes, method="by_imposer", about="Codes of imposers: measures that any of them imposes.")
    target = By(PartyCodes, method="by_target", about="Codes of targets: measures aimed at any of them.")
    measure = By(Codes, method="by_measure", allowed=MeasureKind.values, about="Kinds of ban in the measure.")
    action = By(Codes, field_name="last_action__in", allowed=SANCTION_ACTIONS, about="The last action of the measure.")
    target_kind = By(Codes, field_name="target_kind__in", allowed=TargetKind.values, about="What is sanctioned.")
    gsdb_class = By(Codes, method="by_class", allowed=GSDB_CLASSES, about="Classes of the Global Sanctions Database.")
    programme = By(ProgrammeKeys, field_name="programme__key__in", about="Keys of programmes that it belongs to.")
    round = By(
        WholeNumber, most=9999, field_name="round__number", about="Number of the round that it was part of: 17 for a "
        "17th package.",
    )  # fmt: skip
    adopted = By(Flag, field_name="adopted", about="Only those ever adopted (`true`), or only proposals and the like.")
    article = By(WholeNumber, most=LARGEST_ID, method="by_article", about="Id of an article that the measure rests on.")
    published_since = By(Since, field_name="published_at__gte", about="First published here at this moment or later.")
    modified_since = By(Since, field_name="modified_at__gte", about="Last changed at this moment or later.")
    q = By(Words, method="by_words", about="Words that the title has, all of them, in any case.")
    in_force_on = By(Day, method="in_force_then", about="In force on this day, by adopted steps.")
    first_step_from = By(Day, field_name="first_step_on__gte", about="First step on this day or later.")
    first_step_until = By(Day, field_name="first_step_on__lte", about="First step on this day or earlier.")
    ordering = By(
        Code,
        method="in_order",
        allowed=[f"{sign}{name}" for name in MEASURE_ORDERS for sign in ("-", "")],
        default="-first_step",
        about="By first step, publication or last change, `-` for the newest first; undated last. Ties are broken by "
        "id.",
    )

    ranges = (("first_step_from", "first_step_until"),)

    def by_imposer(self, rows: QuerySet[Measure], _name: str, codes: tuple[str, ...]) -> QuerySet[Measure]:
        """Imposed by any of the parties."""
        return rows_through(Measure, rows, "imposers__party__code__in", codes) if codes else rows

    def by_target(self, rows: QuerySet[Measure], _name: str, codes: tuple[str, ...]) -> QuerySet[Measure]:
        """Aimed at any of the parties."""
        return rows_through(Measure, rows, "targets__party__code__in", codes) if codes else rows

    def by_measure(self, rows: QuerySet[Measure], _name: str, codes: tuple[str, ...]) -> QuerySet[Measure]:
        """With any of the kinds of ban."""
        return rows_through(Measure, rows, "types__type__in", codes) if codes else rows

    def by_class(self, rows: QuerySet[Measure], _name: str, classes: tuple[str, ...]) -> QuerySet[Measure]:
        """With a kind of ban of any of the classes."""
        kinds = [kind for kind, its_class in CLASSES.items() if its_class in classes]
        return rows_through(Measure, rows, "types__type__in", kinds) if classes else rows

    def by_article(self, rows: QuerySet[Measure], _name: str, article: int) -> QuerySet[Measure]:
        """With evidence that quotes the article."""
        return rows.filter(pk__in=Evidence.objects.filter(revision__article=article).values("measure_id"))

    def by_words(self, rows: QuerySet[Measure], _name: str, words: tuple[str, ...]) -> QuerySet[Measure]:
        """With all words in the title."""
        return rows.filter(has_words("title", words))

    def in_force_then(self, rows: QuerySet[Measure], _name: str, day: date) -> QuerySet[Measure]:
        """In force on the day."""
        return rows.filter(in_force(day))

    def in_order(self, rows: QuerySet[Measure], _name: str, order: str) -> QuerySet[Measure]:
        """In a stable order."""
        column = MEASURE_ORDERS[order.removeprefix("-")]
        return rows.order_by(*(newest_first(column) if order.startswith("-") else oldest_first(column)))


class ProgrammeFilters(StrictFilterSet):
    """What sanctions programmes can be asked for by."""

    dataset = By(DatasetKey, rows=True, default="", field_name="dataset__key")
    issuer = By(PartyCodes, field_name="issuer__code__in", about="Codes of issuers: whose law it is.")
    target = By(PartyCodes, method="by_target", about="Codes of targets: programmes aimed at any of them.")
    measure = By(
        Codes, method="by_measure", allowed=MeasureKind.values, about="Kinds of ban that it provides for: any of them."
    )
    q = By(Words, method="by_words", about="Words that its name has, all of them, in any case.")
    ordering = By(
        Code, method="in_order", allowed=["key", "-key", "name", "-name"], default="key",
        about="By key or by name, `-` for the last first. Ties are broken by id.",
    )  # fmt: skip

    def by_target(self, rows: QuerySet[Programme], _name: str, codes: tuple[str, ...]) -> QuerySet[Programme]:
        """Aimed at any of the parties."""
        return rows_through(Programme, rows, "targets__code__in", codes) if codes else rows

    def by_measure(self, rows: QuerySet[Programme], _name: str, kinds: tuple[str, ...]) -> QuerySet[Programme]:
        """Provides for any of the kinds of ban. Their lists are read here, as not every database looks into JSON."""
        if not kinds:
            return rows
        provided = Programme.objects.values_list("pk", "measures_provided")
        return rows.filter(pk__in=[pk for pk, codes in provided if not set(kinds).isdisjoint(codes)])

    def by_words(self, rows: QuerySet[Programme], _name: str, words: tuple[str, ...]) -> QuerySet[Programme]:
        """With all words in its name."""
        return rows.filter(has_words("name", words))

    def in_order(self, rows: QuerySet[Programme], _name: str, order: str) -> QuerySet[Programme]:
        """In a stable order, the same on every database."""
        column = by_code(order.removeprefix("-"))
        return rows.order_by(column.desc(), "-pk") if order.startswith("-") else rows.order_by(column, "pk")


class DesignationFilters(StrictFilterSet):
    """What designations can be asked for by."""

    dataset = By(DatasetKey, rows=True, default="", field_name="dataset__key")
    issuer = By(PartyCodes, field_name="programme__issuer__code__in", about="Codes of issuers: who lists it.")
    target = By(PartyCodes, method="by_target", about="Codes of parties at which the programme is aimed.")
    country = By(PartyCodes, method="by_country", about="Codes of countries to which the listed one belongs.")
    kind = By(Codes, field_name="target__kind__in", allowed=TargetKind.values, about="What is listed.")
    programme = By(ProgrammeKeys, field_name="programme__key__in", about="Keys of programmes.")
    act = By(
        Written, pattern=r"[^\x00-\x1f]{1,100}", example="32014R0269", method="by_act",
        about="CELEX or another official number of the act that lists it, or of the amending act that put it there.",
    )  # fmt: skip
    measure = By(
        RecordIds, model=Measure, listed_at="/api/v1/sanctions/", field_name="measure__public_id__in",
        about="Ids of measures that apply to it.",
    )  # fmt: skip
    identifier = By(
        Written, pattern=r"[^\x00-\x1f]{1,200}", example="9187629", method="by_identifier",
        about="A number by which the listed one is known (IMO, tax, passport, …), whole, with or without blanks.",
    )  # fmt: skip
    ended = By(Flag, method="with_end", about="Only ended ones (`true`), or only those without an end (`false`).")
    in_force_on = By(Day, method="in_force_then", about="Listed on this day: not later, and not ended by then.")
    published_since = By(Since, field_name="published_at__gte", about="First published here at this moment or later.")
    modified_since = By(Since, field_name="modified_at__gte", about="Last changed at this moment or later.")
    listed_from = By(Day, field_name="listed_on__gte", about="Listed on this day or later; undated left out.")
    listed_until = By(Day, field_name="listed_on__lte", about="Listed on this day or earlier; undated left out.")
    q = By(Words, method="by_words", about="Words that one of its names or aliases has, all of them, in any case.")
    ordering = By(
        Code,
        method="in_order",
        allowed=[f"{sign}{name}" for name in DESIGNATION_ORDERS for sign in ("-", "")],
        default="-listed",
        about="By day of listing, end, publication or last change, `-` for the newest first; what has none comes last. "
        "Ties are broken by id.",
    )

    ranges = (("listed_from", "listed_until"),)

    def by_target(self, rows: QuerySet[Designation], _name: str, codes: tuple[str, ...]) -> QuerySet[Designation]:
        """Under a programme aimed at any of the parties."""
        aimed = Programme.objects.filter(targets__code__in=codes)
        return rows.filter(programme__in=aimed.values("pk")) if codes else rows

    def by_country(self, rows: QuerySet[Designation], _name: str, codes: tuple[str, ...]) -> QuerySet[Designation]:
        """Of any of the countries."""
        return rows.filter(target__in=Target.objects.filter(countries__code__in=codes).values("pk")) if codes else rows

    def by_act(self, rows: QuerySet[Designation], _name: str, number: str) -> QuerySet[Designation]:
        """Listed by the act, or put there by it."""
        acts = LegalAct.objects.filter(identifier=number).values("pk")
        return rows.filter(Q(act__in=acts) | Q(listing_act__in=acts))

    def by_identifier(self, rows: QuerySet[Designation], _name: str, number: str) -> QuerySet[Designation]:
        """Of a target with the number, which is kept without blanks."""
        known = TargetIdentifier.objects.filter(value="".join(number.split()))
        return rows.filter(target__in=known.values("target_id"))

    def with_end(self, rows: QuerySet[Designation], _name: str, wanted: bool) -> QuerySet[Designation]:
        """Ended, be it in the future; or without an end."""
        return rows.filter(ended_on__isnull=not wanted)

    def in_force_then(self, rows: QuerySet[Designation], _name: str, day: date) -> QuerySet[Designation]:
        """Listed by the day, and dropped by no later list up to it."""
        begun = Q(listed_on__isnull=True) | Q(listed_on__lte=day)
        return rows.filter(begun, Q(ended_on__isnull=True) | Q(ended_on__gt=day))

    def by_words(self, rows: QuerySet[Designation], _name: str, words: tuple[str, ...]) -> QuerySet[Designation]:
        """With all words in one of the names."""
        if not words:
            return rows
        aliases = TargetName.objects.filter(has_words("name", words)).values("target_id")
        named = Target.objects.filter(has_words("name", words) | Q(pk__in=aliases))
        return rows.filter(target__in=named.values("pk"))

    def in_order(self, rows: QuerySet[Designation], _name: str, order: str) -> QuerySet[Designation]:
        """In a stable order."""
        column = DESIGNATION_ORDERS[order.removeprefix("-")]
        return rows.order_by(*(newest_first(column) if order.startswith("-") else oldest_first(column)))
