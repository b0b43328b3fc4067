"""The screens of the desk: one candidate, one article. They read by selectors and decide by services."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.forms import Form
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ingestion.models import Candidate, CandidateState
from ingestion.readings import decided_and_read_otherwise
from pledges.drafts import PledgeDraft
from pledges.models import Pledge
from review import amounts, claims, later, proposals, queue, selectors, services
from review.as_read import as_read
from review.differences import difference
from review.forms import MergeForm, RejectForm, ReviewForm, TakeBackForm, place_errors, review_form
from review.links import article_address, candidate_address, link_to_record
from review.matching.claims import Case
from review.models import DecisionKind, DeskCandidate, RejectReason
from review.queue import Way
from review.showing import Context, article_context, decisions_in_words, layout_of, lock, sentences, staff
from sanctions.models import Measure

Waiting = Callable[[], QuerySet[Any]]
NEXT, PREVIOUS = "next", "previous"
STEPS = (NEXT, PREVIOUS)
FRESH = (DecisionKind.ACCEPT, DecisionKind.MERGE, DecisionKind.REJECT)  # those on a candidate that waits
DONE = {
    DecisionKind.ACCEPT: "Accepted as",
    DecisionKind.MERGE: "Merged into",
    DecisionKind.EVIDENCE: "Evidence added to",
    DecisionKind.REJECT: "Rejected.",
    DecisionKind.UNDO: "Undone; it waits again.",
    DecisionKind.REOPEN: "Reopened; it waits again.",
}


def candidate_screen(
    request: HttpRequest, object_id: str, site: Context, *, waiting: Waiting, may_decide: bool
) -> HttpResponse:
    """One candidate with its article; a POST is a decision, or a step to another one. ``waiting`` gives the queue."""
    try:
        candidate = services.get_candidate(int(object_id))
    except (ValueError, ValidationError) as error:
        raise Http404(f"There is no candidate with the id {object_id}.") from error
    screen = CandidateScreen(request, candidate, site, waiting=waiting, may_decide=may_decide)
    if request.method != "POST":
        return screen.show()
    return screen.step() if screen.wanted in STEPS else screen.decide()


def renew_claim(request: HttpRequest, candidate_id: int) -> HttpResponse:
    """The open page says that somebody is still at work; answers until when the candidate is theirs."""
    until = claims.claim(candidate_id, acting_user=staff(request), now=timezone.now())
    if until is not None:
        return JsonResponse({"until": until.isoformat()})
    candidate = get_object_or_404(Candidate.objects.select_related("claimed_by"), pk=candidate_id)
    holder = claims.holder(candidate, now=timezone.now())
    told = f"{holder} is at work on this candidate now." if holder else "This candidate was decided meanwhile."
    return JsonResponse({"told": told}, status=409)


def give_claim_back(request: HttpRequest, candidate_id: int) -> HttpResponse:
    """The page was left."""
    try:
        until = datetime.fromisoformat(request.POST.get("until", ""))
    except ValueError:
        return HttpResponseBadRequest("Say which claim is given back: “until”, a moment in ISO 8601.")
    if until.tzinfo is None:
        return HttpResponseBadRequest("“until” needs its time zone.")
    claims.give_back(candidate_id, acting_user=staff(request), until=until)
    return HttpResponse(status=204)


class CandidateScreen:
    """The review screen of one candidate."""

    def __init__(
        self, request: HttpRequest, candidate: Candidate, site: Context, *, waiting: Waiting, may_decide: bool
    ) -> None:
        self.request, self.candidate, self.site, self.may_decide = request, candidate, site, may_decide
        self.waiting, self.way = waiting, Way(request.session)
        posted = request.POST if request.method == "POST" else None
        self.wanted = request.POST.get("decision", "") if posted is not None else ""
        self.form: ReviewForm = review_form(
            services.proposal_of(candidate), posted if self.wanted == DecisionKind.ACCEPT else None
        )
        self.merge_form = MergeForm(posted if self.wanted == DecisionKind.MERGE else None)
        self.reject_form = RejectForm(posted if self.wanted == DecisionKind.REJECT else None)

    # --- the way through the queue ------------------------------------------------------------------------------------
    def step(self) -> HttpResponse:
        """To the candidate looked at before, or to the next one; this one is put off."""
        if self.wanted == PREVIOUS:
            before = self.way.back(self.candidate.pk)
            if before is not None:
                claims.give_back(self.candidate.pk, acting_user=staff(self.request))
                return HttpResponseRedirect(candidate_address(before))
            messages.info(self.request, "This is where you began.")
            return HttpResponseRedirect(candidate_address(self.candidate.pk))
        self.way.leave_for_later(self.candidate.pk)
        claims.give_back(self.candidate.pk, acting_user=staff(self.request))
        return self._to_next()

    def _to_next(self) -> HttpResponse:
        """To the next candidate that waits, or to the list."""
        following = self._following()
        if following is None and self.way.put_off:
            self.way.begin_again()
            following = self._following()
            if following is not None:
                messages.info(self.request, "You have been through the list. What you put off comes again.")
        if following is None:
            messages.info(self.request, "Nothing else is waiting.")
            return HttpResponseRedirect(reverse("admin:review_deskcandidate_changelist"))
        return HttpResponseRedirect(candidate_address(following))

    def _following(self) -> int | None:
        """The next candidate that nobody else is at work on, claimed; of two people who come to one, one goes on."""
        user, passed = staff(self.request), list(self.way.put_off)
        while True:
            now = timezone.now()
            free = self.waiting().filter(claims.free_for(user, now))
            following = queue.following(free, self.candidate, passed)
            if following is None or not self.may_decide:
                return following
            if claims.claim(following, acting_user=user, now=now) is not None:
                return following
            passed.append(following)

    # --- deciding -----------------------------------------------------------------------------------------------------
    def decide(self) -> HttpResponse:
        """Take the decision that was asked for, then go on; or show what is wrong, with everything as it was typed."""
        if not self.may_decide:
            raise PermissionDenied
        ways: dict[str, Callable[[], services.Decided | None]] = {
            DecisionKind.ACCEPT: self._accept,
            DecisionKind.MERGE: self._merge,
            DecisionKind.EVIDENCE: self._add_evidence,
            DecisionKind.REJECT: self._reject,
            DecisionKind.REOPEN: self._reopen,
            DecisionKind.UNDO: self._undo,
        }
        way = ways.get(self.wanted)
        if way is None:
            messages.error(self.request, "That is no decision. Use the buttons of this page.")
            return HttpResponseRedirect(candidate_address(self.candidate.pk))
        if self.wanted in FRESH and self.candidate.state != CandidateState.PENDING:
            # Told before the form is looked at: what is wrong in it no longer matters.
            messages.error(self.request, services.decided_already(self.candidate))
            return self.show()
        decided = way()
        return self._go_on(decided) if decided is not None else self.show()

    def _accept(self) -> services.Decided | None:
        if not self.form.is_valid():
            return None
        return self._try(
            self.form,
            lambda: services.accept(
                self.candidate.pk,
                acting_user=staff(self.request),
                now=timezone.now(),
                draft=self.form.draft(),
                publish="publish" in self.request.POST,
            ),
        )

    def _merge(self) -> services.Decided | None:
        form = self.merge_form
        record = self._record() if form.is_valid() else None
        if record is None:
            return None
        return self._try(
            form,
            lambda: services.merge(
                self.candidate.pk,
                record=record,
                acting_user=staff(self.request),
                now=timezone.now(),
                with_move=form.cleaned_data["with_move"],
                with_amount=form.cleaned_data["with_amount"],
                words=form.cleaned_data["words"],
            ),
        )

    def _record(self) -> Pledge | Measure | None:
        """The record that was picked or typed; an error in the form where there is none."""
        public_id = self.merge_form.chosen()
        if not public_id:
            self.merge_form.add_error(None, "Choose a record from the list, or type its id.")
            return None
        model = Pledge if selectors.is_pledge(self.candidate) else Measure
        record = model._default_manager.filter(public_id=public_id).first()
        if record is None:
            kind = model._meta.verbose_name
            self.merge_form.add_error("public_id", f"There is no {kind} with the id {public_id}.")
        return record

    def _reject(self) -> services.Decided | None:
        form = self.reject_form
        if not form.is_valid():
            return None
        return self._try(
            form,
            lambda: services.reject(
                self.candidate.pk,
                reason=form.cleaned_data["reason"],
                words=form.cleaned_data["words"],
                acting_user=staff(self.request),
                now=timezone.now(),
            ),
        )

    def _add_evidence(self) -> services.Decided | None:
        return self._try(
            None,
            lambda: services.add_evidence(self.candidate.pk, acting_user=staff(self.request), now=timezone.now()),
        )

    def _reopen(self) -> services.Decided | None:
        form = TakeBackForm(self.request.POST)
        if not form.is_valid():
            messages.error(self.request, sentences(form))
            return None
        return self._try(
            None,
            lambda: services.reopen(
                self.candidate.pk,
                acting_user=staff(self.request),
                now=timezone.now(),
                words=form.cleaned_data["words"],
            ),
        )

    def _undo(self) -> services.Decided | None:
        form = TakeBackForm(self.request.POST)
        undone = form.cleaned_data["undoes"] if form.is_valid() else None
        if undone is None or not self.candidate.decisions.filter(pk=undone).exists():
            messages.error(self.request, sentences(form) or "That decision is not one on this candidate.")
            return None
        return self._try(
            None,
            lambda: services.undo(
                undone, acting_user=staff(self.request), now=timezone.now(), words=form.cleaned_data["words"]
            ),
        )

    def _try(self, form: Form | None, act: Callable[[], services.Decided]) -> services.Decided | None:
        """What the service refuses is shown in the form, or above the page where the candidate is decided already."""
        try:
            return act()
        except ValidationError as error:
            self.candidate.refresh_from_db(fields=["state"])
            if form is None or self.candidate.state != CandidateState.PENDING:
                messages.error(self.request, " ".join(error.messages))
            else:
                place_errors(form, error)
        except PermissionDenied as error:
            messages.error(self.request, str(error) or "You may not do this.")
        return None

    def _go_on(self, decided: services.Decided) -> HttpResponse:
        """To the next candidate that waits; after taking something back, to this one."""
        messages.success(self.request, self._told(decided))
        if decided.decision.kind in (DecisionKind.UNDO, DecisionKind.REOPEN):
            return HttpResponseRedirect(candidate_address(self.candidate.pk))
        if decided.decision.kind == DecisionKind.EVIDENCE:
            another = later.with_new_words().order_by("decided_at", "pk").first()
            return HttpResponseRedirect(candidate_address(another.pk if another else self.candidate.pk))
        return self._to_next()

    def _told(self, decided: services.Decided) -> SafeString:
        kind, record = DecisionKind(decided.decision.kind), decided.record
        back = format_html('<a href="{}">Look again or undo</a>', candidate_address(self.candidate.pk))
        if record is None or kind in (DecisionKind.UNDO, DecisionKind.REOPEN):
            return format_html("{} {}", DONE[kind], back if kind == DecisionKind.REJECT else "")
        state = record.get_state_display().lower()
        return format_html("{} {} ({}). {}", DONE[kind], link_to_record(record), state, back)

    # --- showing ------------------------------------------------------------------------------------------------------
    def show(self) -> HttpResponse:
        """The page."""
        candidate, user = self.candidate, staff(self.request)
        self.way.visit(candidate.pk)
        waiting = candidate.state == CandidateState.PENDING
        may_decide = waiting and self.may_decide
        until = claims.claim(candidate.pk, acting_user=user, now=timezone.now()) if may_decide else None
        told = selectors.told_in(candidate.finding)
        typed = None if waiting else self._typed()
        if not may_decide and not (typed and self.form.is_bound):
            lock(self.form)
        title = next((one.title for one in told if one.finding.pk == candidate.finding_id), str(candidate))
        context = {
            **self.site,
            **article_context(candidate.finding, told, chosen=candidate),
            "title": title,
            "opts": DeskCandidate._meta,
            "is_nav_sidebar_enabled": False,
            "candidate": candidate,
            "found": proposals.read_finding(candidate.finding),
            "waiting": waiting,
            **self._read_otherwise(waiting=waiting),
            "may_decide": may_decide,
            "may_publish": services.may_publish(user, candidate.kind),
            "may_take_back": self.may_decide and not waiting,
            "typed": typed,
            "form": self.form,
            "form_has_errors": bool(self.form.errors) or any(one.total_error_count() for one in self.form.tables),
            "layout": layout_of(self.form),
            # A form that was sent shows what was typed; what was read has to come along.
            "as_read": as_read(self.form) if self.form.is_bound else None,
            "confidence": f"{candidate.finding.confidence:.0%}",
            "show_goods": any(row.errors or row.initial for table in self.form.tables for row in table.forms)
            or bool(self.form["in_kind"].value() if "in_kind" in self.form.fields else False),
            "merge_form": self.merge_form,
            "reject_form": self.reject_form,
            **self._recorded(waiting=waiting),
            "decisions": decisions_in_words(selectors.decisions_on(candidate)),
            "package": self._package(),
            "later": [] if waiting else self._later(),
            "claimed_until": until.isoformat() if until else "",
            "held": self._held_by_another(user) if waiting and until is None else None,
            "last": self._last_decision(user),
            "media": self.form.media,
        }
        return TemplateResponse(self.request, "review/candidate.html", context)

    def _typed(self) -> Context | None:
        """What somebody typed for a decision that another person's came before: none of it was saved, or is lost."""
        if self.request.method != "POST" or self.wanted not in FRESH:
            return None
        last = services.latest_decision(self.candidate)
        if last is not None and last.by_id == staff(self.request).pk:
            return None  # a button pressed twice
        post = self.request.POST
        reasons = dict(RejectReason.choices)
        said: dict[DecisionKind, list[str]] = {
            DecisionKind.ACCEPT: [],
            DecisionKind.MERGE: [f"Merge into {post.get('public_id') or post.get('record') or 'a record'}"],
            DecisionKind.REJECT: [f"Reject: {reasons.get(post.get('reason', ''), 'no reason chosen')}"],
        }
        words = [post["words"]] if post.get("words") else []
        return {"form": self.form.is_bound, "said": [*said[DecisionKind(self.wanted)], *words]}

    def _later(self) -> list[Context]:
        """Articles that came to it since it was decided, where there is a record to add them to."""
        if self.candidate.state not in later.RECORDED or later.record_of(self.candidate) is None:
            return []
        return [
            {"finding": one, "revision": one.revision, "address": article_address(one.revision.article_id)}
            for one in later.new_findings(self.candidate)
        ]

    def _held_by_another(self, user: User) -> Context | None:
        self.candidate.refresh_from_db(fields=["claimed_by", "claimed_until"])
        holder = claims.holder(self.candidate, now=timezone.now())
        return {"by": holder, "until": self.candidate.claimed_until} if holder not in (None, user) else None

    def _last_decision(self, user: User) -> Context | None:
        """The person's own last decision, to be undone from wherever they are now."""
        last = queue.last_decision_of(user, now=timezone.now()) if self.may_decide else None
        if last is None:
            return None
        found = proposals.read_finding(last.candidate.finding)
        title = proposals.title_of(found, proposals.parties_of([found]))
        return {"decision": last, "title": title, "address": candidate_address(last.candidate_id)}

    def _read_otherwise(self, *, waiting: bool) -> Context:
        """Whether the article is read otherwise since the decision, and how; after reopening, too."""
        candidate = self.candidate
        otherwise = not waiting and decided_and_read_otherwise().filter(pk=candidate.pk).exists()
        look = otherwise or candidate.words_changed
        if waiting:
            last = services.latest_decision(candidate)
            look = last is not None and last.kind == DecisionKind.REOPEN
        return {"read_otherwise": otherwise, "difference": difference(candidate) if look else None}

    def _recorded(self, *, waiting: bool) -> Context:
        """What may be the same record, and what a merge can add to it besides evidence."""
        matches = selectors.likely_records(self.candidate) if waiting else []
        form = self.merge_form
        stage_first = bool(matches) and matches[0].likeness.case == Case.STAGE_MOVE
        return {
            "matches": matches,
            "extra": self._extra(),
            "with_move": form["with_move"].value() if form.is_bound else stage_first,
            "amount": self._amount([one.record for one in matches]),
        }

    def _amount(self, likely: list[Pledge | Measure]) -> str:
        """The amount that a merge can correct the record to, for those who may; nothing where all state it already."""
        proposed = self.form.proposed
        if not isinstance(proposed, PledgeDraft) or proposed.stated is None:
            return ""
        others = [one for one in likely if isinstance(one, Pledge) and amounts.states_another(one, proposed)]
        if likely and not others:
            return ""
        found = proposals.read_finding(self.candidate.finding)
        amount = getattr(found, "amount", None)
        return proposals.amount_words(amount) if amount and amounts.may_correct(staff(self.request)) else ""

    def _extra(self) -> str:
        """What a merge can add besides evidence: the stage or the step that the candidate tells of."""
        proposed = self.form.proposed
        if isinstance(proposed, PledgeDraft):
            return proposals.move_words(proposed.moves[0]) if proposed.moves else ""
        return proposals.step_words(proposed.steps[0])

    def _package(self) -> Context | None:
        package = self.candidate.part_of
        if package is None:
            return None
        pledge_id = getattr(self.form.proposed, "package_id", None)
        pledge = Pledge.objects.filter(pk=pledge_id).first() if pledge_id else None
        return {
            "address": candidate_address(package.pk),
            "state": package.get_state_display(),
            "record": link_to_record(pledge) if pledge else "",
        }
