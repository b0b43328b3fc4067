"""The Django project: settings, addresses, the Celery application and the one-command start."""

__version__ = "0.1.0"

from tracker.celery import app as celery_app  # the settings read the version, and the application the settings

__all__ = ["__version__", "celery_app"]
