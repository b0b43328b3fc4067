"""The interchange room: files in and out."""

from django.apps import AppConfig


class InterchangeConfig(AppConfig):
    """Registers the room with Django."""

    name = "interchange"
    verbose_name = "Interchange"
    default_auto_field = "django.db.models.BigAutoField"
