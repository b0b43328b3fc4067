"""Parties, and the articles that ground published records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from api.filters import ArticleFilters, PartyFilters
from api.problems import shortened
from api.records import measures_of, parties, pledges_of, public_articles
from api.schema import problems
from api.serializers.reference import ArticleAnswer, PartyAnswer
from api.tables import ARTICLE_LIST, PARTIES
from api.views.downloads import TableList
from api.views.shaped import Shaped
from api.walking import Walk
from ingestion.models import Article
from reference.models import Party


class PartyList(TableList):
    """Countries, organisations, groups and funds."""

    serializer_class = PartyAnswer
    filterset_class = PartyFilters
    flat = PARTIES
    walk = Walk(Party, "code")

    def get_queryset(self) -> QuerySet[Party]:
        """All parties in order of their codes."""
        return parties()

    @extend_schema(
        operation_id="listParties",
        tags=["parties"],
        summary="Countries, organisations, groups and funds",
        description="Whoever gives, gets, imposes or is sanctioned, with dated memberships, in order of the codes.",
        responses={200: PartyAnswer(many=True), **problems(400, 404)},
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """A page of parties."""
        return self.list(request, *args, **kwargs)


class PartyRecord(Shaped):
    """One party."""

    serializer_class = PartyAnswer
    lookup_field = "code"

    def get_queryset(self) -> QuerySet[Party]:
        """All parties."""
        return parties()

    @extend_schema(
        operation_id="getParty",
        tags=["parties"],
        summary="One party by its code",
        responses={200: PartyAnswer, **problems(400, 404)},
    )
    def get(self, request: Request, code: str) -> Response:
        """The party."""
        party = self.get_queryset().filter(code=code).first()
        if party is None:
            raise NotFound(f"No party has the code “{shortened(code)}”. Codes are listed at /api/v1/parties/.")
        return Response(self.get_serializer(party).data)


def with_records(serializer: Any, articles: Sequence[Article]) -> Any:
    """The serializer with the ids of the published records that rest on the articles."""
    serializer._context |= {"pledges_of": pledges_of(articles), "measures_of": measures_of(articles)}
    return serializer


class ArticleList(TableList):
    """Articles that ground a published record."""

    serializer_class = ArticleAnswer
    filterset_class = ArticleFilters
    flat = ARTICLE_LIST
    walk = Walk(Article, "pk")

    def get_queryset(self) -> QuerySet[Article]:
        """Only what a published record rests on."""
        return public_articles()

    @extend_schema(
        operation_id="listArticles",
        tags=["articles"],
        summary="Articles that ground a published record",
        description="What they are and where they can be read; never their text. Articles that no published record "
        "rests on are not shown.",
        responses={200: ArticleAnswer(many=True), **problems(400, 404)},
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """A page of articles."""
        return self.list(request, *args, **kwargs)

    def told(self, page: Sequence[Article]) -> Any:
        """Articles with the ids of the published records that rest on them."""
        return with_records(self.get_serializer(page, many=True), page).data


class ArticleRecord(Shaped):
    """One article."""

    serializer_class = ArticleAnswer
    lookup_field = "id"

    def get_queryset(self) -> QuerySet[Article]:
        """Only what a published record rests on."""
        return public_articles()

    @extend_schema(
        operation_id="getArticle",
        tags=["articles"],
        summary="One article that grounds a published record",
        responses={200: ArticleAnswer, **problems(400, 404)},
    )
    def get(self, request: Request, id: int) -> Response:
        """The article."""
        found = self.get_queryset().filter(pk=id).first()
        if found is None:
            raise NotFound(f"There is no article with the id {id} on which a published record rests.")
        return Response(with_records(self.get_serializer(found), [found]).data)
