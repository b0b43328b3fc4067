"""The history room: numbered changes and the versions of each record."""

from django.apps import AppConfig


class HistoryConfig(AppConfig):
    """Registers the room with Django."""

    name = "history"
    verbose_name = "History"
    default_auto_field = "django.db.models.BigAutoField"
