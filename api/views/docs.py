"""The API's own description: the schema for programs, a page for people."""

from __future__ import annotations

from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from api.views.base import ReadOnly


class SchemaView(ReadOnly, SpectacularAPIView):
    """OpenAPI 3.1: JSON, or YAML by ``?format=yaml`` or ``Accept: application/vnd.oai.openapi``."""

    renderer_classes = [OpenApiJsonRenderer, OpenApiYamlRenderer]


class DocsView(ReadOnly, SpectacularSwaggerSplitView):
    """The schema as a page on which requests can be tried; every asset is served from here."""

    url_name = "api:schema"
    template_name = "api/docs.html"
