"""The tenants app."""

from django.apps import AppConfig


class TenantsConfig(AppConfig):
    """Gives content types a cache for each schema, and says whether work is late."""

    name = "tenants"
    verbose_name = "Organisations"

    def ready(self) -> None:
        """Replace the one cache that Django shares between all schemas of a connection."""
        from django.contrib.contenttypes.models import ContentType

        from common.audit import register_follower
        from common.health import register_watch
        from common.logs import register_mark
        from tenants import doctor, jobs, live
        from tenants.content_types import CachePerSchema
        from tenants.context import tenant_or_none
        from tenants.overdue import state_of_work

        ContentType.objects._cache = CachePerSchema()  # type: ignore[attr-defined]  # noqa: SLF001
        register_watch("work", state_of_work)
        register_mark("tenant", lambda: str(tenant.pk) if (tenant := tenant_or_none()) else "")
        register_follower(live.note)
        jobs.register_marks()
        doctor.register_looks()
