"""Every screen that staff see, by name: its address in a made-up tracker, and who looks at it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Model, QuerySet
from django.urls import reverse

from history.selectors import versions_of
from ingestion.models import Article, Candidate, CandidateState, FetchAttempt, Notice, Source
from interchange.models import FileImport
from pledges.models import Pledge, Price, RunningTotalClaim
from reference.models import Dataset, Party, Rate
from review.links import candidate_address
from review.models import Decision
from sanctions.models import Designation, Measure, Programme, Round, Target

CHIEF = "administrator"


@dataclass(frozen=True, slots=True)
class Screen:
    """One page; ``user`` is empty for one that is seen before logging in."""

    name: str
    address: str
    user: str = CHIEF


def screens() -> dict[str, list[Screen]]:
    """All screens, by room. What an address needs is looked up in the database."""
    return {
        "front": list(_front()),
        "review": list(_review()),
        "pledges": list(_pledges()),
        "sanctions": list(_sanctions()),
        "ingestion": list(_ingestion()),
        "rest": list(_rest()),
    }


def _list(name: str, app_model: str, query: str = "", user: str = CHIEF) -> Screen:
    return Screen(name, reverse(f"admin:{app_model}_changelist") + query, user)


def _add(name: str, app_model: str) -> Screen:
    return Screen(name, reverse(f"admin:{app_model}_add"))


def _page(name: str, record: Model | None, kind: str = "change", user: str = CHIEF) -> Screen:
    if record is None:
        raise LookupError(f"There is nothing to show {name} with.")
    meta = record._meta
    return Screen(name, reverse(f"admin:{meta.app_label}_{meta.model_name}_{kind}", args=[record.pk]), user)


def _decided(state: str) -> Candidate:
    return Candidate.objects.filter(state=state).order_by("pk")[0]


def _front() -> Iterator[Screen]:
    yield Screen("home", "/", user="")
    yield Screen("log-in", reverse("admin:login"), user="")
    yield Screen("front-page", reverse("admin:index"))
    yield Screen("front-page-of-a-viewer", reverse("admin:index"), user="viewer")
    yield Screen("front-page-of-a-reviewer", reverse("admin:index"), user="reviewer")
    yield Screen("change-password", reverse("admin:password_change"))


def _review() -> Iterator[Screen]:
    waiting = Candidate.objects.filter(state="pending").order_by("pk")
    pledge, sanction = waiting.filter(kind="pledge")[0], waiting.filter(kind="sanction")[0]
    again = waiting.filter(decisions__isnull=False)[0]
    known = waiting.filter(finding__quote__contains="€110m")[0]
    yield _list("queue", "review_deskcandidate", "?plain=1")
    yield _list("queue-with-filters", "review_deskcandidate", "?state=all&kind__exact=pledge&q=Ukraine")
    yield _list("queue-of-a-viewer", "review_deskcandidate", "?plain=1", user="viewer")
    yield Screen("candidate-pledge", candidate_address(pledge.pk))
    yield Screen("candidate-that-is-known", candidate_address(known.pk))
    yield Screen("candidate-sanction", candidate_address(sanction.pk))
    yield Screen("candidate-undone", candidate_address(again.pk), user="reviewer")
    yield Screen("candidate-merged", candidate_address(_decided(CandidateState.MERGED).pk))
    yield Screen("candidate-rejected", candidate_address(_decided(CandidateState.REJECTED).pk))
    yield Screen("candidate-for-a-viewer", candidate_address(pledge.pk), user="viewer")
    yield Screen("article-of-candidates", reverse("admin:review_article", args=[pledge.finding.revision.article_id]))
    yield _list("decisions", "review_decision")
    yield _page("decision", Decision.objects.order_by("pk").first())


def _pledges() -> Iterator[Screen]:
    rows: QuerySet[Pledge] = Pledge.objects.order_by("pk")
    known = rows.filter(public_note="By transfer.")[0]
    yield _list("pledges", "pledges_pledge")
    yield _list("pledges-filtered", "pledges_pledge", "?state__exact=published&value=unvalued")
    yield _add("pledge-new", "pledges_pledge")
    yield _page("pledge-joint", rows.filter(title__startswith="Norway and Denmark: up to EUR 12 million").last())
    yield _page("pledge-goods", rows.filter(items__isnull=False).first())
    yield _page("pledge-part", rows.filter(package__isnull=False).first())
    yield _page("pledge-draft", rows.filter(state="draft").first())
    yield _page("pledge-withdrawn", rows.filter(state="withdrawn").first())
    yield _page("pledge-for-a-viewer", known, user="viewer")
    yield _page("pledge-history", known, "history")
    entered = versions_of("pledge", known.pk).values_list("since_id", flat=True).last()
    yield Screen("pledge-restore", reverse("admin:pledges_pledge_restore", args=[known.pk, entered]))
    yield _page("pledge-withdraw", known, "withdraw")
    yield _page("pledge-merge", known, "merge")
    yield _list("prices", "pledges_price")
    yield _page("price", Price.objects.first())
    yield _list("running-totals", "pledges_runningtotalclaim")
    yield _page("running-total", RunningTotalClaim.objects.first())


def _sanctions() -> Iterator[Screen]:
    measure = Measure.objects.filter(programme__isnull=False)[0]
    yield _list("measures", "sanctions_measure")
    yield _add("measure-new", "sanctions_measure")
    yield _page("measure", measure)
    yield _page("measure-history", measure, "history")
    yield _list("programmes", "sanctions_programme")
    yield _page("programme", Programme.objects.filter(measures__isnull=False).first())
    yield _list("rounds", "sanctions_round")
    yield _page("round", Round.objects.first())
    yield _list("designations", "sanctions_designation")
    yield _page("designation", Designation.objects.first())
    yield _page("target", Target.objects.first())


def _ingestion() -> Iterator[Screen]:
    source = Source.objects.filter(state="failing")[0]
    yield Screen("source-health", reverse("admin:ingestion_source_health"))
    yield _list("sources", "ingestion_source")
    yield _add("source-new", "ingestion_source")
    yield _page("source", source)
    yield Screen("source-watched", reverse("admin:ingestion_source_watch", args=[source.pk]))
    yield _list("articles", "ingestion_article")
    yield _page("article", Article.objects.order_by("pk").first())
    yield Screen("article-paste", reverse("admin:ingestion_article_paste"))
    yield _list("notices", "ingestion_notice")
    yield _page("notice", Notice.objects.first())
    yield _list("attempts", "ingestion_fetchattempt")
    yield _page("attempt", FetchAttempt.objects.first())


def _rest() -> Iterator[Screen]:
    yield _list("files", "interchange_fileimport")
    yield _add("file-new", "interchange_fileimport")
    yield _page("file-refused", FileImport.objects.filter(state="refused").first())
    yield _list("parties", "reference_party")
    yield _page("party", Party.objects.filter(code="IT").first())
    yield _list("rates", "reference_rate")
    yield _page("rate", Rate.objects.first())
    yield _list("datasets", "reference_dataset")
    yield _page("dataset", Dataset.objects.first())
    yield _list("users", "auth_user")
