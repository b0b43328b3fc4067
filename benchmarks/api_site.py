"""The production application with one view more, which does nothing: what any answer costs at the least.

``gunicorn benchmarks.api_site:application``; it stands behind the same middleware and the same count of requests.
"""

from __future__ import annotations

import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")

from django.conf import settings  # only once Django is set up
from django.core.wsgi import get_wsgi_application  # only once Django is set up

application = get_wsgi_application()
settings.ROOT_URLCONF = "benchmarks.api_site"

from django.urls import include, path  # noqa: E402  # only once Django is set up
from rest_framework.request import Request  # noqa: E402  # only once Django is set up
from rest_framework.response import Response  # noqa: E402  # only once Django is set up

from api.views.base import ReadOnly  # noqa: E402  # only once Django is set up


class Trivial(ReadOnly):
    """A fixed answer."""

    def get(self, _request: Request) -> Response:
        """Nothing is read and nothing is worked out."""
        return Response({"answer": 42})


urlpatterns: list[Any] = [path("api/v1/trivial/", Trivial.as_view()), path("", include("tracker.urls"))]
