"""Attribution keys can be looked at."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from reference.figures import load_attribution
from tests.builders import NOW, party

pytestmark = pytest.mark.django_db


def test_staff_see_by_which_key_the_eu_is_attributed_and_cannot_change_it_there() -> None:
    for code in ("EU", "IT"):
        party(code)
    rows = "institution,valid_from,member,weight,source\nEU,2021-01-01,IT,5,GNI of an office"
    load_attribution(rows.encode(), now=NOW, job="test")
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("chief", password="x"))
    page = client.get(reverse("admin:reference_attributionshare_changelist"))
    assert "GNI of an office" in page.content.decode()
    assert client.get(reverse("admin:reference_attributionshare_add")).status_code == 403
