"""A schema as a release before has left it, for tests of what brings it up to date."""

NAME, INDEX = "0003_open_tasks_index", "task_open_by_due"
FORGET = "DELETE FROM {schema}.django_migrations WHERE app = 'tasks' AND name >= '" + NAME + "'"
# What the tasks' migrations from NAME on have made: a later one that makes something comes here.
MADE_SINCE = (
    "DROP INDEX {schema}." + INDEX,
    "DROP TABLE {schema}.tasks_savedfilter",
    "DROP TABLE {schema}.tasks_mention",
    "DROP TABLE {schema}.tasks_taskfile, {schema}.tasks_leftoverfile",
    "DROP FUNCTION {schema}.tasks_leave_file()",
)


def drop_what_is_new(cursor, schema):
    for statement in MADE_SINCE:
        cursor.execute(statement.format(schema=schema))


def forget_migrations(cursor, schema):
    cursor.execute(FORGET.format(schema=schema))
