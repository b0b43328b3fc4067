"""The desk in the admin: the list of candidates, one screen for each, one for each article, and the decisions."""

from __future__ import annotations

from copy import copy
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Literal

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ERROR_FLAG, ORDER_VAR, PAGE_VAR, ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.db.models.expressions import Combinable
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.timesince import timesince

from ingestion.models import CandidateState
from reference.models import Party
from review import claims, proposals, screens, story_screen
from review.backlog import AGES, backlog
from review.filters import ALL, AgeFilter, ByFilter, ConfidenceFilter, StateFilter, TypeFilter
from review.links import link_to_record
from review.models import Decision, DeskCandidate
from review.queue import Way
from review.wording import edits_in_words, parties_named

if TYPE_CHECKING:
    _CandidateAdmin = admin.ModelAdmin[DeskCandidate]
    _DecisionAdmin = admin.ModelAdmin[Decision]
else:
    _CandidateAdmin = _DecisionAdmin = admin.ModelAdmin

PLAIN = "plain"  # in the address of the list: without the filters that were chosen before
PARTIES_SEARCHED = 20


class TitledList(ChangeList):
    """Gives each row of the page its title in words; the parties of all rows come in one query."""

    def get_query_string(self, new_params: Any = None, remove: Any = None) -> str:
        """As Django's; the address without any filter says so, as a bare one brings back what was chosen before."""
        query = super().get_query_string(new_params, remove)
        return query if query != "?" else f"?{PLAIN}=1"

    def get_ordering_field_columns(self) -> dict[int, Literal["desc", "asc"]]:
        """As Django's; by worth, no column is the one that the rows are ordered by."""
        return super().get_ordering_field_columns() if self.params.get(ORDER_VAR) else {}

    @property
    def chosen_order(self) -> bool:
        """Whether somebody chose another order than by worth."""
        return bool(self.params.get(ORDER_VAR))

    @property
    def by_worth(self) -> str:
        """The address of these rows, most worth first."""
        return self.get_query_string(remove=[ORDER_VAR])

    def get_results(self, request: HttpRequest) -> None:
        """The page's rows, titled. Which they are is asked first, as all that waits is sorted for it, and narrow."""
        super().get_results(request)
        ids = list(self.result_list.values_list("pk", flat=True))
        whole = self.root_queryset.select_related(*DeskCandidateAdmin.list_select_related).in_bulk(ids)
        rows: list[Any] = [whole[pk] for pk in ids if pk in whole]
        read = [proposals.read_finding(row.finding) for row in rows]
        parties = proposals.parties_of(read)
        for row, found in zip(rows, read, strict=True):
            row.claim, row.found = proposals.title_of(found, parties), found
        self.result_list = rows


class QueueList(ChangeList):
    """The list as a queue to go through: no page of it is read."""

    def get_results(self, request: HttpRequest) -> None:
        """None."""


def _without_state(chosen: str) -> str:
    """Filters of the list for its queue, in which everything waits."""
    query = QueryDict(chosen).copy()
    query.pop(StateFilter.parameter_name, None)
    return query.urlencode()


@admin.register(DeskCandidate)
class DeskCandidateAdmin(_CandidateAdmin):
    """What waits for a decision, and what was decided."""

    list_display = ["claim_words", "with_whom", "type_words", "amount", "confidence", "source", "published", "age"]
    list_display_links = ["claim_words"]
    list_filter = [StateFilter, "kind", TypeFilter, AgeFilter, ConfidenceFilter, "finding__revision__article__source"]
    search_fields = ["finding__quote", "finding__revision__title", "finding__revision__article__source__name"]
    search_help_text = "Search by party, words of the quote, title of the article or source."
    list_select_related = ["finding__revision__article__source", "claimed_by"]
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    actions = None
    change_list_template = "review/candidates.html"

    # --- permissions: candidates are the machine's, decisions are rows of their own -----------------------------------
    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never: the extractor makes them."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: DeskCandidate | None = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: DeskCandidate | None = None) -> bool:
        """Nobody changes one; who may add a decision may decide on it."""
        return request.user.has_perm("review.add_decision")

    def has_view_permission(self, request: HttpRequest, obj: DeskCandidate | None = None) -> bool:
        """Who may see candidates, or decide on them."""
        return super().has_view_permission(request, obj) or request.user.has_perm("review.add_decision")

    # --- the list -----------------------------------------------------------------------------------------------------
    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Under its own name, with what waits; a bare address brings back the filters and the order chosen before."""
        way = Way(request.session)
        if PLAIN in request.GET:
            way.choose("")
            return HttpResponseRedirect(request.path)
        if not request.GET and way.chosen:
            return HttpResponseRedirect(f"{request.path}?{way.chosen}")
        named = {
            "title": "Candidates",
            "is_nav_sidebar_enabled": False,
            "backlog": backlog(now=timezone.now()),
            "ages": AGES,
            **(extra_context or {}),
        }
        answer = super().changelist_view(request, named)
        if answer.status_code == HTTPStatus.OK:
            way.choose(self._chosen_in(request))
        return answer

    def _chosen_in(self, request: HttpRequest) -> str:
        """The filters, search and order that an address of the list names."""
        query = request.GET.copy()
        for name in (PAGE_VAR, ERROR_FLAG):
            query.pop(name, None)
        for name in [name for name in query if not query[name]]:
            del query[name]
        return query.urlencode()

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """With titles."""
        return TitledList

    def get_list_display(self, request: HttpRequest) -> Any:
        """With the state where rows differ in it."""
        return (
            [*self.list_display, "state"] if request.GET.get(StateFilter.parameter_name) == ALL else self.list_display
        )

    def get_queryset(self, request: HttpRequest) -> QuerySet[DeskCandidate]:
        """Without the articles' texts, which a list does not show."""
        return DeskCandidate.objects.defer("finding__revision__text")

    def get_ordering(self, request: HttpRequest) -> list[str | Combinable]:
        """Most worth first, of equal ones the oldest; a column's heading chooses another order."""
        return ["place", "created_at", "pk"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Django's search, and candidates that name a party of that name or code."""
        found, twice = super().get_search_results(request, queryset, search_term)
        term = search_term.strip()
        if not term:
            return found, twice
        named = Party.objects.filter(Q(name__icontains=term) | Q(code__iexact=term))
        codes = list(named.values_list("code", flat=True)[:PARTIES_SEARCHED])
        by_party = Q(pk__in=[])
        for field in ("donors", "recipients", "imposers", "targets"):
            for code in codes:
                by_party |= Q(**{f"finding__payload__{field}__icontains": f'"{code}"'})
        return queryset.filter(Q(pk__in=found.values("pk")) | by_party), False

    @admin.display(description="Claim", ordering="finding__start")
    def claim_words(self, candidate: Any) -> str:
        """What it claims, in words."""
        return str(candidate.claim)

    @admin.display(description="Type")
    def type_words(self, candidate: Any) -> str:
        """The aid type, or what is banned."""
        return proposals.type_words(candidate.found)

    @admin.display(description="Amount")
    def amount(self, candidate: Any) -> str:
        """The amount as it was stated."""
        amount = getattr(candidate.found, "amount", None)
        return proposals.amount_words(amount) if amount is not None else "–"

    @admin.display(description="Confidence", ordering="finding__confidence")
    def confidence(self, candidate: DeskCandidate) -> str:
        """How sure the reader was."""
        return f"{candidate.finding.confidence:.0%}"

    @admin.display(description="Source", ordering="finding__revision__article__source__name")
    def source(self, candidate: DeskCandidate) -> str:
        """Where the article comes from."""
        return candidate.finding.revision.article.source.name

    @admin.display(description="Published", ordering="finding__revision__published_at")
    def published(self, candidate: DeskCandidate) -> str:
        """The day of publication."""
        at = candidate.finding.revision.published_at
        return str(at.date()) if at else "unknown"

    @admin.display(description="Age", ordering="created_at")
    def age(self, candidate: DeskCandidate) -> str:
        """How long it has been there."""
        return timesince(candidate.created_at, timezone.now(), depth=1)

    @admin.display(description="Open with")
    def with_whom(self, candidate: DeskCandidate) -> str:
        """Who is at work on it."""
        holder = claims.holder(candidate, now=timezone.now())
        return f"{holder} until {candidate.claimed_until:%H:%M} UTC" if holder else ""

    def waiting(self, request: HttpRequest) -> QuerySet[DeskCandidate]:
        """What waits for a decision, by the filters and in the order that were chosen in the list."""
        way = Way(request.session)
        try:
            queue = self._queue(request, _without_state(way.chosen))
        except IncorrectLookupParameters:  # what was chosen is there no more
            messages.warning(request, "The filters of the list fit no longer; this is the whole queue.")
            way.choose("")
            queue = self._queue(request, "")
        waiting: QuerySet[DeskCandidate] = queue.queryset.filter(state=CandidateState.PENDING)
        return waiting

    def _queue(self, request: HttpRequest, chosen: str) -> QueueList:
        asked = copy(request)
        asked.GET = QueryDict(chosen)
        return QueueList(
            asked,
            self.model,
            self.list_display,
            self.list_display_links,
            self.list_filter,
            None,
            self.search_fields,
            self.list_select_related,
            self.list_per_page,
            self.list_max_show_all,
            (),
            self,
            None,
            "",
        )

    # --- the screens --------------------------------------------------------------------------------------------------
    def get_urls(self) -> list[URLPattern]:
        """The list, a screen for a candidate, a screen for an article."""
        wrap = self.admin_site.admin_view
        return [
            path("article/<int:article_id>/", wrap(self.article_view), name="review_article"),
            path("<int:candidate_id>/claim/", wrap(self.claim_view), name="review_claim"),
            path("<int:candidate_id>/leave/", wrap(self.leave_view), name="review_leave"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The review screen in place of Django's form."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return screens.candidate_screen(
            request,
            object_id,
            self.admin_site.each_context(request),
            waiting=lambda: self.waiting(request),
            may_decide=self.has_change_permission(request),
        )

    def article_view(self, request: HttpRequest, article_id: int) -> HttpResponse:
        """All candidates of one article."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return story_screen.article_screen(
            request,
            article_id,
            self.admin_site.each_context(request),
            may_decide=self.has_change_permission(request),
        )

    def claim_view(self, request: HttpRequest, candidate_id: int) -> HttpResponse:
        """Keeps a candidate for who is at work on it."""
        self._check_that_it_decides(request)
        return screens.renew_claim(request, candidate_id)

    def leave_view(self, request: HttpRequest, candidate_id: int) -> HttpResponse:
        """Gives it back."""
        self._check_that_it_decides(request)
        return screens.give_claim_back(request, candidate_id)

    def _check_that_it_decides(self, request: HttpRequest) -> None:
        if request.method != "POST" or not self.has_change_permission(request):
            raise PermissionDenied

    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> Any:
        """Its decisions stand on its own screen."""
        return HttpResponseRedirect(reverse("admin:review_deskcandidate_change", args=[object_id]))


@admin.register(Decision)
class DecisionAdmin(_DecisionAdmin):
    """Who decided what, when and why: to look at."""

    list_display = ["at", "by", "kind", "candidate_link", "record_link", "reason", "words"]
    list_display_links = None
    list_filter = ["kind", "reason", ("by", ByFilter)]
    list_select_related = ["by", "candidate", "pledge", "measure"]
    date_hierarchy = "at"
    search_fields = ["words", "=pledge__public_id", "=measure__public_id", "by__username"]
    list_per_page = 50
    show_full_result_count = False
    fields = ["at", "by", "kind", "candidate_link", "record_link", "reason", "words", "edited", "reverses", "change"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Decisions are taken on the review screen."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Decision | None = None) -> bool:
        """A decision is never edited; undo is another."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Decision | None = None) -> bool:
        """Nothing is forgotten."""
        return False

    @admin.display(description="Candidate", ordering="candidate")
    def candidate_link(self, decision: Decision) -> str:
        """To its screen."""
        address = reverse("admin:review_deskcandidate_change", args=[decision.candidate_id])
        return format_html('<a href="{}">Candidate {}</a>', address, decision.candidate_id)

    @admin.display(description="Changed by the reviewer")
    def edited(self, decision: Decision) -> str:
        """Each field that the reviewer changed: as it was read, and as it was decided."""
        names = dict(Party.objects.filter(pk__in=parties_named(decision.edits)).values_list("pk", "name"))
        rows = [(one.label, one.extracted, one.decided) for one in edits_in_words(decision.edits, names)]
        return format_html_join(mark_safe("<br>"), "{}: {} → {}", rows) or "–"

    @admin.display(description="Record")
    def record_link(self, decision: Decision) -> str:
        """To the record that it made or touched."""
        return link_to_record(decision.record) if decision.record is not None else "–"
