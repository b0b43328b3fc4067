"""The screen of one article: its text, what was found, and what waits in its story, to be decided at once."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone

from ingestion.models import Article, CandidateState, Finding
from review import claims, selectors, services
from review.forms import StoryForm
from review.links import candidate_address
from review.models import DecisionKind, DeskCandidate
from review.showing import Context, article_context, sentences, staff


def article_screen(request: HttpRequest, article_id: int, site: Context, *, may_decide: bool) -> HttpResponse:
    """An article's text with every finding marked, and its candidates; a POST decides on several of its story."""
    article = get_object_or_404(Article.objects.select_related("source"), pk=article_id)
    told = selectors.told_in_article(article)
    if not told:
        raise Http404("Nothing was found in this article.")
    if request.method == "POST":
        return _decide(request, article, may_decide=may_decide)
    waiting = [one for one in told if one.candidate is not None and one.candidate.state == CandidateState.PENDING]
    finding = Finding.objects.select_related("revision__article__source").get(pk=told[0].finding.pk)
    first = waiting[0].candidate if waiting else None
    context = {
        **site,
        **article_context(finding, told, chosen=None),
        "title": finding.revision.title or "Untitled article",
        "opts": DeskCandidate._meta,
        "is_nav_sidebar_enabled": False,
        "waiting_count": len(waiting),
        "begin": candidate_address(first.pk) if first is not None else "",
        "story": _story(request, article) if may_decide else [],
        "reasons": StoryForm.base_fields["reason"].choices,  # type: ignore[attr-defined]
    }
    return TemplateResponse(request, "review/article.html", context)


def _story(request: HttpRequest, article: Article) -> list[Context]:
    """What waits in the article's story; what somebody else has open is not chosen beforehand."""
    now, user, rows = timezone.now(), staff(request), []
    for one in selectors.waiting_in_story(article.story_id):
        holder = claims.holder(one.candidate, now=now) if one.candidate is not None else None
        held = holder if holder != user else None
        rows.append({"candidate": one.candidate, "title": one.title, "held": held, "quote": one.finding.quote})
    return rows


def _decide(request: HttpRequest, article: Article, *, may_decide: bool) -> HttpResponse:
    if not may_decide:
        raise PermissionDenied
    waiting = [one.candidate.pk for one in selectors.waiting_in_story(article.story_id) if one.candidate is not None]
    form = StoryForm(request.POST, waiting=waiting)
    if form.is_valid():
        try:
            _take(request, form)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
    else:
        messages.error(request, f"Nothing was decided. {sentences(form)}")
    return HttpResponseRedirect(request.path)


def _take(request: HttpRequest, form: StoryForm) -> None:
    wanted, user, now = form.cleaned_data, staff(request), timezone.now()
    if wanted["decision"] == DecisionKind.ACCEPT:
        decided = services.accept_all(wanted["candidates"], acting_user=user, now=now, words=wanted["words"])
        messages.success(request, f"Accepted as drafts: {len(decided)}.")
    else:
        decided = services.reject_all(
            wanted["candidates"], reason=wanted["reason"], acting_user=user, now=now, words=wanted["words"]
        )
        messages.success(request, f"Rejected: {len(decided)}.")
