"""The main job from a pasted article to public totals, on whatever database the environment names; prints JSON.

    python -m tests.chain.scenario ARTICLE

Run as a program of its own, so that a test can compare what two databases answer.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import django

NOW = datetime(2022, 2, 28, 9, 0, tzinfo=UTC)
ASKED = (
    "/api/v1/totals/?group_by=donor,type&currency=EUR",
    "/api/v1/totals/?group_by=recipient,stage,in_kind&currency=USD",
    "/api/v1/sanctions/totals/?group_by=imposer,measure&in_force_on=2022-03-01",
    "/api/v1/pledges/",
    "/api/v1/sanctions/",
)


def main(path: Path) -> dict[str, Any]:
    """Migrate, paste the article, read it, accept and publish every candidate, and ask the API."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    candidates = _take_in(path)
    return {"candidates": candidates, "answers": {address: _ask(address) for address in ASKED}}


def _take_in(path: Path) -> list[dict[str, Any]]:
    from django.contrib.auth import get_user_model

    from extraction.reader import default_extractor
    from ingestion.models import Candidate
    from ingestion.services import add_text, extract_revision
    from reference.models import Rate
    from reference.services import load_parties, load_rates, packaged_rates, read_ecb_csv
    from review.services import accept

    load_parties()
    if not Rate.objects.exists():
        near = (rate for rate in read_ecb_csv(packaged_rates()) if date(2022, 2, 1) <= rate.day <= date(2022, 3, 1))
        load_rates(near, now=NOW)
    user = get_user_model().objects.create_superuser("chief", password="only-for-this-test")
    added = add_text(text=path.read_text(encoding="utf-8"), published_on=date(2022, 2, 27), acting_user=user, now=NOW)
    assert added.revision_id is not None
    extract_revision(added.revision_id, now=NOW, reader=default_extractor())
    told = []
    for candidate in Candidate.objects.select_related("finding").order_by("finding__start", "pk"):
        payload = candidate.finding.payload
        told.append({"kind": candidate.kind, "quote": candidate.finding.quote, **_claim(payload)})
        accept(candidate.pk, acting_user=user, now=NOW, publish=True)
    return told


def _claim(payload: dict[str, Any]) -> dict[str, Any]:
    wanted = ("donors", "recipients", "type", "in_kind", "stage", "imposers", "imposers_as_written", "targets",
              "measures", "action")  # fmt: skip
    amount = payload.get("amount")
    return {
        **{name: payload[name] for name in wanted if name in payload},
        "amount": f"{amount['currency']} {amount['value']}" if amount else None,
    }


def _ask(address: str) -> Any:
    from django.test import Client

    answer = Client().get(address, headers={"host": "127.0.0.1"})
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answered {answer.status_code}: {answer.content[:500]!r}")
    return answer.json()


if __name__ == "__main__":
    json.dump(main(Path(sys.argv[1])), sys.stdout, indent=1, sort_keys=True)
