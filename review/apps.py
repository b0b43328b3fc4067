"""The review room: decisions on candidates."""

from django.apps import AppConfig


class ReviewConfig(AppConfig):
    """Registers the room with Django."""

    name = "review"
    verbose_name = "Review"
    default_auto_field = "django.db.models.BigAutoField"
