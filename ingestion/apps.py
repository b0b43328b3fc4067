"""The ingestion room: sources, articles and candidates."""

from django.apps import AppConfig


class IngestionConfig(AppConfig):
    """Registers the room with Django."""

    name = "ingestion"
    verbose_name = "Ingestion"
    default_auto_field = "django.db.models.BigAutoField"
