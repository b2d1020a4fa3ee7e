"""The pages of messages: what was sent, what will be sent, and how one wants to be reached."""

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import UserRequest, grows_old_by, open_to_all, page_in, requires
from accounts.services import stop_digest, update_profile
from common.errors import AppError, InvalidError
from messaging.due import message_kind
from messaging.forms import ComingForm, LedgerForm, WishesForm
from messaging.models import OutgoingMessage
from messaging.preview import coming_for
from messaging.trying import channels_of, send_test
from messaging.unsubscribing import person_of_token
from messaging.words import CHANNELS, in_words

PAGE, WEEK = 50, 7
# From how many seconds on a person would call it late.
LATE = 60


@grows_old_by("messaging")
@require_safe
@requires(None)
def ledger(request: UserRequest) -> HttpResponse:
    """Show what was sent to the person, or to everybody for an admin, newest first."""
    form = LedgerForm(request.GET)
    seen = form.narrowed(OutgoingMessage.objects.visible_to(request.user))
    rows, beside = page_in(request, seen.select_related("recipient"), PAGE)
    context = {
        "form": form,
        "rows": [_row(message) for message in rows],
        "is_narrow": any(form.data.get(name) for name in form.fields),
        **beside,
    }
    return render(request, "messaging/ledger.html", context, status=_status_of(form))


@require_safe
@requires(None)
def message_page(request: UserRequest, pk: UUID) -> HttpResponse:
    """Show one message with its tries."""
    seen = OutgoingMessage.objects.visible_to(request.user).select_related("recipient")
    message = get_object_or_404(seen, pk=pk)
    context = {"row": _row(message), "tries": message.tries.all()}
    return render(request, "messaging/message.html", context)


@grows_old_by("messaging", "tasks", "calendar_app")
@require_safe
@requires(None)
def coming(request: UserRequest) -> HttpResponse:
    """Show what will be sent, if nothing changes until then."""
    form = ComingForm(request.GET if "days" in request.GET else {"days": WEEK})
    context: dict[str, object] = {"form": form, "rows": []}
    if form.is_valid():
        found = coming_for(by=request.user, days=form.cleaned_data["days"])
        rows = [{**_row(row), "at": found.moment_of(row)} for row in found.results]
        context |= {"rows": rows, "truncated": found.truncated}
    return render(request, "messaging/coming.html", context, status=_status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(None)
def wishes(request: UserRequest) -> HttpResponse:
    """Show how the person wants to be reached, and store changes."""
    form = WishesForm.of(request.user, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            update_profile(user=request.user, changes=form.changes)
        except InvalidError as error:
            form.refuse(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("wishes")
    status = 400 if form.is_bound else 200
    context = {"form": form, "channels": channels_of(request.user)}
    return render(request, "messaging/wishes.html", context, status=status)


@require_POST
@requires(None)
def try_channel(request: UserRequest) -> HttpResponse:
    """Send the person a message by one channel, and show what becomes of it."""
    try:
        made = send_test(by=request.user, channel=request.POST.get("channel", ""))
    except AppError as error:
        messages.error(request, error.sentence)
        return redirect("wishes")
    return redirect("message-page", pk=made.pk)


@open_to_all
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Stop somebody's digests: mail programs post here without a form of ours (RFC 8058)."""
    person_id = person_of_token(token)
    if person_id is None:
        raise Http404
    if request.method == "POST":
        stop_digest(user_id=person_id)
    return render(request, "messaging/unsubscribe.html", {"done": request.method == "POST"})


def _status_of(form: Form) -> HTTPStatus:
    return HTTPStatus.OK if form.is_valid() else HTTPStatus.BAD_REQUEST


def _row(message: OutgoingMessage) -> dict[str, object]:
    return {
        "message": message,
        "channel": CHANNELS[message.channel],
        "words": in_words(message),
        # Of nobody in the office: it goes by the address alone.
        "is_outside": message.recipient is None and message_kind(message.kind).to_anybody,
        "is_late": message.lateness is not None and message.lateness.total_seconds() >= LATE,
    }
