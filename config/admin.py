"""The schedules in the platform console, and what third-party apps put there without a place."""

# Registered by these modules; ours take their place below.
from typing import cast

import django.contrib.auth.admin  # noqa: F401
from auditlog.registry import auditlog
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django_celery_beat.admin import PeriodicTaskForm
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
)

from accounts.consoles import PlatformConsole, person_of, tenant_console
from common.console_site import ConsolePage
from common.consoles import LookedAt, OfficeAdmin
from common.differences import NOTHING
from config import dead_letters, export_console, operation_admin, tenant_admin  # noqa: F401
from config.dashboard import office_facts
from config.office_console import PAGES as SETTINGS_PAGES
from config.platform_dashboard import platform_facts
from config.rounds_console import show_rounds
from tenants.periodic import run_now
from tenants.run_models import JobRun

SHOWN_RUNS = 10

tenant_console.facts.append(office_facts)
platform_console = cast("PlatformConsole", admin.site)
platform_console.facts.append(platform_facts)
platform_console.add_page(dead_letters.PAGE)
tenant_console.add_page(
    ConsolePage("Work", "When things run", "rounds", "messaging.change_schedule", show_rounds)
)
for page in (*SETTINGS_PAGES, export_console.PAGE):
    tenant_console.add_page(page)

# Roles stand in place of groups; our jobs do not run once at a date, or by the sun.
admin.site.unregister([Group, ClockedSchedule, SolarSchedule])
admin.site.unregister([PeriodicTask, IntervalSchedule, CrontabSchedule])

# What an operator changes; when beat last ran a job stays out.
auditlog.register(
    PeriodicTask,
    include_fields=[
        *("name", "task", "enabled", "description", "interval", "crontab", "start_time"),
        *("expire_seconds", "args", "kwargs"),
    ],
)
auditlog.register(IntervalSchedule, include_fields=["every", "period"])
auditlog.register(
    CrontabSchedule,
    include_fields=[
        *("minute", "hour", "day_of_month", "month_of_year", "day_of_week", "timezone")
    ],
)


@admin.register(PeriodicTask)
class PeriodicJobAdmin(OfficeAdmin[PeriodicTask]):
    """What beat queues, and how often. It is switched off, not deleted."""

    section = "When things run"
    menu = "Periodic jobs"
    # The package's own admin class is left aside: its page has an inline script, which our policy
    # does not run, and its actions pass by the audit trail.
    form = PeriodicTaskForm
    actions = ("run", "enable", "disable")
    list_display = ("name", "task", "enabled", "interval", "crontab", "last_run_at")
    list_filter = ("enabled",)
    fieldsets = (
        (None, {"fields": ("name", "regtask", "task", "enabled", "description", "runs")}),
        ("Schedule", {"fields": ("interval", "crontab", "start_time", "last_run_at")}),
        ("Job", {"fields": ("args", "kwargs", "expire_seconds")}),
    )
    readonly_fields = ("last_run_at", "runs")
    list_select_related = ("interval", "crontab")
    search_fields = ("name", "task")

    @admin.display(description="last runs")
    def runs(self, job: PeriodicTask) -> str:
        """Return when it ran last, and how it went."""
        if not job.pk:
            return NOTHING
        found = JobRun.objects.filter(schedule=job.name)[:SHOWN_RUNS]
        return render_to_string("admin/runs.html", {"runs": found})

    @admin.action(description="Run selected jobs now", permissions=["change"])
    def run(self, request: HttpRequest, queryset: QuerySet[PeriodicTask]) -> None:
        """Queue each once; its schedule goes on as before."""
        for job in queryset:
            run_now(periodic=job, by=person_of(request).email)
            self.message_user(request, f"{job.name} is queued: see “Runs of periodic jobs”.")

    @admin.action(description="Enable selected jobs", permissions=["change"])
    def enable(self, request: HttpRequest, queryset: QuerySet[PeriodicTask]) -> None:
        """Let beat queue them again."""
        self._switch(request, queryset, on=True)

    @admin.action(description="Disable selected jobs", permissions=["change"])
    def disable(self, request: HttpRequest, queryset: QuerySet[PeriodicTask]) -> None:
        """Have beat leave them out."""
        self._switch(request, queryset, on=False)

    def _switch(self, request: HttpRequest, queryset: QuerySet[PeriodicTask], *, on: bool) -> None:
        # One by one: `update` would pass by the audit trail and beat's own signal.
        for job in queryset:
            job.enabled = on
            job.save()  # type: ignore[no-untyped-call]
            self.message_user(request, f"{job.name}: {'on' if on else 'off'}.")


@admin.register(JobRun)
class JobRunAdmin(LookedAt[JobRun]):
    """How the last runs of each periodic job went."""

    section = "When things run"
    menu = "Runs of periodic jobs"
    empty = (
        "Workers write each run down as it begins. If nothing comes here, look whether they run."
    )
    list_display = (
        *("schedule", "state", "asked", "queued_at", "started_at", "ended_at", "seconds", "error"),
    )
    date_hierarchy = "queued_at"
    list_filter = ("outcome", "schedule")
    search_fields = ("schedule", "job", "asked_by")
    fields = readonly_fields = (*list_display, "job")

    @admin.display(description="how it went", ordering="outcome")
    def state(self, run: JobRun) -> str:
        """Return it in a word; a run that never ended was killed."""
        return run.state

    @admin.display(description="asked for by", empty_value="the schedule")
    def asked(self, run: JobRun) -> str | None:
        """Return who wanted it out of its turn."""
        return run.asked_by or None


@admin.register(IntervalSchedule)
class EveryAdmin(OfficeAdmin[IntervalSchedule]):
    """Every so many seconds, minutes, hours or days."""

    section = "When things run"


@admin.register(CrontabSchedule)
class WallClockAdmin(OfficeAdmin[CrontabSchedule]):
    """At times of the wall clock."""

    section = "When things run"
    list_display = ("__str__", "human_readable")
