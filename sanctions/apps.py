"""The sanctions room: the sanctions record and its counts."""

from django.apps import AppConfig


class SanctionsConfig(AppConfig):
    """Registers the room with Django."""

    name = "sanctions"
    verbose_name = "Sanctions"
    default_auto_field = "django.db.models.BigAutoField"
