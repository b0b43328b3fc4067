"""The api room: the public read-only API."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Registers the room with Django."""

    name = "api"
    verbose_name = "API"
    default_auto_field = "django.db.models.BigAutoField"
