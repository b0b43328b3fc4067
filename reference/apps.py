"""The reference room: parties, groups, currencies and exchange rates."""

from django.apps import AppConfig


class ReferenceConfig(AppConfig):
    """Registers the room with Django."""

    name = "reference"
    verbose_name = "Reference data"
    default_auto_field = "django.db.models.BigAutoField"
