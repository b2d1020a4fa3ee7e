"""Content types have other ids in each schema, and Django caches them by connection only."""

from typing import Any

from django.db import connections

Cached = dict[Any, Any]


class CachePerSchema(dict[str, Cached]):
    """Looks like Django's cache by database alias and keeps one for each schema behind it."""

    def __getitem__(self, alias: str) -> Cached:
        return self._of_schema(alias)

    def setdefault(self, alias: str, default: Any = None) -> Cached:
        """Return the cache of the schema in force."""
        return self._of_schema(alias)

    def _of_schema(self, alias: str) -> Cached:
        schema = connections[alias].schema_name  # type: ignore[attr-defined]  # our backend's
        return dict.setdefault(self, f"{alias}/{schema}", {})
