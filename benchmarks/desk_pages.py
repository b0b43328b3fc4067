"""The pages of the desk that are measured, and the database that they are measured on. Needs Django's settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import StringIO
from itertools import cycle
from typing import Any

from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from benchmarks.desk_rows import Say, make_candidates, make_pledges
from ingestion.models import Candidate
from pledges.models import Pledge
from review.links import candidate_address

CANDIDATES = "admin:review_deskcandidate_changelist"
PLEDGES = "admin:pledges_pledge_changelist"
Ask = Callable[[], Any]


def fill(pledges: int, candidates: int, *, say: Say) -> None:
    """An installation as it is after a first start, with these many rows besides."""
    call_command("setup", stdout=StringIO())
    now = timezone.now()
    make_pledges(pledges, now=now, say=say)
    make_candidates(candidates, now=now, say=say)
    if connection.vendor == "postgresql":  # autovacuum does so within a minute
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


class Desk:
    """A browser of an administrator."""

    def __init__(self) -> None:
        """Logged in."""
        self.client = Client(SERVER_NAME="127.0.0.1")
        self.client.force_login(User.objects.get(is_superuser=True))

    def get(self, address: str, **query: str) -> Ask:
        """Ask for a page; anything but 200 is an error."""

        def ask() -> None:
            answer = self.client.get(address, query)
            if answer.status_code != 200:
                raise AssertionError(f"{address} {query}: {answer.status_code} {answer.headers.get('Location', '')}")

        return ask

    def press(self, decision: str, ids: list[int], **fields: str) -> Ask:
        """Press a button on one candidate after another, and open the page that it leads to."""
        turn = cycle(ids)

        def ask() -> None:
            address = candidate_address(next(turn))
            answer = self.client.post(address, {"decision": decision, **fields}, follow=True)
            if answer.status_code != 200 or len(answer.redirect_chain) != 1:
                raise AssertionError(f"{decision} at {address}: {answer.status_code} {answer.redirect_chain}")

        return ask


def pages() -> Iterator[tuple[str, Ask]]:
    """What is measured, by name."""
    desk = Desk()
    waiting = list(Candidate.objects.filter(kind="pledge").order_by("place").values_list("pk", flat=True)[:100])
    queue, records = reverse(CANDIDATES), reverse(PLEDGES)
    source = Candidate.objects.get(pk=waiting[0]).finding.revision.article.source_id
    pledge = Pledge.objects.order_by("pk")[50]
    yield "front page", desk.get(reverse("admin:index"))
    yield "queue", desk.get(queue, kind__exact="pledge")
    yield "queue, whole", desk.get(queue, o="")
    yield "queue, its last page", desk.get(queue, p=str(Candidate.objects.count() // 50))
    yield "queue by kind and age", desk.get(queue, kind__exact="pledge", age="older")
    yield "queue by type", desk.get(queue, type="military")
    yield "queue by confidence", desk.get(queue, confidence="high")
    yield "queue by source", desk.get(queue, finding__revision__article__source__id__exact=str(source))
    yield "queue, ordered by confidence", desk.get(queue, o="-5")
    yield "queue, ordered by source", desk.get(queue, o="6")
    yield "queue, a search for words", desk.get(queue, q="transformers")
    yield "queue, a search for a party", desk.get(queue, q="Italy")
    yield "queue, decided ones to look at again", desk.get(queue, state="again")
    yield "queue, new words since", desk.get(queue, state="since")
    desk.get(queue, kind__exact="pledge")()
    yield "a candidate", desk.get(candidate_address(waiting[0]))
    yield "next, with the page it leads to", desk.press("next", waiting[1:50])
    yield "reject, with the page it leads to", desk.press("reject", waiting[50:], reason="historical")
    desk.get(queue, type="military", confidence="high")()
    yield "next among filtered ones, with the page", desk.press("next", waiting[1:50])
    yield "pledges", desk.get(records)
    yield "pledges of a donor", desk.get(records, donor="CA")
    yield (
        "pledges by state, type and stage",
        desk.get(records, state__exact="published", type__exact="military", stage__exact="commitment"),
    )
    yield "pledges without a value", desk.get(records, value="unvalued")
    yield "pledges without evidence", desk.get(records, evidence="no")
    yield "pledges changed this week", desk.get(records, changed="7")
    yield "pledges, a search", desk.get(records, q="howitzers")
    yield "pledges, a search for a donor", desk.get(records, q="Canada")
    yield "pledges, ordered by value", desk.get(records, o="-4")
    yield "a pledge's form", desk.get(reverse("admin:pledges_pledge_change", args=[pledge.pk]))
    yield "measures", desk.get(reverse("admin:sanctions_measure_changelist"))
    yield "decisions", desk.get(reverse("admin:review_decision_changelist"))
    complete = reverse("admin:autocomplete")
    party = {"app_label": "pledges", "model_name": "pledgedonor", "field_name": "party"}
    package = {"app_label": "pledges", "model_name": "pledge", "field_name": "package"}
    yield "autocomplete of a party", desk.get(complete, term="ital", **party)
    yield "autocomplete of a pledge, by a word", desk.get(complete, term="howitzers", **package)
    yield "autocomplete of a pledge, by a rare word", desk.get(complete, term="quasar", **package)
    yield "autocomplete of a pledge, by its id", desk.get(complete, term=pledge.public_id, **package)
