# Debian's PgBouncer: 1.24, which knows prepared statements in transaction mode.
FROM debian:trixie-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends pgbouncer postgresql-client \
    && rm -rf /var/lib/apt/lists/*
COPY pgbouncer.sh /pgbouncer.sh
USER postgres
EXPOSE 6432
CMD ["sh", "/pgbouncer.sh"]
