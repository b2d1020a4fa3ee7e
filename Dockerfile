# Packages, catalogues and static files are made in a stage that is thrown away; what serves has
# neither pip's cache nor a right to write but to /keys, /var/office and /tmp.
FROM python:3.12-slim-trixie AS builder
ENV PATH=/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
COPY requirements.lock .
RUN python -m venv /venv && pip install --no-cache-dir --require-hashes -r requirements.lock
COPY . .
# Compiles the catalogues (locale/) too, as each start does where they are old.
RUN SECRET_KEY=only-for-collecting-static-files-0123 APP_ENV=production VAR_DIR=/tmp/build \
    DATABASE_URL=postgresql://none@none/none REDIS_URL=redis://none \
    DJANGO_SETTINGS_MODULE=config.settings.prod python manage.py collectstatic --no-input \
    && test -s locale/de/LC_MESSAGES/django.mo

FROM python:3.12-slim-trixie
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 MALLOC_ARENA_MAX=2 \
    VAR_DIR=/var/office JWT_KEYS_DIR=/keys HOME=/tmp
# The ids that k8s/values.yaml and docker-compose.yml name; volumes belong to them.
RUN groupadd --gid 10001 office \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /tmp office \
    && install -d -o office -g office /keys /var/office
WORKDIR /app
COPY --from=builder /venv /venv
COPY --from=builder /app /app
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(u.Request(f\"http://127.0.0.1:{os.environ.get('HEALTH_PORT', '8000')}/health/live\", headers={'Host': os.environ.get('BASE_DOMAIN', 'localhost')}), timeout=4)"]
CMD ["python", "-m", "config.web", "--interface=wsgi", "--host=0.0.0.0", "config.wsgi:application"]
