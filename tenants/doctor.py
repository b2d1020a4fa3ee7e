"""What the doctor looks at below the apps: databases, queue, workers, disk, clock and mail."""

from collections.abc import Iterator
from datetime import timedelta
from shutil import disk_usage
from tempfile import TemporaryFile
from urllib.parse import urlsplit
from uuid import uuid4

from celery import current_app
from django.conf import settings
from django.core.mail import get_connection
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from common.doctor import Finding, register_look
from tenants.context import public_context, wrapper_of
from tenants.migrating import tenants_behind
from tenants.models import Tenant
from tenants.moving import AWAY
from tenants.overdue import late_work
from tenants.stores import stores

OLDEST_POSTGRESQL = 150_000
LEAST_BYTES = 1024**3
CLOCK_DIFFERENCE = timedelta(seconds=5)
ANSWER_SECONDS = 3
SWEEP = "messaging.sweep"
# Beat writes its ticks down every three minutes.
LONGEST_SILENCE = timedelta(minutes=6)
RIGHTS = """SELECT current_user, current_setting('server_version_num')::int,
    to_regclass('public.tenants_tenant') IS NOT NULL,
    clock_timestamp()"""
MAY = """SELECT has_table_privilege('public.tenants_tenant', 'SELECT')
    AND has_function_privilege('public.office_open_schema(uuid, text)', 'EXECUTE')"""


def look_at_databases() -> Iterator[Finding]:
    """Reachable, new enough, with our tables, and a role that may work in them."""
    for alias in connections:
        about = "database" if alias == DEFAULT_DB_ALIAS else f"database {alias}"
        with public_context(), transaction.atomic(using=alias):
            cursor = connections[alias].cursor()
            cursor.execute(RIGHTS)
            role, version, has_tables, now = cursor.fetchone()
            may = False
            if has_tables:
                cursor.execute(MAY)
                (may,) = cursor.fetchone()
        yield from _of_database(about, role, version, (has_tables, may))
        if abs(timezone.now() - now) > CLOCK_DIFFERENCE:
            seconds = abs((timezone.now() - now).total_seconds())
            yield Finding(
                "clock",
                f"The clock of the {about} and ours differ by {seconds:.0f} seconds.",
                "Let both machines keep time by NTP.",
            )
        else:
            yield Finding("clock", f"Ours and that of the {about} agree.")


def _of_database(
    about: str, role: str, version: int, state: tuple[bool, bool]
) -> Iterator[Finding]:
    has_tables, may = state
    if version < OLDEST_POSTGRESQL:
        yield Finding(
            about, f"PostgreSQL {version // 10_000} is too old.", "Move to PostgreSQL 15 or newer."
        )
    elif not has_tables:
        yield Finding(about, "It has no tables of ours.", "Run manage.py migrate as the owner.")
    elif not may:
        yield Finding(
            about,
            f"The role {role} has no rights.",
            f"Run manage.py migrate as the owner, with DATABASE_APP_ROLE={role}.",
        )
    else:
        yield Finding(about, f"It answers, and {role} may work there.")


def look_at_migrations() -> Iterator[Finding]:
    """The shared tables of each database, then every tenant's schema."""
    for alias in connections:
        with public_context(), wrapper_of(alias).fixed_path("public"):
            executor = MigrationExecutor(wrapper_of(alias))
            plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if plan:
            yield Finding(
                "migrations",
                f"The shared tables of “{alias}” lack {len(plan)} of them.",
                f"Run manage.py migrate --database {alias} as the owner.",
            )
    with public_context(), transaction.atomic():
        tenants = list(Tenant.objects.all())
    behind = sorted(tenant.slug for tenant in tenants_behind(tenants))
    if behind:
        names = ", ".join(behind[:10])
        yield Finding(
            "tenants",
            f"{len(behind)} of {len(tenants)} are behind: {names}.",
            "Run manage.py migrate_tenants as the owner.",
        )
    else:
        yield Finding("tenants", f"All {len(tenants)} are at the present migrations.")


def look_at_queue() -> Iterator[Finding]:
    """The broker, and whether a worker hears it."""
    options = {"socket_connect_timeout": ANSWER_SECONDS}
    with current_app.connection_for_write(transport_options=options) as queue:
        queue.ensure_connection(max_retries=1, timeout=ANSWER_SECONDS)
    yield Finding("queue", "It answers.")
    heard = current_app.control.ping(timeout=ANSWER_SECONDS)
    if heard:
        yield Finding("workers", f"{len(heard)} answer.")
    else:
        yield Finding("workers", "None answers.", "Start one: celery -A config worker.")


def look_at_work() -> Iterator[Finding]:
    """Whether what is due is done: a worker may answer and be deaf for work."""
    late = late_work()
    if not late:
        yield Finding("work", "Nothing is late.")
        return
    kinds = ", ".join(f"{kind} ({seconds:,.0f} s)" for kind, seconds in sorted(late.items()))
    yield Finding(
        "work",
        f"It is due and not done: {kinds}.",
        "See whether beat ticks and workers answer; restart the workers that do and are deaf.",
    )


def look_at_beat() -> Iterator[Finding]:
    """Whether the sweep is on the schedule, and when it was last queued."""
    with public_context(), transaction.atomic():
        sweep = PeriodicTask.objects.filter(task=SWEEP, enabled=True).first()
    if sweep is None:
        yield Finding(
            "beat",
            "The sweep is not on the schedule.",
            "Switch it on in the platform console (Periodic tasks), or run manage.py migrate.",
        )
    elif sweep.last_run_at is None or timezone.now() - sweep.last_run_at > LONGEST_SILENCE:
        since = f" since {sweep.last_run_at:%Y-%m-%d %H:%M} UTC" if sweep.last_run_at else ""
        yield Finding(
            "beat",
            f"No tick is known of{since}.",
            "Start it: celery -A config beat. It writes its ticks down after three minutes.",
        )
    else:
        yield Finding("beat", "It ticks.")


def look_at_leaving() -> Iterator[Finding]:
    """Organisations that nobody writes to until a person says where they are at home."""
    with public_context(), transaction.atomic():
        waiting = Tenant.objects.filter(moving_to__startswith=AWAY).order_by("slug")
        slugs = list(waiting.values_list("slug", flat=True))
    if slugs:
        yield Finding(
            "regions",
            f"Nobody can write to {', '.join(slugs)}: about to leave for another region.",
            "Say manage.py tenant_leave SLUG --arrived once it is open there, or --stay.",
        )
    else:
        yield Finding("regions", "None is about to leave for another.")


def look_at_mail() -> Iterator[Finding]:
    """The platform's own mail server; offices with a mailbox of their own do not need it."""
    with get_connection(timeout=ANSWER_SECONDS):
        yield Finding("mail", f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT} lets us in.")


def look_at_disk() -> Iterator[Finding]:
    """VAR_DIR takes files and has room for them."""
    with TemporaryFile(dir=settings.VAR_DIR) as file:
        file.write(b"x")
    free = disk_usage(settings.VAR_DIR).free
    room = f"{free / LEAST_BYTES:,.1f} GiB are free in VAR_DIR."
    remedy = "" if free >= LEAST_BYTES else "Make room, or move VAR_DIR to a larger disk."
    yield Finding("disk", room, remedy)


def look_at_stores() -> Iterator[Finding]:
    """Each store of files answers for an organisation that does not exist."""
    for store in stores():
        next(iter(store.walk(uuid4())), None)
        place = "VAR_DIR" if store.is_local else "The bucket of documents"
        yield Finding("store", f"{place} answers.")


def look_at_tls() -> Iterator[Finding]:
    """In production nothing goes in the clear."""
    if settings.APP_ENV != "production":
        yield Finding("tls", "Not asked for outside production.")
        return
    wanted = {
        "PUBLIC_URL does not begin with https.": urlsplit(settings.PUBLIC_URL).scheme == "https",
        "Plain HTTP is not led to https.": settings.SECURE_SSL_REDIRECT,
        "Cookies go in the clear.": settings.SESSION_COOKIE_SECURE,
        "Browsers are not told to stay with https.": settings.SECURE_HSTS_SECONDS > 0,
    }
    wrong = [sentence for sentence, is_so in wanted.items() if not is_so]
    remedy = "Use DJANGO_SETTINGS_MODULE=config.settings.prod, and an https address in PUBLIC_URL."
    for sentence in wrong:
        yield Finding("tls", sentence, remedy)
    if not wrong:
        yield Finding("tls", "Nothing goes in the clear.")


def register_looks() -> None:
    """Tell the doctor of them, in the order in which they need one another."""
    address = "Start it, and look at its address in DATABASE_URL and DATABASE_SHARDS."
    redis = "Start Redis or Valkey, and look at its address in REDIS_URL."
    disk = "Make VAR_DIR, and let the user of the processes write there."
    mail = "Look at EMAIL_HOST, EMAIL_PORT, EMAIL_SECURITY, and at the user's name and password."
    register_look("database", look_at_databases, remedy=address)
    register_look("migrations", look_at_migrations, remedy=address)
    register_look("queue", look_at_queue, remedy=redis)
    register_look("beat", look_at_beat, remedy=address)
    register_look("work", look_at_work, remedy=address)
    register_look("regions", look_at_leaving, remedy=address)
    register_look("mail", look_at_mail, remedy=mail)
    register_look("disk", look_at_disk, remedy=disk)
    register_look("store", look_at_stores, remedy="Look at the settings DOCUMENTS_S3_….")
    register_look("tls", look_at_tls, remedy="Set PUBLIC_URL.")
