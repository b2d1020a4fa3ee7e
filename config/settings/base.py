"""What all environments share. Values come typed from `config.env`, never from os.environ."""

import os
import tomllib
from datetime import timedelta
from typing import Any

import django_stubs_ext
from django.templatetags.static import static

from config.env import ROOT, database_of, load_env
from config.settings.api import *  # noqa: F403
from config.settings.outside import *  # noqa: F403

# Lets our code say `ModelAdmin[Task]`, which Django's classes do not accept at run time.
django_stubs_ext.monkeypatch()

ENV = load_env()

VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
SECRET_KEY = ENV.secret_key
DEBUG = ENV.debug
BASE_DOMAIN = ENV.base_domain
PUBLIC_HOSTS = frozenset({ENV.base_domain, *ENV.public_hosts})
PUBLIC_URL = ENV.public_url.rstrip("/")
APP_ENV = ENV.app_env
TRUSTED_PROXIES = ENV.trusted_proxies
CORS_ORIGINS = frozenset(ENV.cors_origins)
LIVE_URL = ENV.live_url
VAR_DIR = ENV.var_dir
# Where each process counts; read by prometheus_client when it is first imported.
METRICS_DIR = VAR_DIR / "metrics"
os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(METRICS_DIR)
DNS_SERVERS = ENV.dns_servers
REGION, REGIONS, REGIONS_SECRET = ENV.region, ENV.regions, ENV.regions_secret
METRICS_TOKEN = ENV.metrics_token
SENTRY_DSN = ENV.sentry_dsn
OTLP_ENDPOINT = ENV.otel_exporter_otlp_endpoint
OTLP_HEADERS = dict(
    pair.split("=", 1) for pair in ENV.otel_exporter_otlp_headers.split(",") if pair
)
MAILBOX_URL = ENV.mailbox_url
# Any host may ask: TenantMiddleware answers 404 for those that belong to nobody.
ALLOWED_HOSTS = ["*"]

# --- Apps: which tables stand in `public` (SHARED), which in each tenant's schema (TENANT)
SHARED_APPS = [
    "tenants",
    # The look of the consoles; without its own site, which would take the place of ours.
    "unfold.apps.BasicAppConfig",
    # In place of django.contrib.admin; above django_tenants, whose admin pages have inline styles.
    "config.admin_app.OfficeAdminConfig",
    "django_tenants",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_celery_beat",
    "django_htmx",
    "auditlog",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
    "common",
    "config",
    "accounts",
]
TENANT_APPS = [
    # Only for its table, which points to people: the ORM asks it when a person is deleted.
    "config.admin_app.OfficeAdminConfig",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "accounts",
    "connections",
    "messaging",
    "tasks",
    "calendar_app",
    "assistant",
    "documents",
    "notes",
    "inbound",
    "webhooks",
    "toolbox",
]
INSTALLED_APPS = [*SHARED_APPS, *(app for app in TENANT_APPS if app not in SHARED_APPS)]

MIDDLEWARE = [
    "common.middleware.RequestIdMiddleware",
    "common.middleware.SecurityHeadersMiddleware",
    "common.cors.CorsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "config.page_middleware.Files",
    "accounts.request_rates.RateLimitMiddleware",
    "accounts.middleware.TenantMiddleware",
    "config.page_middleware.Sessions",
    "config.page_middleware.Common",
    "django.middleware.csrf.CsrfViewMiddleware",
    "config.page_middleware.Authentication",
    "config.page_middleware.Person",
    "config.page_middleware.Messages",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.page_middleware.Htmx",
    "tenants.middleware.TransactionMiddleware",
]

if OTLP_ENDPOINT:
    MIDDLEWARE.insert(1, "config.tracing.SpanMiddleware")

ROOT_URLCONF = "config.urls"
PUBLIC_SCHEMA_URLCONF = "config.urls_public"
WSGI_APPLICATION = "config.wsgi.application"
APPEND_SLASH = False

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context_processors.office",
                "tasks.context_processors.quick_add",
            ],
            # `{% translate %}` is in nearly every template.
            "builtins": ["django.templatetags.i18n"],
        },
    }
]

# --- Data
DATABASES = {
    alias: {
        "ENGINE": "tenants.backend",
        **database_of(url),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        # PgBouncer in transaction mode hands each transaction to another server connection.
        "DISABLE_SERVER_SIDE_CURSORS": True,
    }
    for alias, url in {"default": ENV.database_url, **ENV.database_shards}.items()
}
# Whom `migrate`, run by the owner of the schemas, gives the application's rights.
DATABASE_APP_ROLE = ENV.database_app_role
CACHES = {
    alias: {
        "BACKEND": "tenants.cache.OfficeCache",
        "LOCATION": ENV.redis_url,
        # The queue lies in the same store, without a prefix.
        "KEY_PREFIX": "cache",
        "KEY_FUNCTION": f"tenants.cache.{key_function}",
    }
    for alias, key_function in {"default": "tenant_key", "shared": "shared_key"}.items()
}
DATABASE_ROUTERS = ["tenants.routing.HomeRouter"]
TENANT_SYNC_ROUTER = DATABASE_ROUTERS[0]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TENANT_MODEL = "tenants.Tenant"
TENANT_DOMAIN_MODEL = "tenants.Domain"

# --- People
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.RoleBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {
        "NAME": f"{VALIDATION}.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "full_name")},
    },
    {"NAME": f"{VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "accounts.passwords.BreachedPasswordValidator"},
    {"NAME": f"{VALIDATION}.NumericPasswordValidator"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "today"
LOGOUT_REDIRECT_URL = "sign-in"
SESSION_COOKIE_NAME = "office_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "office_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "common.refusals.csrf_refused"

JWT_ALGORITHM = ENV.jwt_algorithm
JWT_SECRET_KEY = ENV.jwt_secret_key
JWT_KEYS_DIR = ENV.jwt_keys_dir or ENV.var_dir / "keys"
SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=ENV.access_token_expire_minutes),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=ENV.refresh_token_expire_days),
    "ALGORITHM": ENV.jwt_algorithm,
    "ISSUER": "ai-office-manager",
    "AUDIENCE": "ai-office-manager-api",
    "USER_ID_CLAIM": "sub",
}

# --- API, besides `config.settings.api`
# 1 MiB for everything that is not an upload.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
# Of each process: how much memory the vectors of documents may take.
VECTOR_CACHE_BYTES = 256 * 1024 * 1024

# At most so many requests to the API in so many seconds from one address: of strangers, at doors
# that stand open, of vendors; `unlimited` is for an office without a limit. None counts nothing.
API_RATES: dict[str, tuple[int, float]] | None = (
    {
        "stranger": (300, 60),
        "sign_in": (60, 60),
        "register": (60, 3600),
        "reset": (20, 3600),
        "vendor": (12_000, 60),
        "unlimited": (60_000, 60),
    }
    if ENV.rate_limits
    else None
)
# How much of its office's requests one person may make.
FAIR_SHARE = 0.8
# How much of them one of a person's API keys may, so that the person can still work beside it.
KEY_SHARE = 0.6

# --- Audit
AUDITLOG_LOGENTRY_MODEL = "accounts.AuditEntry"
AUDITLOG_STORE_JSON_CHANGES = True
AUDITLOG_USE_BASE_MANAGER = True

# --- Jobs
CELERY_BROKER_URL = ENV.redis_url
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# A process of the worker makes room for a fresh one after so many jobs, or as soon as it holds so
# many KiB between two jobs: what its libraries have lost is given back.
CELERY_WORKER_MAX_TASKS_PER_CHILD = 5000
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 700 * 1024
CELERY_TASK_SOFT_TIME_LIMIT = 120
CELERY_TASK_TIME_LIMIT = 180
# Just over the longest job: Redis hands a job that nobody acknowledged to another worker then.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "socket_timeout": 10,
    "socket_connect_timeout": 5,
    "socket_keepalive": True,
    "max_retries": 1,
    "interval_start": 0.1,
}
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0.1}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
# The scheduler reads its table this often, so an edit in the console acts within seconds.
CELERY_BEAT_MAX_LOOP_INTERVAL = 5
CELERY_TIMEZONE = "UTC"
DJANGO_CELERY_BEAT_TZ_AWARE = True

# --- Words and time
LANGUAGE_CODE = "en"
# The names are in the languages themselves, for whoever is lost in another one.
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [ROOT / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- Files
STATIC_URL = "/static/"
# Served from where the packages keep them; production collects them first.
STATIC_ROOT: Any = None
STATICFILES_FINDERS = [
    "common.joining.JoinedFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
# What every page loads: two files instead of twenty. What comes later wins over what came before.
_STYLES = (
    *("tokens", "app", "frame", "forms", "tasks", "chips", "task", "board", "chat", "figures"),
    *("search", "calendar", "hours", "clock", "papers", "front", "print"),
)
JOINED = {
    "css/office.css": ("vendor/pico-2.1.1/pico.min.css", *(f"css/{name}.css" for name in _STYLES)),
    "js/office.js": (
        "vendor/htmx-2.0.11/htmx.min.js",
        *(f"js/{name}.js" for name in ("app", "palette", "live")),
    ),
    # The page of a task.
    "js/task.js": ("js/naming.js", "js/files.js"),
}
WHITENOISE_USE_FINDERS = True
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "documents": {"BACKEND": "tenants.stores.Folders"},
}
if ENV.documents_s3_bucket:
    STORAGES["documents"] = {
        "BACKEND": "tenants.buckets.Bucket",
        "OPTIONS": {
            "bucket_name": ENV.documents_s3_bucket,
            "endpoint_url": ENV.documents_s3_endpoint or None,
            "region_name": ENV.documents_s3_region or None,
            "access_key": ENV.documents_s3_key_id,
            "secret_key": ENV.documents_s3_secret,
        },
    }

# --- The consoles
UNFOLD: dict[str, Any] = {
    "SITE_URL": None,
    "SHOW_VIEW_ON_SITE": False,
    "STYLES": [lambda _request: static("css/console.css")],
    "SCRIPTS": [lambda _request: static("js/console.js")],
    "COLORS": {
        "primary": {
            "50": "#f4f5fd",
            "100": "#eceefb",
            "200": "#d9ddf6",
            "300": "#b9c0ee",
            "400": "#949ee4",
            "500": "#7681e0",
            "600": "#4450b8",
            "700": "#37429d",
            "800": "#2d367f",
            "900": "#252c66",
            "950": "#181d45",
        },
    },
}

# --- Safety
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"

# --- Logs: a constant phrase and ids; the request id stands in each line
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"context": {"()": "common.logs.ContextFilter"}},
    "formatters": {"json": {"()": "common.logs.JsonFormatter"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["context"],
            "formatter": "json",
        }
    },
    "root": {"handlers": ["console"], "level": ENV.log_level},
    # Refusals are everyday answers; what is our fault is logged as an error.
    "loggers": {
        "django.request": {"level": "ERROR"},
        # A line for each tick of the sweep would bury the others.
        "celery.app.trace": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        # aiosmtpd names addresses.
        "mail.log": {"level": "WARNING"},
    },
}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
