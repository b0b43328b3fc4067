"""The tracker as a Django application: its checks, its log ids, its one task."""

from django.apps import AppConfig


class TrackerConfig(AppConfig):
    """Registers the checks."""

    name = "tracker"
    verbose_name = "Tracker"

    def ready(self) -> None:
        """Django finds checks only in modules that are imported."""
        from tracker import checks  # noqa: F401, PLC0415
