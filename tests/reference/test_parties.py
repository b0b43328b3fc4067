"""Countries, organisations and dated memberships."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db.models import Q

from reference.models import Membership, Party
from reference.services import PartyDraft, ensure_parties, load_parties

pytestmark = pytest.mark.django_db


def members(group: str, day: date) -> set[str]:
    lasting = Q(until__isnull=True) | Q(until__gte=day)
    found = Membership.objects.filter(lasting, group__code=group, since__lte=day)
    return set(found.values_list("member__code", flat=True))


def test_every_country_of_iso_3166_has_both_codes_and_a_name() -> None:
    load_parties()
    italy = Party.objects.get(code="IT")
    assert (italy.alpha3, italy.name, italy.kind) == ("ITA", "Italy", "country")
    assert Party.objects.filter(kind="country").count() == 250


@pytest.mark.parametrize("code", ["EU", "NATO", "UN", "WB", "IMF", "EBRD", "EIB", "G7", "XK"])
def test_the_organisations_of_the_vocabulary_are_there(code: str) -> None:
    load_parties()
    assert Party.objects.filter(code=code).exists()


def test_the_european_peace_facility_and_the_eib_belong_to_the_eu() -> None:
    load_parties()
    assert set(Party.objects.filter(parent__code="EU").values_list("code", flat=True)) == {"EPF", "EIB"}


@pytest.mark.parametrize(
    ("group", "day", "size"),
    [
        ("EU", date(2020, 1, 31), 28),
        ("EU", date(2022, 2, 27), 27),
        ("G7", date(2022, 2, 27), 7),
        ("NATO", date(2022, 2, 27), 30),
        ("NATO", date(2023, 4, 4), 31),
        ("NATO", date(2024, 3, 7), 32),
    ],
)
def test_a_group_has_the_members_that_it_had_on_the_day(group: str, day: date, size: int) -> None:
    load_parties()
    assert len(members(group, day)) == size


def test_the_united_kingdom_left_the_eu_and_stayed_in_nato() -> None:
    load_parties()
    assert "GB" in members("EU", date(2020, 1, 31))
    assert "GB" not in members("EU", date(2020, 2, 1))
    assert "GB" in members("NATO", date(2022, 2, 27))


def test_loading_again_adds_nothing_and_keeps_what_staff_renamed() -> None:
    assert load_parties() > 250
    Party.objects.filter(code="TR").update(name="Turkey")
    assert load_parties() == 0
    assert Party.objects.get(code="TR").name == "Turkey"


def test_parties_of_an_import_are_added_once_and_left_as_staff_named_them() -> None:
    wanted = [PartyDraft("X-1", "A fund", "fund", external_ids=(("fts", "1"),))]
    assert ensure_parties(wanted) == 1
    Party.objects.filter(code="X-1").update(name="Its proper name")
    assert ensure_parties(wanted) == 0
    assert Party.objects.get(code="X-1").name == "Its proper name"


def test_a_party_whose_code_cannot_be_kept_is_refused() -> None:
    with pytest.raises(ValidationError):
        ensure_parties([PartyDraft("X" * 21, "Too long a code", "fund")])
    assert not Party.objects.filter(name="Too long a code").exists()
