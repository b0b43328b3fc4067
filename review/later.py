"""Articles that came to a candidate after it was decided: they tell of its record, and are no evidence of it yet."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from ingestion.models import Candidate, CandidateFinding, CandidateState, Finding
from pledges.models import Evidence as PledgeEvidence
from pledges.models import Pledge, RecordState
from review import proposals
from review.models import Decision, DecisionKind
from sanctions.models import Evidence as SanctionEvidence
from sanctions.models import Measure

RECORDED = (CandidateState.ACCEPTED, CandidateState.MERGED)
STANDING = (RecordState.DRAFT, RecordState.PUBLISHED)
LED_TO_IT = Q(kind__in=[DecisionKind.ACCEPT, DecisionKind.MERGE], reversed_by__isnull=True)


def with_new_words() -> QuerySet[Candidate]:
    """Accepted and merged candidates of which an article tells that is no evidence of their record."""
    links = CandidateFinding.objects.filter(candidate=OuterRef("pk"))
    for model, owner in ((PledgeEvidence, "pledge"), (SanctionEvidence, "measure")):
        of_record = Q(**{f"{owner}__decisions__candidate": OuterRef("candidate")})
        known = model._default_manager.filter(revision__article=OuterRef("finding__revision__article")).filter(
            of_record | Q(finding__links__candidate=OuterRef("candidate"))
        )
        links = links.exclude(Exists(known))
    states = [*STANDING, RecordState.MERGED]
    led_to_it = Decision.objects.filter(LED_TO_IT, candidate=OuterRef("pk")).filter(
        Q(pledge__state__in=states) | Q(measure__state__in=states)
    )
    return Candidate.objects.filter(Exists(links), Exists(led_to_it), state__in=RECORDED)


def new_findings(candidate: Candidate) -> list[Finding]:
    """What tells of a candidate in articles that are no evidence of its record, one finding of each article."""
    known: set[int | None] = set()
    for model, owner in ((PledgeEvidence, "pledge"), (SanctionEvidence, "measure")):
        mine = Q(**{f"{owner}__decisions__candidate": candidate}) | Q(finding__links__candidate=candidate)
        known.update(model._default_manager.filter(mine).values_list("revision__article_id", flat=True))
    return [one for one in proposals.findings_of(candidate) if one.revision.article_id not in known]


def record_of(candidate: Candidate) -> Pledge | Measure | None:
    """The standing record that a candidate was accepted as or merged into, or the one that took its place."""
    decision = candidate.decisions.filter(LED_TO_IT).select_related("pledge", "measure").order_by("-pk").first()
    record = decision.record if decision is not None else None
    while record is not None and record.merged_into is not None:
        record = record.merged_into
    return record if record is not None and record.state in STANDING else None
