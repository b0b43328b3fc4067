"""The staff's view of sources, attempts, articles and revisions. Everything that changes goes through the services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.contrib import admin, messages
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from ingestion import services, tasks
from ingestion.addresses import shorten
from ingestion.forms import AddAddressForm, PasteTextForm, SourceForm
from ingestion.models import Article, FetchAttempt, Revision, Source, SourceKind

if TYPE_CHECKING:
    _SourceAdmin = admin.ModelAdmin[Source]
    _AttemptAdmin = admin.ModelAdmin[FetchAttempt]
    _ArticleAdmin = admin.ModelAdmin[Article]
    _RevisionAdmin = admin.ModelAdmin[Revision]
    _RevisionInline = admin.TabularInline[Revision, Article]
else:  # the classes themselves take no parameter when they run
    _SourceAdmin = _AttemptAdmin = _ArticleAdmin = _RevisionAdmin = admin.ModelAdmin
    _RevisionInline = admin.TabularInline


def _staff(request: HttpRequest) -> AbstractBaseUser:
    if not request.user.is_authenticated:
        raise PermissionDenied
    return request.user


def _list_of(model: str, label: str, **filters: object) -> SafeString:
    query = "&".join(f"{name}={value}" for name, value in filters.items())
    return format_html('<a href="{}?{}">{}</a>', reverse(f"admin:ingestion_{model}_changelist"), query, label)


class ReadOnlyAdmin:
    """What only the machine writes: to be looked at."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody adds one here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes one here."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is forgotten."""
        return False


@admin.register(Source)
class SourceAdmin(_SourceAdmin):
    """Sources, how they are doing, and what staff can do with them."""

    form = SourceForm
    change_form_template = "admin/ingestion/source/change_form.html"
    list_display = ["name", "short_kind", "state", "last_success_at", "last_trouble", "next_poll_at", "attempts_link"]
    list_filter = ["state", "kind"]
    search_fields = ["name", "url", "publisher"]
    actions = ["fetch_now", "pause", "resume"]
    readonly_fields = [
        *("state", "next_poll_at", "last_success_at", "last_error_at", "last_error", "failures"),
        *("attempts_link", "articles_link", "created_at"),
    ]
    fieldsets = [
        (None, {"fields": ["name", "kind", "url", "publisher", "official", "fetch_pages", "poll_floor"]}),
        (
            "How it is doing",
            {
                "fields": [
                    *("state", "next_poll_at", "last_success_at", "last_error_at", "last_error", "failures"),
                    *("attempts_link", "articles_link", "created_at"),
                ]
            },
        ),
    ]

    class Media:
        css = {"all": ["ingestion/admin.css"]}

    @admin.display(description="Kind", ordering="kind")
    def short_kind(self, source: Source) -> str:
        """The kind in one word."""
        return source.kind.capitalize()

    @admin.display(description="Last error")
    def last_trouble(self, source: Source) -> str:
        """The last failure, as long as no success has followed it."""
        recovered = source.last_success_at and source.last_error_at and source.last_success_at > source.last_error_at
        return "" if recovered else shorten(source.last_error, 120)

    @admin.display(description="Attempts")
    def attempts_link(self, source: Source) -> str:
        """To what its fetches came."""
        return _list_of("fetchattempt", "Attempts", source__id__exact=source.pk) if source.pk else ""

    @admin.display(description="Articles")
    def articles_link(self, source: Source) -> str:
        """To its articles."""
        return _list_of("article", "Articles", source__id__exact=source.pk) if source.pk else ""

    def get_fieldsets(self, request: HttpRequest, obj: Source | None = None) -> Any:
        """A new source has nothing to report yet."""
        return self.fieldsets if obj else self.fieldsets[:1]

    def get_readonly_fields(self, request: HttpRequest, obj: Source | None = None) -> Any:
        """The kind of a source never changes: its articles came in that way."""
        return ["kind", *self.readonly_fields] if obj else self.readonly_fields

    def has_delete_permission(self, request: HttpRequest, obj: Source | None = None) -> bool:
        """A source is paused, never deleted: its articles rest on it."""
        return False

    def save_model(self, request: HttpRequest, obj: Source, form: Any, change: bool) -> None:
        """Hand over to the service that writes and keeps history."""
        now, values = timezone.now(), form.cleaned_data
        common = {name: values[name] for name in ("name", "url", "publisher", "official", "fetch_pages", "poll_floor")}
        if change:
            services.change_source(obj.pk, **common, acting_user=_staff(request), now=now)
        else:
            made = services.create_source(kind=values["kind"], **common, acting_user=_staff(request), now=now)
            obj.pk = made.pk
        if obj.kind != SourceKind.SINGLE:
            tasks.enqueue_poll(obj.pk)

    def get_urls(self) -> list[URLPattern]:
        """The buttons' addresses beside the usual ones."""
        mine = [
            path(f"<int:source_id>/{name}/", self.admin_site.admin_view(require_POST(view)), name=f"source_{name}")
            for name, view in (
                ("fetch_now", self._press_fetch),
                ("pause", self._press_pause),
                ("resume", self._press_resume),
            )
        ]
        return [*mine, *super().get_urls()]

    def _press_fetch(self, request: HttpRequest, source_id: int) -> HttpResponse:
        return self._press(request, source_id, self._fetch)

    def _press_pause(self, request: HttpRequest, source_id: int) -> HttpResponse:
        return self._press(request, source_id, self._pause)

    def _press_resume(self, request: HttpRequest, source_id: int) -> HttpResponse:
        return self._press(request, source_id, self._resume)

    def _press(self, request: HttpRequest, source_id: int, act: Any) -> HttpResponse:
        source = get_object_or_404(Source, pk=source_id)
        if not self.has_change_permission(request, source):
            raise PermissionDenied
        act(request, source)
        return HttpResponseRedirect(reverse("admin:ingestion_source_change", args=[source_id]))

    @admin.action(description="Fetch now", permissions=["change"])
    def fetch_now(self, request: HttpRequest, queryset: QuerySet[Source]) -> None:
        """Poll the chosen sources as soon as a worker is free."""
        for source in queryset:
            self._fetch(request, source)

    @admin.action(description="Pause", permissions=["change"])
    def pause(self, request: HttpRequest, queryset: QuerySet[Source]) -> None:
        """Stop polling the chosen sources."""
        for source in queryset:
            self._pause(request, source)

    @admin.action(description="Resume", permissions=["change"])
    def resume(self, request: HttpRequest, queryset: QuerySet[Source]) -> None:
        """Poll the chosen sources again."""
        for source in queryset:
            self._resume(request, source)

    def _fetch(self, request: HttpRequest, source: Source) -> None:
        try:
            services.request_fetch(source.pk, acting_user=_staff(request), now=timezone.now())
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return
        tasks.enqueue_poll(source.pk)
        said = format_html(
            "{} is fetched as soon as a worker is free. {} tell what came of it.",
            source.name,
            _list_of("fetchattempt", "Its attempts", source__id__exact=source.pk),
        )
        messages.success(request, said)

    def _pause(self, request: HttpRequest, source: Source) -> None:
        services.pause_source(source.pk, acting_user=_staff(request), now=timezone.now())
        messages.success(request, f"{source.name} is paused. It is not polled until you resume it.")

    def _resume(self, request: HttpRequest, source: Source) -> None:
        services.resume_source(source.pk, acting_user=_staff(request), now=timezone.now())
        tasks.enqueue_poll(source.pk)
        messages.success(request, f"{source.name} is polled again.")


@admin.register(FetchAttempt)
class FetchAttemptAdmin(ReadOnlyAdmin, _AttemptAdmin):
    """Each fetch and what came of it."""

    list_display = ["started_at", "source", "outcome", "first_words", "added", "revised", "unchanged", "unusable"]
    list_filter = ["outcome", "source"]
    list_select_related = ["source"]
    date_hierarchy = "started_at"

    @admin.display(description="Words")
    def first_words(self, attempt: FetchAttempt) -> str:
        """The beginning of what happened."""
        return shorten(attempt.words, 160)


class RevisionInline(ReadOnlyAdmin, _RevisionInline):
    """The states in which an article's text was seen."""

    model = Revision
    fields = ["number", "title", "published_at", "fetched_at", "extract_state", "extract_error"]
    show_change_link = True
    extra = 0


@admin.register(Article)
class ArticleAdmin(ReadOnlyAdmin, _ArticleAdmin):
    """Articles, and the two ways to bring one by hand."""

    change_list_template = "admin/ingestion/article/change_list.html"
    list_display = ["headline", "source", "first_seen_at", "revision_count", "host"]
    list_filter = ["source"]
    list_select_related = ["source"]
    search_fields = ["canonical_url", "revisions__title"]
    fields = ["headline", "source", "address", "all_addresses", "guid", "first_seen_at", "page_due_at"]
    inlines = [RevisionInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Article]:
        """With the newest title and the number of revisions, in one query."""
        newest = Revision.objects.filter(article=OuterRef("pk")).order_by("-number")
        return (
            super()
            .get_queryset(request)
            .annotate(newest_title=Subquery(newest.values("title")[:1]), revisions_seen=Count("revisions"))
        )

    @admin.display(description="Title")
    def headline(self, article: Article) -> str:
        """The title of the newest revision."""
        return shorten(getattr(article, "newest_title", "") or "Untitled", 120)

    @admin.display(description="Address", ordering="canonical_url")
    def host(self, article: Article) -> str:
        """The site on which it can be read, as a link; the whole address would leave no room for the rest."""
        if not article.canonical_url:
            return ""
        site = urlsplit(article.canonical_url).hostname or article.canonical_url
        return format_html('<a href="{}" rel="noopener noreferrer">{}</a>', article.canonical_url, shorten(site, 40))

    @admin.display(description="Address")
    def address(self, article: Article) -> str:
        """Where it can be read, as a link."""
        if not article.canonical_url:
            return ""
        return format_html(
            '<a href="{}" rel="noopener noreferrer">{}</a>', article.canonical_url, shorten(article.canonical_url, 80)
        )

    @admin.display(description="Found under")
    def all_addresses(self, article: Article) -> str:
        """Every address under which it was found."""
        return "\n".join(found.url for found in article.urls.all())

    @admin.display(description="Revisions", ordering="revisions_seen")
    def revision_count(self, article: Article) -> int:
        """How many states of its text were seen."""
        return int(getattr(article, "revisions_seen", 0))

    def get_urls(self) -> list[URLPattern]:
        """The two forms beside the usual addresses."""
        mine = [
            path("paste/", self.admin_site.admin_view(self.paste_view), name="ingestion_article_paste"),
            path("address/", self.admin_site.admin_view(self.address_view), name="ingestion_article_address"),
        ]
        return [*mine, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Offer the two forms to those who may use them."""
        may_bring = request.user.has_perm("ingestion.add_article")
        return super().changelist_view(request, {**(extra_context or {}), "may_bring": may_bring})

    def paste_view(self, request: HttpRequest) -> HttpResponse:
        """Paste a text."""
        self._must_be_allowed(request)
        form = PasteTextForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            values = form.cleaned_data
            try:
                added = services.add_text(
                    title=values["title"],
                    text=values["text"],
                    url=values["url"],
                    published_on=values["published_on"],
                    source_id=values["source"].pk if values["source"] else None,
                    acting_user=_staff(request),
                    now=timezone.now(),
                )
            except ValidationError as error:
                form.add_error(None, error)
            else:
                return self._taken(request, added)
        return self._show(request, form, "Paste a text", "Take this text")

    def address_view(self, request: HttpRequest) -> HttpResponse:
        """Add an address."""
        self._must_be_allowed(request)
        form = AddAddressForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                added = services.add_address(form.cleaned_data["url"], acting_user=_staff(request), now=timezone.now())
            except ValidationError as error:
                form.add_error(None, error)
            except services.NotAddedError as error:
                form.add_error("url", str(error))
            else:
                return self._taken(request, added)
        return self._show(request, form, "Add an address", "Fetch this address")

    def _must_be_allowed(self, request: HttpRequest) -> None:
        if not request.user.has_perm("ingestion.add_article"):
            raise PermissionDenied

    def _taken(self, request: HttpRequest, added: services.Added) -> HttpResponse:
        if added.revision_id is not None:
            tasks.enqueue_extraction([added.revision_id])
        newest = Revision.objects.filter(article_id=added.article_id).order_by("-number").first()
        link = format_html(
            '<a href="{}">{}</a>',
            reverse("admin:ingestion_article_change", args=[added.article_id]),
            shorten(newest.title if newest and newest.title else "the article", 120),
        )
        if added.revision_id is None:
            messages.info(request, format_html("These words are known already: {}.", link))
        elif added.known_before:
            messages.success(request, format_html("Taken as a new revision of {}. It is read next.", link))
        else:
            messages.success(request, format_html("Taken as a new article: {}. It is read next.", link))
        return HttpResponseRedirect(reverse("admin:ingestion_article_changelist"))

    def _show(self, request: HttpRequest, form: Any, title: str, button: str) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "form": form,
            "button": button,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/ingestion/article/bring.html", context)


@admin.register(Revision)
class RevisionAdmin(ReadOnlyAdmin, _RevisionAdmin):
    """The words of an article as they stood."""

    list_display = ["title", "number", "published_at", "fetched_at", "extract_state", "extractor_version"]
    list_filter = ["extract_state", "article__source"]
    search_fields = ["title"]
    fields = [
        *("article", "number", "title", "text", "author", "language", "published_at", "fetched_at"),
        *("extract_state", "extractor_version", "extract_tries", "extract_error", "attempt"),
    ]
