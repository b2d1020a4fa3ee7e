"""Which database a query goes to: that of the tenant in force, or the first one."""

from functools import cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model

from tenants.backend.place import PUBLIC
from tenants.context import home_alias, wrapper_of


class HomeRouter:
    """Sends what stands in tenants' schemas to the tenant's home; the rest to the first database.

    `LoginEntry` and `DueInstant` stand beside the schemas that they speak of: whoever reads them
    goes through the databases with `using()`.
    """

    def db_for_read(self, model: type[Model], **_hints: Any) -> str:
        """Return the alias of the database that has the rows."""
        return home_alias() if is_tenants(model._meta.app_label) else DEFAULT_DB_ALIAS

    db_for_write = db_for_read

    def allow_migrate(self, db: str, app_label: str, **_hints: Any) -> bool | None:
        """Give `public` of each database the shared tables and other schemas the tenants'."""
        if is_on_public(db):
            return None if is_shared(app_label) else False
        return None if is_tenants(app_label) else False


def is_on_public(alias: str) -> bool:
    """Tell whether a migration of this database works on the shared tables at the moment."""
    return wrapper_of(alias).schema_name == PUBLIC


@cache
def is_shared(app_label: str) -> bool:
    """Tell whether the app has tables in `public`."""
    return _installed(app_label, settings.SHARED_APPS)


@cache
def is_tenants(app_label: str) -> bool:
    """Tell whether the app has tables in each tenant's schema."""
    return _installed(app_label, settings.TENANT_APPS)


def _installed(app_label: str, names: list[str]) -> bool:
    config = apps.get_app_config(app_label)
    return bool({config.name, f"{config.__module__}.{type(config).__name__}"} & {*names})
