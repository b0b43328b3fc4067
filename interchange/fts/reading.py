"""Reads flows as OCHA's Financial Tracking Service gives them: files of its API, or its pages one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from interchange.jsons import parse_json, read_json
from interchange.problems import FileProblem, Place

MOST_PAGES = 2_000
Fetch = Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of the API: its flows, its own totals, where the next page is."""

    name: str
    flows: list[Mapping[str, Any]]
    funding: int | None
    pledged: int | None
    count: int  # of flows on all pages together; 0 where it does not say
    next_link: str


@dataclass(frozen=True, slots=True)
class Flow:
    """One flow with its place in the file."""

    page: str
    number: int  # from 1, as it stands in the page
    raw: Mapping[str, Any]

    @property
    def id(self) -> str:
        """The flow's id in FTS."""
        return str(self.raw["id"])

    def place(self, name: str = "") -> Place:
        """Where it stands."""
        return Place(file=self.page, row=self.number, column=name)

    def text(self, name: str) -> str:
        """A field as a text; empty where there is none."""
        value = self.raw.get(name)
        return "" if value is None else str(value).replace("\0", "").strip()

    def amount(self, name: str) -> Decimal | None:
        """A field as an amount. Raises ``FileProblem`` for what is none."""
        value = self.raw.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | Decimal) or value < 0:
            raise FileProblem(f"{value!r} is no amount.", self.place(name))
        return Decimal(value)

    def day(self, name: str) -> date | None:
        """A field as a day. Raises ``FileProblem`` for what is none."""
        text = self.text(name)
        if not text:
            return None
        try:
            return datetime.fromisoformat(text).date()
        except ValueError as error:
            raise FileProblem(f"“{text}” is no day.", self.place(name)) from error

    def objects(self, side: str, kind: str) -> list[Mapping[str, Any]]:
        """What a side of the flow (``sourceObjects``, ``destinationObjects``) names of a kind, such as Location."""
        found = self.raw.get(side) or []
        return [one for one in found if one.get("type") == kind]


def read_files(paths: Iterable[Path]) -> Iterator[Page]:
    """The pages that lie in files."""
    for path in paths:
        yield _page(read_json(path), path.name)


def read_pages(address: str, fetch: Fetch) -> Iterator[Page]:
    """The pages of the API, from an address along ``meta.nextLink``."""
    seen: set[str] = set()
    while address:
        if address in seen or len(seen) >= MOST_PAGES:
            raise FileProblem(f"the API's pages go round in a circle at {address}.")
        seen.add(address)
        page = _page(parse_json(fetch(address), address), address)
        yield page
        address = page.next_link


def _page(content: Any, name: str) -> Page:
    flows = content.get("data", {}).get("flows") if isinstance(content, dict) else None
    if not isinstance(flows, list) or not all(isinstance(one, dict) and "id" in one for one in flows):
        raise FileProblem("it is no answer of FTS: it should hold data.flows, a list of flows.", Place(file=name))
    incoming = content["data"].get("incoming") or {}
    meta = content.get("meta") or {}
    return Page(
        name=name,
        flows=flows,
        funding=incoming.get("fundingTotal"),
        pledged=incoming.get("pledgeTotal"),
        count=meta["count"] if isinstance(meta.get("count"), int) else 0,
        next_link=str(meta.get("nextLink") or ""),
    )


def flows(pages: Iterable[Page]) -> list[Flow]:
    """All flows in order of their pages; of a flow that stands twice its newest version."""
    newest: dict[str, Flow] = {}
    for page in pages:
        for number, raw in enumerate(page.flows, 1):
            flow = Flow(page.name, number, raw)
            standing = newest.get(flow.id)
            if standing is None or _version(flow) > _version(standing):
                newest[flow.id] = flow
    return list(newest.values())


def _version(flow: Flow) -> int:
    value = flow.raw.get("versionId")
    return value if isinstance(value, int) else 0
