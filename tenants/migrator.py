"""Applying migrations to one schema after the other.

What `manage.py migrate` builds anew for each schema is built once here: the graph of the
migrations, and the models as they stand before them.
"""

from typing import Any

from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState

from tenants.context import wrapper_of

Names = frozenset[tuple[str, str]]


class Migrator:
    """Brings schemas of one database to the present state of the migrations."""

    def __init__(self, alias: str) -> None:
        self._alias = alias
        # Typed by hand: the stubs leave out what `manage.py migrate` does with it as well.
        self._executor: Any = MigrationExecutor(wrapper_of(alias))
        self._before: tuple[Names, ProjectState] | None = None

    def migrate(self, schema: str) -> int:
        """Apply what is missing, each migration in its transaction; return how many those were."""
        with wrapper_of(self._alias).fixed_path(schema):
            executor = self._executor
            executor.recorder.ensure_schema()
            executor.loader.applied_migrations = executor.recorder.applied_migrations()
            executor.loader.check_consistent_history(wrapper_of(self._alias))
            targets = executor.loader.graph.leaf_nodes()
            plan = executor.migration_plan(targets)
            if plan:
                emit_pre_migrate_signal(0, False, self._alias, plan=plan)  # noqa: FBT003
                after = executor.migrate(targets, plan, state=self._state())
                emit_post_migrate_signal(0, False, self._alias, apps=after.apps, plan=plan)  # noqa: FBT003
        return len(plan)

    def _state(self) -> ProjectState:
        """Return the models as they are in the schema; most schemas stand at the same point."""
        applied = frozenset(self._executor.loader.applied_migrations)
        if self._before is None or self._before[0] != applied:
            state: ProjectState = self._executor._create_project_state(  # noqa: SLF001
                with_applied_migrations=True
            )
            # Rendered once, and copied for each schema.
            _rendered = state.apps
            self._before = applied, state
        return self._before[1].clone()
