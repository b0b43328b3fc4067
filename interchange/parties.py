"""Finds parties by code for an import."""

from __future__ import annotations

from interchange.problems import FileProblem
from reference.models import Party


class Parties:
    """The ids of parties by code, read once."""

    def __init__(self) -> None:
        self._ids = dict(Party.objects.values_list("code", "id"))

    def id(self, code: str) -> int:
        """The party's id. Raises ``FileProblem`` if it is not in the reference data."""
        if code not in self._ids:
            raise FileProblem(
                f"There is no party with the code {code}. Load the reference data first (make run does), or add it."
            )
        return self._ids[code]

    def knows(self, code: str) -> bool:
        """Whether a party has that code."""
        return code in self._ids
