"""The quick-add field: a sentence in, a task out, and what was understood beside it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.http import UserRequest, requires, safe_next, waits
from accounts.models import User
from accounts.permissions import Permission
from assistant.actions import undo_action
from assistant.forms import UndoForm
from assistant.interpreter import AssigneeStatus, Draft
from assistant.services import (
    TASK_INTENTS,
    Written,
    check_draft,
    create_as_shown,
    create_from_text,
    glance_at_text,
    leave_out,
)
from common.errors import AppError
from tasks.forms import QuickAddForm
from tasks.models import Priority
from tasks.views import desk_of, render_today
from tasks.words import Reader, lead_words, rule_words
from tenants.context import atomic

# A token that no action has.
NOBODYS = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing that was understood; `kind` also names its icon."""

    kind: str
    name: str
    text: str
    is_refused: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """What was understood of a sentence, and the question that keeps it from being stored."""

    title: str
    chips: list[Chip]
    warnings: list[str]
    question: str = ""
    text: str = ""


def reading_of(draft: Draft, *, by: User, question: str = "") -> Reading:
    """Return a draft in the words of the person who wrote it."""
    is_clear = draft.intent in TASK_INTENTS
    warnings = [item.sentence for item in draft.warnings if item.sentence != question]
    return Reading(
        title=draft.title if is_clear else "",
        chips=list(_chips(draft, by)) if is_clear else [],
        warnings=warnings if is_clear else [],
        question=question,
    )


def _chips(draft: Draft, by: User) -> Iterator[Chip]:
    if draft.assignee is not None:
        team = f" ({draft.assignee.team_name})" if draft.assignee.team_name else ""
        yield Chip("person", _("Who"), draft.assignee.full_name + team)
    elif draft.assignee_status in {AssigneeStatus.NONE, AssigneeStatus.SELF}:
        yield Chip("person", _("Who"), _("You"))
    if draft.due is not None:
        when = Reader.for_user(by).when(draft.due)
        yield Chip("clock", _("When"), f"{when} ({by.timezone})")
        yield Chip(
            "bell",
            _("Reminder"),
            _("Reminder {lead_words}").format(lead_words=lead_words(draft.reminder_offset)),
        )
    if draft.recurrence:
        yield Chip("repeat", _("Repeats"), capfirst(rule_words(draft.recurrence)))
    if draft.priority != "medium":
        yield Chip(
            "flag",
            _("Priority"),
            _("{priority} priority").format(priority=Priority(draft.priority).label),
        )
    for label in draft.labels:
        yield Chip("label", _("Label"), label)


@require_POST
@waits
@requires(Permission.TASK_CREATE)
def quick_add(request: UserRequest) -> HttpResponse:
    """Store the task that the sentence asks for; a refused sentence stays in its field."""
    form = QuickAddForm(request.POST)
    if not form.is_valid():
        with atomic():
            return _refused(request, form, status=400)
    try:
        written = _write(form, by=request.user)
    except AppError as error:
        form.add_error("text", error.sentence)
        with atomic():
            return _refused(request, form, status=error.status)
    with atomic():
        return _added(request, written)


def _write(form: QuickAddForm, *, by: User) -> Written:
    text, without = form.cleaned_data["text"], form.cleaned_data["without"]
    if form.was_seen:
        return create_as_shown(text=text, without=without, by=by, source="page")
    return create_from_text(text=text, by=by, source="page")


@require_POST
@requires(None)
def quick_add_undo(request: UserRequest) -> HttpResponse:
    """Take back what was written down or changed, while nobody has changed it since."""
    form = UndoForm(request.POST)
    token = form.cleaned_data["undo_token"] if form.is_valid() else NOBODYS
    try:
        action = undo_action(token=token, by=request.user)
    except AppError as error:
        return _told(request, error.sentence, status=error.status)
    return _told(request, _("“{title}” is taken back.").format(title=action.title))


@require_safe
@requires(Permission.TASK_CREATE)
def quick_add_preview(request: UserRequest) -> HttpResponse:
    """Show what the rules understand, or the question; nothing is stored, nobody is asked."""
    form = QuickAddForm(request.GET)
    reading = _read(form, by=request.user) if form.is_valid() else None
    return render(request, "assistant/partials/understood.html", {"reading": reading})


def _read(form: QuickAddForm, *, by: User) -> Reading:
    """Return what is understood, each part with whether it is refused, and what is asked."""
    text, without = form.cleaned_data["text"], form.cleaned_data["without"]
    draft, question = glance_at_text(text=text, by=by), ""
    try:
        check_draft(leave_out(draft, without), by=by)
    except AppError as error:
        question = error.sentence
    reading = reading_of(draft, by=by, question=question)
    chips = [replace(chip, is_refused=chip.kind in without) for chip in reading.chips]
    return replace(reading, chips=chips, text=text)


def _added(request: UserRequest, written: Written) -> HttpResponse:
    reading = reading_of(written.draft, by=request.user)
    if not request.headers.get("HX-Request"):
        facts = " · ".join(chip.text for chip in reading.chips)
        said = _("“{title}” is written down: {facts}.").format(
            title=written.task.title, facts=facts
        )
        messages.success(request, said, extra_tags=str(written.undo_token))
        return redirect(_back(request))
    context = {"reading": reading, "undo_token": written.undo_token, "quick": QuickAddForm()}
    context |= _desk(request)
    return render(request, "assistant/partials/added.html", context)


def _told(request: UserRequest, sentence: str, *, status: int = 200) -> HttpResponse:
    """Show the desk as it is now, with what became of the undo."""
    if not request.headers.get("HX-Request"):
        add = messages.success if status < HTTPStatus.BAD_REQUEST else messages.error
        add(request, sentence)
        return redirect(_back(request))
    context = {"sentence": sentence} | _desk(request)
    return render(request, "assistant/partials/undone.html", context, status=status)


def _back(request: UserRequest) -> str:
    return safe_next(request, request.POST.get("next", ""))


def _desk(request: UserRequest) -> dict[str, object]:
    """Return the desk for the page that shows one, and where the others are."""
    back = _back(request)
    return {"desk": desk_of(request.user)} if back == reverse("today") else {"next": back}


def _refused(request: UserRequest, form: QuickAddForm, *, status: int) -> HttpResponse:
    if not request.headers.get("HX-Request"):
        return render_today(request, form, status=status)
    answer = render(request, "assistant/partials/refused.html", {"quick": form}, status=status)
    answer["HX-Retarget"] = "#understood"
    answer["HX-Reswap"] = "innerHTML"
    return answer
