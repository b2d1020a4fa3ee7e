FROM python:3.12-slim
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 MALLOC_ARENA_MAX=2
WORKDIR /app
COPY requirements.lock .
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY . .
RUN useradd --create-home office && mkdir /keys /var/office && chown office /keys /var/office \
    && SECRET_KEY=only-for-collecting-static-files-0123 APP_ENV=production VAR_DIR=/app/var \
       DATABASE_URL=postgresql://none@none/none REDIS_URL=redis://none \
       DJANGO_SETTINGS_MODULE=config.settings.prod python manage.py collectstatic --no-input
USER office
EXPOSE 8000
CMD ["granian", "--interface=wsgi", "--host=0.0.0.0", "config.wsgi:application"]
