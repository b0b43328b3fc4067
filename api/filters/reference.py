"""Which parties, articles and exchange rates can be asked for."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from api.filters.machinery import By, StrictFilterSet, start_of
from api.parameters import Code, Codes, Currencies, Day, Flag, PartyCodes, RecordIds, Words, Written
from api.records import by_code, quoted_revisions
from ingestion.models import Article
from pledges.models import Evidence, Pledge
from pledges.totals import has_words
from reference.models import Membership, Party, PartyKind, Rate
from sanctions.models import Evidence as MeasureEvidence
from sanctions.models import Measure


class PartyFilters(StrictFilterSet):
    """What parties can be asked for by."""

    kind = By(Codes, field_name="kind__in", allowed=PartyKind.values, about="Kinds of party.")
    code = By(PartyCodes, field_name="code__in", about="Codes of the parties themselves.")
    parent = By(PartyCodes, field_name="parent__code__in", about="Codes of parents: their funds, cities and agencies.")
    q = By(Words, method="by_words", about="Words that the name has, all of them, in any case.")
    ordering = By(
        Code, method="in_order", allowed=["code", "-code", "name", "-name"], default="code",
        about="By code or by name, `-` for the last first. Ties are broken by id.",
    )  # fmt: skip
    member_of = By(PartyCodes, method="in_group", about="Codes of groups, such as EU or NATO: their members.")
    member_on = By(Day, method="on_day", about="With `member_of`: members on this day; today by default.")

    def by_words(self, rows: QuerySet[Party], _name: str, words: tuple[str, ...]) -> QuerySet[Party]:
        """With all words in the name."""
        return rows.filter(has_words("name", words))

    def in_order(self, rows: QuerySet[Party], _name: str, order: str) -> QuerySet[Party]:
        """In a stable order, the same on every database."""
        column = by_code(order.removeprefix("-"))
        return rows.order_by(column.desc(), "-pk") if order.startswith("-") else rows.order_by(column, "pk")

    def in_group(self, rows: QuerySet[Party], _name: str, codes: tuple[str, ...]) -> QuerySet[Party]:
        """Members of any of the groups on the day asked about."""
        if not codes:
            return rows
        day = self.form.cleaned_data.get("member_on") or timezone.now().date()
        lasting = Q(until__isnull=True) | Q(until__gte=day)
        members = Membership.objects.filter(lasting, group__code__in=codes, since__lte=day)
        return rows.filter(pk__in=members.values("member_id"))

    def on_day(self, rows: QuerySet[Party], _name: str, _day: date) -> QuerySet[Party]:
        """Read by ``in_group``; alone it picks out nothing."""
        return rows


class ArticleFilters(StrictFilterSet):
    """What articles can be asked for by."""

    published_from = By(Day, method="from_day", about="Published on this day (UTC) or later; undated left out.")
    published_until = By(Day, method="until_day", about="Published on this day (UTC) or earlier; undated left out.")

    language = By(
        Written, pattern=r"[A-Za-z]{2,8}(-[0-9A-Za-z]{1,8})?", example="en", method="in_language",
        about="Code of the language of a quoted revision.",
    )  # fmt: skip
    official = By(Flag, field_name="source__official", about="Only of sources that speak for the party concerned.")
    publisher = By(Words, method="by_publisher", about="Words that the publisher's name has, all of them, in any case.")
    pledge = By(
        RecordIds, model=Pledge, listed_at="/api/v1/pledges/", method="under_pledge",
        about="Ids of pledges that rest on it: any of these.",
    )  # fmt: skip
    sanction = By(
        RecordIds, model=Measure, listed_at="/api/v1/sanctions/", method="under_measure",
        about="Ids of measures that rest on it: any of these.",
    )  # fmt: skip
    q = By(Words, method="by_words", about="Words that the headline of a quoted revision has, all, in any case.")
    ordering = By(
        Code, method="in_order", allowed=["-first_seen", "first_seen"], default="-first_seen",
        about="By the moment at which the tracker first saw it, `-` for the newest first. Ties are broken by id.",
    )  # fmt: skip

    ranges = (("published_from", "published_until"),)

    def in_language(self, rows: QuerySet[Article], _name: str, code: str) -> QuerySet[Article]:
        """With a quoted revision in the language."""
        return rows.filter(pk__in=quoted_revisions().filter(language__iexact=code).values("article_id"))

    def by_publisher(self, rows: QuerySet[Article], _name: str, words: tuple[str, ...]) -> QuerySet[Article]:
        """Of a publisher with all words in the name."""
        return rows.filter(has_words("source__publisher", words))

    def under_pledge(self, rows: QuerySet[Article], _name: str, ids: tuple[str, ...]) -> QuerySet[Article]:
        """Quoted by any of the pledges, all of them published."""
        quoted = Evidence.objects.filter(pledge__public_id__in=ids)
        return rows.filter(pk__in=quoted.values("revision__article_id")) if ids else rows

    def under_measure(self, rows: QuerySet[Article], _name: str, ids: tuple[str, ...]) -> QuerySet[Article]:
        """Quoted by any of the measures, all of them published."""
        quoted = MeasureEvidence.objects.filter(measure__public_id__in=ids)
        return rows.filter(pk__in=quoted.values("revision__article_id")) if ids else rows

    def by_words(self, rows: QuerySet[Article], _name: str, words: tuple[str, ...]) -> QuerySet[Article]:
        """With all words in the headline."""
        found = quoted_revisions().filter(has_words("title", words))
        return rows.filter(pk__in=found.values("article_id")) if words else rows

    def in_order(self, rows: QuerySet[Article], _name: str, order: str) -> QuerySet[Article]:
        """In a stable order."""
        return rows.order_by(order.replace("first_seen", "first_seen_at"), "-pk" if order.startswith("-") else "pk")

    def from_day(self, rows: QuerySet[Article], _name: str, day: date) -> QuerySet[Article]:
        """With a quoted revision published then or later."""
        return rows.filter(pk__in=quoted_revisions().filter(published_at__gte=start_of(day)).values("article_id"))

    def until_day(self, rows: QuerySet[Article], _name: str, day: date) -> QuerySet[Article]:
        """With a quoted revision published then or earlier."""
        if day == date.max:
            return rows.filter(pk__in=quoted_revisions().filter(published_at__isnull=False).values("article_id"))
        end = start_of(day + timedelta(days=1))
        return rows.filter(pk__in=quoted_revisions().filter(published_at__lt=end).values("article_id"))


class RateFilters(StrictFilterSet):
    """What exchange rates can be asked for by."""

    currency = By(Currencies, field_name="currency__in", about="ISO 4217 codes of currencies.")
    day_from = By(Day, field_name="day__gte", about="Of this day or a later one.")
    day_until = By(Day, field_name="day__lte", about="Of this day or an earlier one.")
    source = By(Words, method="by_source", about="Words that the name of its publisher has, all of them, in any case.")
    ordering = By(
        Code, method="in_order", allowed=["-day", "day"], default="-day",
        about="By day, `-` for the newest first; the currencies of one day by their codes.",
    )  # fmt: skip

    ranges = (("day_from", "day_until"),)

    def by_source(self, rows: QuerySet[Rate], _name: str, words: tuple[str, ...]) -> QuerySet[Rate]:
        """Of a publisher with all words in the name."""
        return rows.filter(has_words("source", words))

    def in_order(self, rows: QuerySet[Rate], _name: str, order: str) -> QuerySet[Rate]:
        """In a stable order: of each currency and day one rate holds."""
        return rows.order_by(order, "currency")


class DatasetFilters(StrictFilterSet):
    """What datasets can be asked for by."""

    redistributable = By(
        Flag, field_name="redistributable", about="Only those whose single records are given out (`true`), or others."
    )
