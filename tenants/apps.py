"""The tenants app."""

from django.apps import AppConfig


class TenantsConfig(AppConfig):
    """Gives content types a cache for each schema."""

    name = "tenants"
    verbose_name = "Organisations"

    def ready(self) -> None:
        """Replace the one cache that Django shares between all schemas of a connection."""
        from django.contrib.contenttypes.models import ContentType

        from tenants.content_types import CachePerSchema

        ContentType.objects._cache = CachePerSchema()  # type: ignore[attr-defined]  # noqa: SLF001
