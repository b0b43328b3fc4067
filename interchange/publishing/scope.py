"""Which records files hold, of which state, under which licence, and how they are cited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from history.models import Change
from interchange.datatables.catalogue import datasets
from reference.models import Dataset

ALL = "all"  # every dataset that may be given out, told apart by the column "dataset"
TITLE = "Aid and sanctions pledge tracker"
# The licences of datasets whose address and short name are known; others are told in their own words.
KNOWN_LICENCES = {
    "CC BY 4.0": ("CC-BY-4.0", "https://creativecommons.org/licenses/by/4.0/"),
    "CC BY-SA 4.0": ("CC-BY-SA-4.0", "https://creativecommons.org/licenses/by-sa/4.0/"),
    "CC BY-NC 4.0": ("CC-BY-NC-4.0", "https://creativecommons.org/licenses/by-nc/4.0/"),
    "CC BY-IGO 3.0": ("CC-BY-3.0-IGO", "https://creativecommons.org/licenses/by/3.0/igo/"),
    "CC0": ("CC0-1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
    "CC0 1.0": ("CC0-1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
}


class ScopeError(ValueError):
    """There is no such dataset, or it may not be given out; the message says which."""


@dataclass(frozen=True, slots=True)
class Stand:
    """The state of the record that files are made of. What they say of themselves hangs on nothing else."""

    scope: str  # ``ALL`` or the key of a dataset
    seq: int  # number of the last change
    at: datetime | None  # when that was made; None before the first change
    datasets: tuple[Dataset, ...]
    release: str = ""
    note: str = ""

    @property
    def key(self) -> str | None:
        """The one dataset, or ``None`` for all."""
        return None if self.scope == ALL else self.scope

    @property
    def title(self) -> str:
        """What the files are, in a few words."""
        of = "all datasets" if self.scope == ALL else self.datasets[0].name
        return f"{TITLE}: {of}{f', release {self.release}' if self.release else ''}"

    @property
    def as_of(self) -> str:
        """The state in words."""
        return f"change {self.seq} of {self.at.astimezone(UTC):%d %B %Y}" if self.at else "before the first change"

    @property
    def licence(self) -> str:
        """The licence, of each dataset where there are several."""
        if len({one.licence for one in self.datasets}) == 1:
            return self.datasets[0].licence
        return "; ".join(f"{one.key}: {one.licence}" for one in self.datasets)

    @property
    def citation(self) -> str:
        """How the files are cited, with what the datasets' own authors ask for."""
        year = f" ({self.at.astimezone(UTC):%Y})" if self.at else ""
        words = f"{self._publisher}{year}. {self.title}. State of the record: {self.as_of}. Licence: {self.licence}."
        theirs = [f"{one.name}: {one.citation}" for one in self.datasets if one.citation]
        return " ".join([words, *theirs])

    @property
    def _publisher(self) -> str:
        named = {one.publisher for one in self.datasets if one.publisher}
        return named.pop() if len(named) == 1 and len(self.datasets) == 1 else TITLE


def stand_of(scope: str, *, release: str = "", note: str = "") -> Stand:
    """The state of the record as it is read now. Raises ``ScopeError``."""
    found = tuple(datasets(None if scope == ALL else scope))
    if not found:
        raise ScopeError(_why_not(scope))
    last = Change.objects.order_by("-seq").first()
    return Stand(scope, last.seq if last else 0, last.at if last else None, found, release, note)


def _why_not(scope: str) -> str:
    allowed = ", ".join([ALL, *datasets().values_list("key", flat=True)])
    if Dataset.objects.filter(key=scope).exists():
        return f"The dataset “{scope}” may not be given out under its licence. Name another: {allowed}."
    return f"There is no dataset “{scope}” to give out. Name one of: {allowed}."
