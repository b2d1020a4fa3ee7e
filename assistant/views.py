"""The quick-add field: a sentence in, a task out, and what was understood beside it."""

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.http import UserRequest, requires, safe_next, waits
from accounts.models import User
from accounts.permissions import Permission
from assistant.actions import undo_action
from assistant.forms import UndoForm
from assistant.part_forms import PartsForm
from assistant.quick_reading import EACH, Reading, read_as_shown, reading_of
from assistant.services import Written, create_as_shown
from assistant.shown import Shown
from common.errors import AppError, InvalidError
from tasks.forms import QuickAddForm
from tasks.views import desk_of
from tenants.context import atomic

# A token that no action has.
NOBODYS = UUID(int=0)


@require_POST
@waits
@requires(Permission.TASK_CREATE)
def quick_add(request: UserRequest) -> HttpResponse:
    """Store the task that the sentence asks for; a refused sentence stays in its field."""
    form, parts = QuickAddForm(request.POST), PartsForm(request.POST, by=request.user)
    if not form.is_valid():
        with atomic():
            return _refused(request, form, parts, status=400)
    try:
        if not parts.is_valid():
            raise InvalidError(parts.refusal, attr="text")
        written = _write(form, parts, by=request.user)
    except AppError as error:
        form.add_error("text", error.sentence)
        with atomic():
            return _refused(request, form, parts, status=error.status)
    with atomic():
        return _added(request, written)


def _write(form: QuickAddForm, parts: PartsForm, *, by: User) -> Written:
    return create_as_shown(
        text=form.cleaned_data["text"],
        was_seen=form.was_seen,
        shown=_shown(form, parts, only_seen=True),
        by=by,
        source="page",
    )


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
    form, parts = QuickAddForm(request.GET), PartsForm(request.GET, by=request.user)
    opened = request.GET.get("open", "")
    reading = _read(form, parts, by=request.user, opened=opened) if form.is_valid() else None
    return render(request, "assistant/partials/understood.html", {"reading": reading})


@require_POST
@requires(Permission.TASK_CREATE)
def quick_add_look(request: UserRequest) -> HttpResponse:
    """Show on a page of its own what is understood, each part to be changed; nothing is stored."""
    form, parts = QuickAddForm(request.POST), PartsForm(request.POST, by=request.user)
    form.is_valid()
    return _look(request, form, parts, status=200)


def _shown(form: QuickAddForm, parts: PartsForm, *, only_seen: bool = False) -> Shown:
    """Return what was left out and chosen; what was left out of another sentence is not."""
    without = [] if only_seen and not form.was_seen else form.cleaned_data["without"]
    return Shown(frozenset(without), parts.picked if parts.is_valid() else {})


def _read(
    form: QuickAddForm, parts: PartsForm, *, by: User, opened: str, refusal: str = ""
) -> Reading:
    shown = _shown(form, parts)
    return read_as_shown(
        form.cleaned_data["text"],
        shown,
        by=by,
        opened=opened,
        refusal=refusal or parts.refusal,
    )


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


def _refused(
    request: UserRequest, form: QuickAddForm, parts: PartsForm, *, status: int
) -> HttpResponse:
    """Ask beside the field, or on a page where each part can be chosen."""
    if not request.headers.get("HX-Request"):
        return _look(request, form, parts, status=status)
    reading = None
    # What could not be taken is not clean any more.
    if form.data.get("seen", "").strip() == (text := form.data.get("text", "").strip()) and text:
        again = QuickAddForm(request.POST)
        again.is_valid()
        refusal = str(form.errors["text"][0]) if "text" in form.errors else ""
        reading = _read(again, parts, by=request.user, opened="", refusal=refusal)
    name = "understood" if reading else "refused"
    context = {"quick": form, "reading": reading}
    answer = render(request, f"assistant/partials/{name}.html", context, status=status)
    answer["HX-Retarget"] = "#understood"
    answer["HX-Reswap"] = "innerHTML"
    return answer


def _look(
    request: UserRequest, form: QuickAddForm, parts: PartsForm, *, status: int
) -> HttpResponse:
    again, reading = QuickAddForm(request.POST), None
    if again.is_valid():
        refusal = str(form.errors["text"][0]) if "text" in form.errors else ""
        reading = _read(again, parts, by=request.user, opened=EACH, refusal=refusal)
    context = {"quick": form, "reading": reading, "is_look": True, "next": _back(request)}
    return render(request, "assistant/quick_look.html", context, status=status)
