"""What somebody who has just opened an office does first: five steps, and a look around."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.http import UserRequest, requires
from accounts.models import User
from accounts.permissions import Permission
from config.examples import SOURCE, add_examples, has_examples, remove_examples
from connections.models import Connection
from documents.models import Document
from tasks.models import Task


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do for real: what, why, on which page, and whether it is done."""

    title: str
    why: str
    page: str
    is_done: bool


@require_safe
@requires(Permission.ADMIN_SETTINGS)
def welcome(request: UserRequest) -> HttpResponse:
    """Show the steps, and which of them are done."""
    steps = steps_of(request.user)
    context = {
        "steps": steps,
        "done": sum(step.is_done for step in steps),
        "has_examples": has_examples(),
    }
    return render(request, "config/welcome.html", context)


@require_POST
@requires(Permission.ADMIN_SETTINGS)
def examples(request: UserRequest) -> HttpResponse:
    """Add the example data, or remove it."""
    if request.POST.get("do") == "remove":
        remove_examples(by=request.user)
        messages.success(request, _("The example data is gone."))
    else:
        add_examples(by=request.user)
        messages.success(request, _("There is something to look at now."))
    return redirect("welcome")


def steps_of(by: User) -> list[Step]:
    """Return the steps as they are now; a query for each that the person does not tell."""
    own = Task.objects.exclude(source=SOURCE)
    others = User.objects.active().exclude(pk=by.pk)
    return [
        Step(
            _("Write down what there is to do"),
            _("In the field above: “call the bank tomorrow at 3pm”."),
            "today",
            own.exists(),
        ),
        Step(
            _("Bring your people in"),
            _("By a list; each gets a letter and chooses a password."),
            "import-people",
            others.exists(),
        ),
        Step(
            _("Connect an account"),
            _("Calendars of Google or Microsoft 365 stay in step."),
            "accounts",
            Connection.objects.exists(),
        ),
        Step(
            _("Hand in a document"),
            _("Then ask what it says, and be shown where it stands."),
            "new-document",
            Document.objects.exists(),
        ),
        Step(
            _("Add a second factor"),
            _("An app or a passkey, for the day a password is stolen."),
            "second-factor",
            by.mfa_enabled,
        ),
    ]
