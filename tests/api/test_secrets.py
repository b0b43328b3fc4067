"""Drafts, private notes, reviewers and unquoted texts never leave, by whatever way one asks."""

from __future__ import annotations

import io
import zipfile
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from django.test import Client

from history.models import Version
from ingestion.models import Revision
from pledges.drafts import DeductionDraft, EvidenceDraft, ItemDraft
from pledges.services import correct_pledge, create_pledge, merge_pledge, publish_pledge, withdraw_pledge
from pledges.totals import DIMENSIONS
from reference.models import Dataset
from review.services import reject
from sanctions.models import Designation, RecordState
from sanctions.services import correct_measure, create_measure, publish_measure, withdraw_measure
from sanctions.totals import DIMENSIONS as SANCTIONS_DIMENSIONS
from tests.api.making import ROOT, article, get, listing, measure_draft, programme, quoting, rich_pledge, take_in
from tests.builders import NOW, draft, euros, party, person, published, rates
from tests.review import making as desk

pytestmark = pytest.mark.django_db

SECRET = "xyzzy"
NOTE = f"{SECRET} note for staff"


def planted() -> list[str]:
    """Records full of secrets; returns the public ids of what was never published."""
    rates()
    reviewer = person(f"{SECRET}-reviewer")
    reviewer.email, reviewer.first_name = f"{SECRET}@example.org", SECRET  # type: ignore[attr-defined]
    reviewer.save()
    _undecided(reviewer)
    public = article(
        "A public headline", text=f"Rome will send EUR 110 million to Kyiv. {SECRET}: the rest of the text."
    )
    article(f"{SECRET} headline that grounds nothing")
    drafted = article(f"{SECRET} headline that grounds a draft")
    full_of_secrets: dict[str, Any] = {
        "title": f"{SECRET} draft", "public_note": SECRET, "private_note": NOTE, "donors_as_written": SECRET,
        "items": (ItemDraft(f"{SECRET} tanks"),), "deductions": (DeductionDraft(Decimal(1), "raises", note=SECRET),),
        "evidence": (EvidenceDraft(url=f"https://example.org/{SECRET}", quote=SECRET, publisher=SECRET),
                     quoting(drafted)),
        **euros("700"),
    }  # fmt: skip
    hidden = create_pledge(draft(**full_of_secrets), now=NOW, acting_user=reviewer, why=NOTE)
    shown = create_pledge(
        draft(
            "Shown", private_note=NOTE, package_id=hidden.pk, supersedes_id=hidden.pk,
            evidence=(quoting(public),), **euros("5"),
            deductions=(DeductionDraft(Decimal(1), "other_record", other_id=hidden.pk),),
        ), now=NOW, acting_user=reviewer, why=NOTE,
    )  # fmt: skip
    publish_pledge(shown.pk, now=NOW, acting_user=reviewer, why=NOTE)
    part = create_pledge(draft(**{**full_of_secrets, "package_id": shown.pk}), now=NOW, acting_user=reviewer)
    later = create_pledge(draft(**{**full_of_secrets, "supersedes_id": shown.pk}), now=NOW, acting_user=reviewer)
    dropped = create_pledge(draft(**full_of_secrets), now=NOW, acting_user=reviewer)
    withdraw_pledge(dropped.pk, reason=NOTE, now=NOW, acting_user=reviewer)
    doubled = create_pledge(draft(**{**full_of_secrets, "evidence": ()}), now=NOW, acting_user=reviewer)
    merge_pledge(doubled.pk, into_id=shown.pk, now=NOW, acting_user=reviewer, why=NOTE)
    rich_pledge(private_note=NOTE)
    ban = create_measure(
        measure_draft(f"{SECRET} ban", private_note=NOTE, public_note=SECRET), now=NOW, acting_user=reviewer
    )
    told = create_measure(measure_draft("Ban", private_note=NOTE), now=NOW, acting_user=reviewer, why=NOTE)
    publish_measure(told.pk, now=NOW, acting_user=reviewer)
    told_twice = published("Told twice", private_note=NOTE, evidence=(quoting(public),), **euros("5"))
    gone = create_measure(measure_draft(f"{SECRET} gone"), now=NOW, acting_user=reviewer)
    withdraw_measure(gone.pk, reason=NOTE, now=NOW, acting_user=reviewer)
    correct_pledge(
        told_twice.pk,
        draft("Told twice", package_id=hidden.pk, private_note=f"{NOTE} again", evidence=(quoting(public),),
              **euros("6")),
        now=NOW, acting_user=reviewer, why=NOTE,
    )  # fmt: skip
    correct_measure(told.pk, measure_draft("Ban", private_note=f"{NOTE} again", sectors="oil"), now=NOW,
                    acting_user=reviewer, why=NOTE)  # fmt: skip
    listed = take_in(listing("1", "A Company"), listing("2", f"{SECRET} Company", aliases=(SECRET,), reason=SECRET))
    Designation.objects.filter(pk=listed[1].pk).update(state=RecordState.DRAFT)
    Version.objects.filter(kind="designation", object_id=listed[1].pk).update(public=False)
    closed = Dataset.objects.create(key="closed", name="Closed", licence="none", redistributable=False)
    (kept,) = take_in(listing("3", f"{SECRET} kept"), regime=programme("KEPT", f"{SECRET} regime", dataset=closed))
    assert get(f"designations/{kept.public_id}/", status=403)["status"] == 403
    return [one.public_id for one in (hidden, part, later, dropped, doubled, ban, gone, listed[1])]


def _undecided(reviewer: Any) -> None:
    """Candidates that wait or were rejected with words, of a source whose address holds a password."""
    desk.parties()
    waiting, rejected = (
        desk.candidate(desk.article(url=f"https://example.net/{name}"), desk.ITALY) for name in ("waiting", "rejected")
    )
    article_of = rejected.finding.revision.article
    article_of.source.url = f"https://staff:{SECRET}@example.org/feed"
    article_of.source.last_error = SECRET
    article_of.source.save()
    Revision.objects.filter(pk=waiting.finding.revision_id).update(title=f"{SECRET} headline", author=SECRET)
    reject(rejected.pk, reason="other", words=f"{SECRET} decision", acting_user=reviewer, now=NOW)


def everywhere() -> list[str]:
    """Every endpoint of the description in every format and order, with every filter and everything expanded."""
    found = []
    for template, ways in Client().get(f"{ROOT}schema/").json()["paths"].items():
        path = (
            template.replace("{code}", "IT").replace("{key}", "tracker").replace("{name}", "stages")
            .replace("{id}", "1").replace("{public_id}", "P2222222")
        )  # fmt: skip
        found.append(path)
        for parameter in ways["get"].get("parameters", []):
            schema, name = parameter["schema"], parameter["name"]
            if parameter["in"] != "query":
                continue
            values = schema.get("enum") or schema.get("items", {}).get("enum") or []
            found += [f"{path}?{name}={value}" for value in values]
            if name in {"expand", "fields"}:
                found.append(f"{path}?{name}={','.join(values)}")
            if name == "cursor":
                found.append(f"{path}?cursor=start")
            if values == [] and schema.get("type") == "string":
                found.append(f"{path}?{name}=zzz{SECRET[::-1]}")  # refused or empty, and echoed at the most
            if name == "q":
                found += [f"{path}?q={SECRET[:3]}", f"{path}?q=draft&format=csv"]
    return found


def addresses_in(value: Any) -> set[str]:
    """Every address of the API that an answer names."""
    if isinstance(value, dict):
        return set().union(*(addresses_in(one) for one in value.values())) if value else set()
    if isinstance(value, list):
        return set().union(*(addresses_in(one) for one in value)) if value else set()
    start = "http://testserver" + ROOT
    return {value.removeprefix("http://testserver")} if isinstance(value, str) and value.startswith(start) else set()


def asked(hidden: list[str]) -> list[str]:
    """Addresses to begin with: every endpoint with every dimension, filter and order, and the ids of what is hidden."""
    found = [ROOT, ROOT + "docs/?script="]
    for name in ("donor,recipient,type,finance_type,in_kind,stage", *DIMENSIONS):
        found += [f"{ROOT}totals/?group_by={name}&currency={currency}" for currency in ("EUR", "USD")]
    found += [f"{ROOT}totals/explain/?{extra}" for extra in ("", "counted=false", "include=refugee_costs", "page=2")]
    found += [f"{ROOT}totals/?group_by=donor&{extra}" for extra in ("include=refugee_costs", "donor=IT", "type=mixed")]
    for name in (",".join(SANCTIONS_DIMENSIONS), *SANCTIONS_DIMENSIONS):
        found.append(f"{ROOT}sanctions/totals/?group_by={name}")
    for path, order in product(("pledges", "sanctions"), ("", "?ordering=-modified", "?ordering=modified")):
        found.append(f"{ROOT}{path}/{order}")
    for public_id, path in product(hidden, ("pledges", "sanctions", "designations")):
        found.append(f"{ROOT}{path}/{public_id}/")
    found += [f"{ROOT}articles/{n}/" for n in range(1, 12)]
    found += [f"{ROOT}pledges/?donor=IT&recipient=UA", f"{ROOT}pledges/?stage=pledge", f"{ROOT}sanctions/?imposer=EU"]
    found += [f"{ROOT}pledges/?title=a", f"{ROOT}pledges/?ordering=private_note", f"{ROOT}pledges/?private_note=a"]
    found += [f"{ROOT}feeds/{path}/" for path in ("pledges", "corrections")]
    for path in ("programmes/", "designations/", "changes/", "corrections/", "exchange-rates/", "vocabularies/"):
        found += [ROOT + path, f"{ROOT}{path}?page_size=1", f"{ROOT}{path}?dataset=closed", f"{ROOT}{path}?colour=red"]
    for code, extra in product(("IT", "UA", "EU", "RU"), ("", "?page_size=1&page=2", "?role=donor,imposer")):
        found.append(f"{ROOT}parties/{code}/timeline/{extra}")
    found += [f"{ROOT}pledges/?{extra}" for extra in ("q=shown", "valued=true", "has_delivery=false", "amount_min=1")]
    for number in range(40):
        found += [f"{ROOT}changes/?since={number}&page_size=1", f"{ROOT}corrections/?before={number}&page_size=1"]
    found += [f"{ROOT}{path}/?q=company" for path in ("programmes", "designations")]
    return found


def test_nothing_that_is_not_public_leaves_by_any_address() -> None:
    party("FR")
    hidden = planted()
    waiting, seen = [*asked(hidden), *everywhere()], set[str]()
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        seen.add(address)
        answer = Client().get(address)
        body = text_of(answer)
        assert SECRET not in body, address
        assert SECRET not in str(answer.headers), address
        assert "reviewer" not in body.replace("the reviewer", "") or "schema" in address, address
        own = address.rstrip("/").rsplit("/", 1)[-1]
        assert [one for one in hidden if one != own and one in body] == [], address
        if own in hidden:
            assert answer.status_code == 404, address
        if answer["Content-Type"].endswith("/json"):
            waiting += sorted(addresses_in(answer.json()) - seen)
    assert len(seen) > 600


def text_of(answer: Any) -> str:
    """All words of an answer; those of a workbook are taken out of its parts."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if "sheet" not in answer.get("Content-Type", ""):
        return str(content.decode())
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return "".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
