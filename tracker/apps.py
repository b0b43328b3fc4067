"""The tracker as a Django application: its checks, its log ids, its one task, the groups of its staff."""

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class TrackerConfig(AppConfig):
    """Registers the checks, and has the groups of staff made on ``migrate``."""

    name = "tracker"
    verbose_name = "Tracker"

    def ready(self) -> None:
        """Django finds checks only in modules that are imported, and models are there only by now."""
        from tracker import checks, roles  # noqa: F401, PLC0415

        # Sent once for each application with models, the first of which makes all permissions: what is new shows then.
        first = next(one for one in apps.get_app_configs() if one.models_module)
        post_migrate.connect(roles.after_migrating, sender=first, dispatch_uid="tracker.roles")
