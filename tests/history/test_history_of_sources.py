"""A source's history page tells who changed what of it."""

from __future__ import annotations

import pytest

from ingestion.models import Source
from tests.admin_pages import client_of, fields_of, text_of

pytestmark = pytest.mark.django_db
ADD = "/admin/ingestion/source/add/"


def test_a_source_tells_who_changed_what_from_what_to_what() -> None:
    desk = client_of(everything=True)
    data = fields_of(desk.get(ADD)) | {"name": "A paper", "kind": "feed", "url": "https://example.org/feed"}
    desk.post(ADD, data)
    page = f"/admin/ingestion/source/{Source.objects.get().pk}/"
    desk.post(f"{page}change/", fields_of(desk.get(f"{page}change/")) | {"name": "Another name"})
    told = text_of(desk.get(f"{page}history/"))
    assert "Name A paper Another name" in told
    assert "by editor" in told
