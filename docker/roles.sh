#!/bin/sh
# The two roles of the database: office_owner, which owns it and migrates, and office_app.
# The image of PostgreSQL runs this when its volume is new; it may be run again at any time.
set -eu
exec psql -v ON_ERROR_STOP=1 --quiet --username "${POSTGRES_USER:-postgres}" --dbname "$POSTGRES_DB" \
    -v owner="$POSTGRES_OWNER_PASSWORD" -v app="$POSTGRES_APP_PASSWORD" <<'SQL'
SELECT format('CREATE ROLE %I LOGIN', role)
FROM unnest(ARRAY['office_owner', 'office_app']) AS role WHERE to_regrole(role) IS NULL \gexec
ALTER ROLE office_owner PASSWORD :'owner';
ALTER ROLE office_app PASSWORD :'app';
ALTER DATABASE :"DBNAME" OWNER TO office_owner;

-- What another role made there earlier; extensions stay whose they are.
SELECT format('ALTER SCHEMA %I OWNER TO office_owner', nspname)
FROM pg_namespace WHERE nspname ~ '^t_[0-9a-f]{32}$' \gexec
CREATE TEMPORARY TABLE ours AS
SELECT oid FROM pg_namespace WHERE nspname = 'public' OR nspname ~ '^t_[0-9a-f]{32}$';
CREATE TEMPORARY TABLE theirs AS SELECT objid FROM pg_depend WHERE deptype = 'e';
SELECT format('ALTER TABLE %s OWNER TO office_owner', oid::regclass) FROM pg_class
WHERE relnamespace IN (TABLE ours) AND relkind IN ('r', 'p') AND oid NOT IN (TABLE theirs) \gexec
SELECT format('ALTER FUNCTION %s OWNER TO office_owner', oid::regprocedure) FROM pg_proc
WHERE pronamespace IN (TABLE ours) AND oid NOT IN (TABLE theirs) \gexec
SQL
