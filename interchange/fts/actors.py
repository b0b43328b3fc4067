"""Who gives and who gets in FTS: governments are countries, other organisations are parties of their own."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import pycountry

from interchange.fts.reading import Flow
from interchange.parties import Parties
from interchange.problems import FileProblem
from interchange.tables import data_file, plain
from reference.services import PartyDraft

FILE = "fts"
GOVERNMENT = ", government of"


@cache
def country_code(name: str) -> str:
    """ISO 3166 alpha-2 of a country by its name in FTS; empty where it is none."""
    countries: dict[str, str] = data_file(FILE)["countries"]
    if plain(name) in countries:
        return countries[plain(name)]
    try:
        return str(pycountry.countries.lookup(name.strip()).alpha_2)
    except LookupError:
        return ""


class Actors:
    """Finds the party of an organisation, and gathers those that are to be made."""

    def __init__(self, parties: Parties) -> None:
        self._parties = parties
        self.new: dict[str, PartyDraft] = {}

    def code(self, flow: Flow, organisation: Mapping[str, Any]) -> str:
        """The party's code; a party that is not known yet is gathered in ``new``. Raises ``FileProblem``."""
        fts_id, name = str(organisation.get("id", "")), str(organisation.get("name", "")).strip()
        known: dict[str, str] = data_file(FILE)["organisations"]
        if fts_id in known:
            return known[fts_id]
        if plain(name).endswith(GOVERNMENT):
            return self._government(flow, name[: -len(GOVERNMENT)])
        code = f"FTS-{fts_id}"
        if not fts_id or not name:
            raise FileProblem("an organisation has no id or no name.", flow.place())
        if not self._parties.knows(code):
            self.new[code] = PartyDraft(code, name, self._kind(flow, organisation), None, (("fts", fts_id),))
        return code

    def _government(self, flow: Flow, name: str) -> str:
        code = country_code(name)
        if not code:
            raise FileProblem(
                f"“{name}” is no country that we know. Add it to interchange/data/{FILE}.toml under [countries].",
                flow.place("sourceObjects"),
            )
        return code

    def _kind(self, flow: Flow, organisation: Mapping[str, Any]) -> str:
        kinds: dict[str, str] = data_file(FILE)["kinds"]
        types = organisation.get("organizationTypes") or [""]
        found = kinds.get(plain(str(types[0])))
        if found is None and types[0]:
            raise FileProblem(
                f"“{types[0]}” is no type of organisation that we know. Add it to interchange/data/{FILE}.toml.",
                flow.place("organizationTypes"),
            )
        return found or "other"
