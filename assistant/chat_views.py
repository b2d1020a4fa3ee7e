"""The page where people talk with the office: what was said, what waits for a yes, and undo.

The last exchanges of a browser are kept in its session; what became of each action is read anew.
"""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import UserRequest, requires, waits
from assistant.actions import confirm_action, decline_action
from assistant.chat import SETTLED, answer
from assistant.forms import ChatForm, ProposalForm
from assistant.models import Action, ActionStatus
from common.errors import AppError
from tenants.context import atomic

# What the session holds, and how many exchanges of it.
KEY, MOST = "chat", 20
EXAMPLES = (
    _lazy("What is due this week?"),
    _lazy("Remind me to call the bank tomorrow at 3pm"),
    _lazy("Note: the door code is 4711"),
)


@dataclass(frozen=True, slots=True)
class Exchange:
    """What somebody said, what the office answered, and what it did or proposes."""

    said: str
    reply: str
    actions: list[Action]


@require_http_methods(["GET", "HEAD", "POST"])
@waits
@requires(None)
def chat_page(request: UserRequest) -> HttpResponse:
    """Show the conversation; answer what is said in it."""
    form = ChatForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        _talk(request, form.cleaned_data["message"])
        return redirect("chat-page")
    status = HTTPStatus.BAD_REQUEST if form.is_bound else HTTPStatus.OK
    with atomic():
        context = {
            "form": form,
            "exchanges": _exchanges(request),
            "now": timezone.now(),
            "next": request.path,
            "examples": EXAMPLES,
        }
        return render(request, "assistant/chat.html", context, status=status)


@require_POST
@requires(None)
def answer_proposal(request: UserRequest) -> HttpResponse:
    """Do what waits for a yes, or leave it."""
    form = ProposalForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Answer yes or no."))
        return redirect("chat-page")
    decide = confirm_action if form.cleaned_data["answer"] == "yes" else decline_action
    try:
        action = decide(by=request.user, token=form.cleaned_data["proposal"])
    except AppError as error:
        messages.error(request, error.sentence)
        return redirect("chat-page")
    token = str(action.pk) if action.status == ActionStatus.DONE else ""
    said = str(SETTLED[ActionStatus(action.status)]).format(action.title)
    messages.success(request, said, extra_tags=token)
    return redirect("chat-page")


@require_POST
@requires(None)
def forget_chat(request: UserRequest) -> HttpResponse:
    """Begin anew; what was done stays done."""
    request.session.pop(KEY, None)
    return redirect("chat-page")


def _talk(request: UserRequest, text: str) -> None:
    with atomic():
        kept = _kept(request)
    reply = answer(text=text, by=request.user, source="page", conversation=kept["conversation"])
    tokens = [str(each.token) for each in reply.actions]
    line = {"said": text, "reply": reply.reply, "tokens": tokens}
    request.session[KEY] = {**kept, "lines": [*kept["lines"], line][-MOST:]}


def _kept(request: UserRequest) -> dict[str, Any]:
    kept: dict[str, Any] = request.session.get(KEY) or {"lines": []}
    # A yes in one browser says nothing about what another one was asked.
    return {"conversation": f"page:{uuid4()}", **kept}


def _exchanges(request: UserRequest) -> list[Exchange]:
    """Return the kept exchanges with their actions as they are now; one query."""
    lines = _kept(request)["lines"]
    tokens = {UUID(token) for line in lines for token in line["tokens"]}
    rows = Action.objects.visible_to(request.user).filter(pk__in=tokens) if tokens else ()
    found = {str(action.pk): action for action in rows}
    return [
        Exchange(
            line["said"],
            line["reply"],
            [found[token] for token in line["tokens"] if token in found],
        )
        for line in lines
    ]
