"""Tasks and reminders in the office console."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.consoles import PeopleFilter, person_of, tenant_console
from common.console_forms import adopt
from common.consoles import OfficeAdmin, ReadOnlyInline
from common.lists import date_steps
from common.moments import to_wall
from tasks.console_forms import EDITABLE, SHOWN, ReminderForm, TaskForm
from tasks.crontabs import coming_runs, schedule_words
from tasks.errors import AlreadyDoneError
from tasks.models import Comment, Reminder, Task
from tasks.services import (
    NewTask,
    add_reminder,
    complete_task,
    create_task,
    delete_reminder,
    delete_task,
    update_reminder,
    update_task,
)

LINKS = {"assignee", "team", "parent"}


class DueFilter(admin.SimpleListFilter):
    """Narrows tasks down by when they are due."""

    title = "due"
    parameter_name = "due"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[Task]
    ) -> list[tuple[str, str]]:
        """Return the choices."""
        return [("overdue", "Overdue"), ("week", "In the next 7 days"), ("none", "No due date")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Task]) -> QuerySet[Task]:
        """Return the tasks of the choice."""
        now = timezone.now()
        match self.value():
            case "overdue":
                return queryset.filter(pk__in=Task.objects.overdue().values("pk"))
            case "week":
                return queryset.filter(due_date__range=(now, now + timedelta(days=7)))
            case "none":
                return queryset.filter(due_date=None)
        return queryset


class ReminderInline(ReadOnlyInline):
    """The task's reminders; they are changed on their own page."""

    model = Reminder
    fields = readonly_fields = ("minutes_before", "at", "next_at", "fired_for")
    show_change_link = True


class CommentInline(ReadOnlyInline):
    """What people said, which nobody rewrites."""

    model = Comment
    fields = readonly_fields = ("created_at", "author", "body")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the comments with their authors, in one query."""
        return super().get_queryset(request).select_related("author")


@admin.register(Task, site=tenant_console)
class TaskAdmin(OfficeAdmin[Task]):
    """The tasks in the person's scope; every change goes through the services."""

    section = "Work"
    words = (
        "The tasks that you may see. Whatever you change here, people see at once on their pages."
    )
    empty = "Write down what has to be done, by whom and until when."
    labels = {
        "assignee": "Who",
        "due_date": "Due",
        "status": "State",
        "parent": "Part of",
        "creator": "Made by",
        "source": "Came by",
        "completed_at": "Done",
        "created_at": "Made",
    }
    hints = {
        "assignee": "Left empty, it waits for somebody to take it.",
        "team": "Whoever leads the team sees it.",
        "due_date": "On your own clock.",
        "labels": "With commas between them.",
        "parent": "The greater task that it belongs to.",
    }
    buttons = {"complete": "It is done"}
    form = TaskForm
    fields = (*SHOWN, "runs", "creator", "source", "completed_at", "created_at")
    readonly_fields = ("runs", "creator", "source", "completed_at", "created_at")
    add_fields = SHOWN
    autocomplete_fields = ("assignee", "team", "parent")
    inlines = (ReminderInline, CommentInline)
    actions = ("complete",)
    list_display = ("title", "status", "priority", "assignee", "team", "due_date")
    list_filter = (
        *("status", "priority", DueFilter),
        ("assignee", PeopleFilter),
        date_steps("created_at"),
    )
    list_select_related = ("assignee", "team")
    search_fields = ("title", "description")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Task]:
        """Return what the person sees, as pages and API do."""
        seen: QuerySet[Task] = Task.objects.visible_to(person_of(request))
        return seen.order_by("-created_at", "id")

    def fits(self, button: str, obj: Task) -> bool:
        """What is done is done."""
        return obj.completed_at is None

    def get_inlines(self, request: HttpRequest, obj: Task | None) -> Any:
        """Nothing hangs on a new task."""
        return self.inlines if obj else ()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Start on the person's own clock."""
        zone = person_of(request).timezone
        return {"timezone": zone, **super().get_changeform_initial_data(request)}

    @admin.display(description="when it runs", empty_value="once")
    def runs(self, task: Task) -> str | None:
        """Return the schedule in words and as a crontab, with the next runs."""
        if not task.recurrence:
            return None
        words, crontab = schedule_words(task)
        facts = {"words": words, "crontab": crontab, "zone": task.timezone}
        zone = ZoneInfo(task.timezone)
        coming = [to_wall(run, zone) for run in coming_runs(task)]
        return render_to_string("admin/rounds/runs.html", {**facts, "coming": coming})

    def save_model(
        self,
        request: HttpRequest,
        obj: Task,
        form: Any,
        change: bool,  # noqa: FBT001
    ) -> None:
        """Create or change the task; raises AppError."""
        by = person_of(request)
        if change:
            task = Task.objects.select_for_update(of=("self",)).get(pk=obj.pk)
            saved = update_task(task=task, changes=_values(form, form.changed_names), by=by)
        else:
            new = NewTask(**_values(form, EDITABLE), source="admin")
            saved = create_task(new=new, by=by)
        adopt(obj, saved)

    def delete_model(self, request: HttpRequest, obj: Task) -> None:
        """Delete the task with all that hangs on it."""
        delete_task(task=obj, by=person_of(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Task]) -> None:
        """Delete one after the other."""
        for task in queryset:
            delete_task(task=task, by=person_of(request))

    @admin.action(description="Complete selected tasks", permissions=["change"])
    def complete(self, request: HttpRequest, queryset: QuerySet[Task]) -> None:
        """Complete what is open; what somebody else closed first is counted, not an error."""
        done = closed = 0
        for task in queryset.order_by("pk"):
            try:
                complete_task(task=task, by=person_of(request))
                done += 1
            except AlreadyDoneError:
                closed += 1
        self.message_user(request, f"Completed: {done}.")
        if closed:
            self.message_user(request, f"Closed already: {closed}.", messages.WARNING)


@admin.register(Reminder, site=tenant_console)
class ReminderAdmin(OfficeAdmin[Reminder]):
    """When people are reminded of what."""

    section = "Work"
    words = (
        "When somebody is reminded of a task. A reminder goes out by itself; one that was set"
        " before the due time moves with it."
    )
    empty = "Add one to a task, so that nobody has to remember it."
    labels = {
        "minutes_before": "Minutes before",
        "at": "Or at",
        "next_at": "Goes out",
        "fired_for": "Was sent for",
    }
    hints = {
        "minutes_before": "So many minutes before the task is due; 0 is when it is due.",
        "at": "A moment of its own, if the minutes above are left empty.",
    }
    form = ReminderForm
    add_fields = ("task", "minutes_before", "at")
    fields = ("task", "minutes_before", "at", "next_at", "fired_for")
    autocomplete_fields = ("task",)
    list_display = ("task", "moment", "next_at", "fired_for")
    list_filter = (("fired_for", admin.EmptyFieldListFilter), date_steps("created_at"))
    list_select_related = ("task",)
    search_fields = ("task__title",)

    @admin.display(description="when")
    def moment(self, reminder: Reminder) -> str:
        """Return the wish in words."""
        return str(reminder)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Reminder]:
        """Return those of the tasks that the person sees."""
        seen: QuerySet[Reminder] = Reminder.objects.visible_to(person_of(request))
        return seen.select_related("task")

    def get_readonly_fields(
        self, request: HttpRequest, obj: Reminder | None = None
    ) -> tuple[str, ...]:
        """A reminder stays with its task."""
        return ("task", "next_at", "fired_for") if obj else ()

    def save_model(
        self,
        request: HttpRequest,
        obj: Reminder,
        form: forms.ModelForm[Reminder],
        change: bool,  # noqa: FBT001
    ) -> None:
        """Store or move the reminder; raises AppError."""
        minutes, at = form.cleaned_data["minutes_before"], form.cleaned_data["at"]
        if change:
            reminder = Reminder.objects.select_for_update(of=("self",)).get(pk=obj.pk)
            saved = update_reminder(reminder=reminder, minutes_before=minutes, at=at)
        else:
            saved = add_reminder(task=obj.task, minutes_before=minutes, at=at)
        adopt(obj, saved)

    def delete_model(self, request: HttpRequest, obj: Reminder) -> None:
        """Forget the reminder."""
        delete_reminder(reminder=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Reminder]) -> None:
        """Forget one after the other."""
        for reminder in queryset:
            delete_reminder(reminder=reminder)


def _values(form: Any, names: Any) -> dict[str, Any]:
    """Return the cleaned values under the names that the services use."""
    data = form.cleaned_data
    return {
        f"{name}_id" if name in LINKS else name: getattr(data[name], "pk", None)
        if name in LINKS
        else data[name]
        for name in names
    }
