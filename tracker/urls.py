"""The addresses of the site: a page to begin with, the admin for staff, the API for everybody.

``/healthz`` and ``/readyz`` are answered before these by ``tracker.health.HealthMiddleware``.
"""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import include, path
from django.views.generic import TemplateView

admin.site.site_header = "Aid and sanctions pledge tracker"
admin.site.site_title = "Pledge tracker"
admin.site.index_title = "The record"
admin.site.enable_nav_sidebar = False  # lists need the width; the front page has everything


def icon(request: HttpRequest) -> HttpResponse:
    """Browsers ask for it at this address whatever the page says."""
    return redirect(static("tracker/icon.svg"))


urlpatterns = [
    path("", TemplateView.as_view(template_name="home.html"), name="home"),
    path("favicon.ico", icon),
    path("admin/", admin.site.urls),
    path("api/v1/", include("api.urls")),
]
