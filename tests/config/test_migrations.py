"""A migration leaves whatever the code before it reads and writes: expand first, contract later.

Old and new code run side by side while a release is rolled out. django-migration-linter reads the
SQL of each migration of ours, on the shared tables and in a tenant's schema as they are migrated.
"""

import pytest
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.loader import MigrationLoader
from django_migration_linter import MigrationLinter
from django_migration_linter.sql_analyser.analyser import analyse_sql_statements

from config.env import ROOT
from tenants.context import public_context, wrapper_of

# What takes something away on purpose: the release that stopped using it, and why it is harmless.
ALLOWED: dict[str, str] = {
    "accounts.0005_fewer_indexes": "before the first release; an index that is gone makes old code"
    " slower at most, and a small table is locked for a moment",
    "documents.0005_no_postings": "before the first release; nothing reads the table any more",
    "notes.0004_words": "only its way back drops something",
    "notes.0006_one_index_of_words": "before the first release; old code finds the same words, more"
    " slowly",
    "tasks.0004_fewer_indexes": "before the first release; other indexes begin with these columns",
}
# How an index or a constraint is called that a migration drops and that is gone by now.
GONE = "what_was_there"
# A tenant's tables are small, and its migrations one transaction, in which CONCURRENTLY is refused.
# How a variable is called is our own affair.
LEFT_OUT = ["CREATE_INDEX", "CREATE_INDEX_EXCLUSIVE", "RUNPYTHON_MODEL_VARIABLE_NAME"]
MIGRATIONS = sorted(
    key
    for key, migration in MigrationLoader(None, ignore_no_migrations=True).disk_migrations.items()
    if (ROOT / migration.__module__.split(".")[0]).is_dir() and not migration.initial
)


@pytest.fixture
def linter(db, monkeypatch):
    """The linter on a migrated schema, in which it finds what a migration has dropped all the same.

    Django looks up how an index or a constraint is called, and drops what it finds: without a name
    for what is gone, the SQL of the drop would be left out.
    """
    look = BaseDatabaseSchemaEditor._constraint_names

    def names(self, *args, **kwargs):
        return look(self, *args, **kwargs) or [GONE]

    monkeypatch.setattr(BaseDatabaseSchemaEditor, "_constraint_names", names)
    with public_context():
        return MigrationLinter(
            no_cache=True,
            no_output=True,
            analyser_string="postgresql",
            exclude_migration_tests=LEFT_OUT,
        )


def problems(linter, sql):
    return words(analyse_sql_statements(linter.sql_analyser_class, sql, LEFT_OUT))


def words(found):
    errors, _ignored, warnings = found
    return {issue.message for issue in (*errors, *warnings)}


@pytest.mark.parametrize(("app", "name"), MIGRATIONS, ids=map(".".join, MIGRATIONS))
def test_old_code_works_on_after_it(app, name, linter, acme):
    found = words(linter.analyse_data_migration(linter.migration_loader.disk_migrations[app, name]))
    for schema in ("public", acme.schema_name):
        with public_context(), wrapper_of("default").fixed_path(schema):
            found |= problems(linter, linter.get_sql(app, name))
    assert not found or f"{app}.{name}" in ALLOWED, found


def test_what_is_allowed_is_still_there():
    assert {*ALLOWED} <= set(map(".".join, MIGRATIONS))


@pytest.mark.parametrize("name", ["tasks.0004_fewer_indexes", "accounts.0005_fewer_indexes"])
def test_what_was_dropped_long_ago_is_seen(name, linter, acme):
    with public_context(), wrapper_of("default").fixed_path(acme.schema_name):
        sql = linter.get_sql(*name.split("."))
    assert any(line.startswith("DROP INDEX") and GONE in line for line in sql), sql


@pytest.mark.parametrize(
    "sql",
    [
        'ALTER TABLE "tasks_task" DROP COLUMN "title" CASCADE;',
        'ALTER TABLE "tasks_task" RENAME COLUMN "title" TO "name";',
        'ALTER TABLE "tasks_task" RENAME TO "job";',
        'DROP TABLE "tasks_task" CASCADE;',
        'ALTER TABLE "tasks_task" ADD COLUMN "x" integer NOT NULL;',
        'ALTER TABLE "tasks_task" ALTER COLUMN "x" TYPE integer;',
        'ALTER TABLE "tasks_task" ADD CONSTRAINT "x" UNIQUE ("title");',
        'DROP INDEX "x";',
    ],
)
def test_what_old_code_would_break_on_is_seen(linter, sql):
    assert problems(linter, [sql])


@pytest.mark.parametrize(
    "sql",
    [
        'ALTER TABLE "tasks_task" ADD COLUMN "x" integer NULL;',
        'ALTER TABLE "tasks_task" ADD COLUMN "x" integer DEFAULT 1 NOT NULL;',
        'CREATE INDEX "x" ON "tasks_task" ("title");',
    ],
)
def test_what_old_code_does_not_notice_passes(linter, sql):
    assert not problems(linter, [sql])
