"""The project as a Django app: it binds the job queue in every process and starts the schedules."""

from django.apps import AppConfig, apps
from django.conf import settings
from django.db.models.signals import post_migrate


class OfficeConfig(AppConfig):
    """Loads the Celery app, so that a queued job goes to our broker and nowhere else."""

    name = "config"
    verbose_name = "AI Office Manager"

    def ready(self) -> None:
        """Import what registers itself; the app registry must be ready first."""
        import config.celery  # noqa: F401
        from config.catalogues import compile_catalogues
        from config.reports import begin_reports
        from config.schedules import ensure_schedules

        compile_catalogues()
        begin_reports(
            dsn=settings.SENTRY_DSN, release=settings.VERSION, environment=settings.APP_ENV
        )
        if settings.OTLP_ENDPOINT:
            # Packages that only those have who want traces.
            from config.tracing import begin_tracing

            begin_tracing(
                endpoint=settings.OTLP_ENDPOINT,
                headers=settings.OTLP_HEADERS,
                release=settings.VERSION,
                place=settings.APP_ENV,
            )

        # Django announces only apps that have models; ours are those of the schedules' own app.
        beat = apps.get_app_config("django_celery_beat")
        post_migrate.connect(ensure_schedules, sender=beat)
