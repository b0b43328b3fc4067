"""The Celery application: what runs on a schedule and outside of a request."""

from __future__ import annotations

import os
import sys
from typing import Any

from celery import Celery
from celery.signals import task_postrun, task_prerun
from django.db import close_old_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")

app = Celery("tracker")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# By itself Celery closes the connection to the database around each task, which costs more than reading an article.
# Django's own rule holds instead, as around a request: it is kept for CONN_MAX_AGE, and not if it is broken.
app.conf.CELERY_DB_REUSE_MAX = sys.maxsize


@task_prerun.connect
@task_postrun.connect
def keep_good_connections(**_: Any) -> None:
    """Close connections that are too old or broken, around each task."""
    close_old_connections()
