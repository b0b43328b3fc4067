"""Articles with the revisions of their text, and the two ways to bring one by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html

from ingestion import services, tasks
from ingestion.addresses import shorten
from ingestion.admin.common import ReadOnlyAdmin, staff
from ingestion.forms import AddAddressForm, PasteTextForm
from ingestion.models import Article, Revision

if TYPE_CHECKING:
    _ArticleAdmin = admin.ModelAdmin[Article]
    _RevisionInline = admin.TabularInline[Revision, Article]
else:  # the classes themselves take no parameter when they run
    _ArticleAdmin = admin.ModelAdmin
    _RevisionInline = admin.TabularInline


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
                    acting_user=staff(request),
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
                added = services.add_address(form.cleaned_data["url"], acting_user=staff(request), now=timezone.now())
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
