"""The job queue. Jobs live in each app's `jobs.py`."""

import os
import tempfile
from pathlib import Path
from threading import Event

from celery import Celery
from celery.signals import beat_init, before_task_publish, setup_logging, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

app = Celery("office")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(related_name="jobs")


@worker_init.connect
def count_jobs(**kwargs: object) -> None:
    """Count the jobs of a worker, and write down the periodic ones; it has its settings by then."""
    from common.metrics import watch_jobs  # noqa: PLC0415  needs the settings
    from tenants.periodic import watch_periodic  # noqa: PLC0415  needs the apps

    watch_jobs()
    watch_periodic()


@beat_init.connect
def watch_the_work(**kwargs: object) -> None:
    """Let beat, which does no work itself, see whether the workers do theirs."""
    from tenants.overdue import begin_watch  # noqa: PLC0415  needs the apps

    begin_watch(Event())
    before_task_publish.connect(show_life)


def show_life(**kwargs: object) -> None:
    """Touch the file of beat, which queues something every few seconds; who looks sees its age."""
    (Path(tempfile.gettempdir()) / "office-beat").touch()


@setup_logging.connect
def keep_our_logging(**kwargs: object) -> None:
    """Leave Django's logging settings in force in workers and beat."""
