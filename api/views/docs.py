"""The API's own description: the schema for programs, a page for people."""

from __future__ import annotations

from drf_spectacular.renderers import (
    OpenApiJsonRenderer,
    OpenApiJsonRenderer2,
    OpenApiYamlRenderer,
    OpenApiYamlRenderer2,
)
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from api.views.base import ReadOnly


class SchemaView(ReadOnly, SpectacularAPIView):
    """OpenAPI 3.1: JSON, or YAML by ``?format=yaml`` or by what ``Accept`` asks for."""

    renderer_classes = [OpenApiJsonRenderer, OpenApiJsonRenderer2, OpenApiYamlRenderer, OpenApiYamlRenderer2]


class DocsView(ReadOnly, SpectacularSwaggerSplitView):
    """The schema as a page on which requests can be tried; every asset is served from here."""

    url_name = "api:schema"
    template_name = "api/docs.html"
