#!/bin/sh
# PgBouncer in transaction mode in front of PostgreSQL, for the application's role alone.
# PREPARED_STATEMENTS is empty for one older than 1.21; DATABASE_URL then ends with ?prepare=no.
set -eu
umask 077
folder=$(mktemp -d)
# A quote in a password is written twice there.
password=$(printf %s "$POSTGRES_APP_PASSWORD" | sed 's/"/""/g')
printf '"office_app" "%s"\n' "$password" >"$folder/users.txt"
prepared=${PREPARED_STATEMENTS-200}
cat >"$folder/pgbouncer.ini" <<INI
[databases]
${POSTGRES_DB:-office} = host=${POSTGRES_HOST:-postgres} port=${POSTGRES_PORT:-5432}
[pgbouncer]
listen_addr = ${LISTEN_ADDRESS:-*}
listen_port = ${LISTEN_PORT:-6432}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = $folder/users.txt
pool_mode = transaction
default_pool_size = ${POOL_SIZE:-20}
max_client_conn = ${MOST_CLIENTS:-500}
# Of a server's connection PostgreSQL keeps what it has learned of each tenant's tables.
server_lifetime = 600
${prepared:+max_prepared_statements = $prepared}
INI
exec pgbouncer "$folder/pgbouncer.ini"
