"""The pledges room: the aid record and its totals."""

from django.apps import AppConfig


class PledgesConfig(AppConfig):
    """Registers the room with Django."""

    name = "pledges"
    verbose_name = "Pledges"
    default_auto_field = "django.db.models.BigAutoField"
