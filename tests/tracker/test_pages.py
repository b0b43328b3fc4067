"""The pages of the project itself: where a visitor begins, and the closed door after failed log-ins."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from pytest_django import Settings

PASSWORD = "a long pass phrase of its own"


def test_the_first_page_leads_to_pages_that_exist(db: None) -> None:
    page = Client().get("/").content.decode()
    links = re.findall(r'href="(/[^"]*)"', page)
    found = {link: Client().get(link.replace("&amp;", "&")).status_code for link in links if "/static/" not in link}
    assert found
    assert set(found.values()) <= {200, 302}


def test_the_first_page_loads_nothing_from_elsewhere() -> None:
    answer = Client().get("/")
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', answer.content.decode())
    assert "default-src 'none'" in answer["Content-Security-Policy"]


@pytest.mark.django_db
def test_repeated_failed_log_ins_close_the_door_with_an_explanation(settings: Settings) -> None:
    get_user_model().objects.create_superuser("vera", password=PASSWORD)
    client = Client()
    for _ in range(settings.AXES_FAILURE_LIMIT):
        last = client.post("/admin/login/", {"username": "vera", "password": "wrong"})
    assert last.status_code == 429
    assert "Too many failed attempts" in last.content.decode()
    assert "0:15:00" in last.content.decode()
    right = client.post("/admin/login/", {"username": "vera", "password": PASSWORD})
    assert right.status_code == 429


@pytest.mark.django_db
def test_staff_can_change_their_password() -> None:
    user = get_user_model().objects.create_superuser("vera", password=PASSWORD)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    new = "another pass phrase of her own"
    client.post("/admin/password_change/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new})
    user.refresh_from_db()
    assert user.check_password(new)
