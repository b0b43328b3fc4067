"""The code lists of the record. They change with a release of the tracker and never between two."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from api.problems import shortened
from api.schema import problems
from api.serializers.vocabularies import Vocabularies, VocabularyFull
from api.views.base import PublicView
from api.vocabularies import VOCABULARIES


class VocabularyList(PublicView):
    """All lists of codes."""

    @extend_schema(
        operation_id="listVocabularies",
        tags=["vocabularies"],
        summary="The code lists of the record",
        description="Aid types, stages, kinds of measures and the like: which lists there are. All on one page.",
        responses={200: Vocabularies, **problems(400)},
    )
    def get(self, request: Request) -> Response:
        """The lists, without their codes."""
        return Response(Vocabularies({"results": list(VOCABULARIES.values())}, context={"request": request}).data)


class VocabularyRecord(PublicView):
    """One list of codes."""

    @extend_schema(
        operation_id="getVocabulary",
        tags=["vocabularies"],
        summary="One code list",
        description="Each code with its label, its meaning, and the code of a standard that it stands for.",
        responses={200: VocabularyFull, **problems(400, 404)},
    )
    def get(self, request: Request, name: str) -> Response:
        """The list with its codes."""
        vocabulary = VOCABULARIES.get(name)
        if vocabulary is None:
            raise NotFound(f"There is no vocabulary “{shortened(name)}”. There are: {', '.join(VOCABULARIES)}.")
        return Response(VocabularyFull(vocabulary, context={"request": request}).data)
