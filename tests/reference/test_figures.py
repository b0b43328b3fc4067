"""Figures and keys from files: all rows or none, and what was known stays known."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from history.rows import save_row
from history.selectors import last_seq
from reference.figures import figures_known, load_attribution, load_figures, shares_known
from reference.kept import PARTY
from reference.known import memberships_known
from reference.models import Membership, Party, PartyFigure
from reference.services import load_parties
from tests.builders import NOW, party, person

pytestmark = pytest.mark.django_db
HEADER = "party,measure,year,value,currency,source\n"


def load(*rows: str) -> None:
    load_figures((HEADER + "\n".join(rows)).encode(), now=NOW, job="test")


def test_a_corrected_figure_is_known_from_then_on_and_not_before() -> None:
    party("IT")
    load("IT,gdp,2021,100,EUR,An office")
    then = last_seq()
    load("IT,gdp,2021,120,EUR,An office")
    assert [one.value for one in figures_known("gdp", then)] == [Decimal(100)]
    assert [one.value for one in figures_known("gdp", None)] == [Decimal(120)]
    assert figures_known("gdp", 0) == []


def test_the_same_file_again_changes_nothing() -> None:
    party("IT")
    load("IT,population,2021,59000000,,An office")
    before = last_seq()
    load("IT,population,2021,59000000,,An office")
    assert last_seq() == before


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("XX,gdp,2021,1,EUR,s", "Row 2: “XX” is the code of no party."),
        ("IT,debt,2021,1,EUR,s", "Row 2: measure: “debt” is not known. Allowed: gdp, population."),
        ("IT,gdp,21,1,EUR,s", "Row 2: year: “21” is no year."),
        ("IT,gdp,2021,-1,EUR,s", "Row 2: value: “-1” is no number above zero in digits, with 2 decimals at most."),
        ("IT,gdp,2021,1,,s", "Row 2: currency: a GDP has the ISO 4217 code of its currency, a population has none."),
        ("IT,gdp,2021,1,EUR,", "Row 2: Say in the column source, in up to 300 characters, who published it."),
    ],
)
def test_a_wrong_row_is_named_and_nothing_is_kept(row: str, words: str) -> None:
    party("IT")
    with pytest.raises(ValidationError) as refused:
        load(row, "IT,gdp,2020,1,EUR,s")
    assert refused.value.messages == [words]
    assert not PartyFigure.objects.exists()


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"a,b\n1,2\n", HEADER.encode(), HEADER.encode() + b"\0"])
def test_a_file_that_is_no_table_of_figures_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(ValidationError):
        load_figures(content, now=NOW, job="test")


def test_a_key_is_known_as_it_was_before_it_was_corrected() -> None:
    for code in ("EU", "IT"):
        party(code)
    header = "institution,valid_from,member,weight,source\n"
    load_attribution(f"{header}EU,2021-01-01,IT,5,An office".encode(), now=NOW, job="test")
    then = last_seq()
    load_attribution(f"{header}EU,2021-01-01,IT,6,An office".encode(), now=NOW, job="test")
    assert [one.weight for one in shares_known(then)] == [5]
    assert [one.weight for one in shares_known(None)] == [6]


def test_a_membership_that_is_removed_was_still_known_before() -> None:
    load_parties(now=NOW)
    finland = Party.objects.get(code="FI")
    before = memberships_known(None)[finland.pk]
    then = last_seq()

    def leave() -> Party:
        Membership.objects.filter(member=finland).delete()
        return finland

    save_row(PARTY, finland.pk, leave, now=NOW + timedelta(days=1), acting_user=person())
    assert finland.pk not in memberships_known(None)
    assert memberships_known(then)[finland.pk] == before


def test_memberships_of_a_later_release_are_a_change_of_their_own() -> None:
    load_parties(now=NOW)
    Membership.objects.filter(group__code="DAC").delete()
    then = last_seq()
    load_parties(now=NOW)
    dac = Party.objects.get(code="DAC").pk

    def members(seq: int | None) -> int:
        return sum(one.group == dac for own in memberships_known(seq).values() for one in own)

    assert (members(then), members(None)) == (0, 34)


def test_the_command_says_what_it_loaded_or_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    party("IT")
    path = tmp_path / "figures.csv"
    path.write_text(f"{HEADER}IT,gdp,2021,100,EUR,An office\n", encoding="utf-8")
    call_command("load_figures", path)
    assert capsys.readouterr().out == "1 figures read: 1 new, 0 corrected.\n"
    path.write_text(f"{HEADER}IT,gdp,2021,none,EUR,An office\n", encoding="utf-8")
    with pytest.raises(CommandError, match="was not loaded"):
        call_command("load_figures", path)
