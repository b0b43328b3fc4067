"""The Django project: settings, addresses, the Celery application and the one-command start."""

from tracker.celery import app as celery_app

__all__ = ["celery_app"]
