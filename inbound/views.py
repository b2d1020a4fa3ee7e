"""The page on which people link their chats and telephones."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods

from accounts.http import UserRequest, requires
from accounts.models import Channel, User
from common.errors import AppError
from common.telephones import show_number
from connections.models import Connection, ProviderName
from inbound.forms import CodeForm, NumberForm
from inbound.linking import link_to_telegram
from messaging.channels import sms
from messaging.channels.slack import workspaces
from messaging.contacts import offered_address, take_offer, unlink
from messaging.models import Contact, LinkCode
from messaging.telephones import confirm_code, send_code

BAD_CODE = _lazy(
    "This address is good no longer. Write to the app in Slack, and it sends another one."
)
Context = dict[str, Any]


@require_http_methods(["GET", "HEAD", "POST"])
@requires(None)
def chats(request: UserRequest) -> HttpResponse:
    """Show whether the person's chat and telephone are linked; link them, or forget them."""
    said: Context = {}
    if request.method == "POST":
        do = DEEDS.get(request.POST.get("do", ""), _link)
        try:
            said = do(request)
        except AppError as error:
            messages.error(request, error.sentence)
        if not said:
            return redirect("chats")
    context = _shown(request.user) | said
    is_wrong = any(isinstance(value, forms.Form) and value.errors for value in said.values())
    return render(request, "inbound/chats.html", context, status=400 if is_wrong else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(None)
def slack_link(request: UserRequest, code: str) -> HttpResponse:
    """Ask whether the Slack account that was sent this address is the person's, and link it."""
    if request.method == "POST":
        contact = take_offer(text=code, channel=Channel.SLACK, person=request.user)
        if contact is None:
            messages.error(request, BAD_CODE)
        else:
            messages.success(request, _("Your Slack account is linked."))
        return redirect("chats")
    address = offered_address(text=code, channel=Channel.SLACK)
    if address is None:
        messages.error(request, BAD_CODE)
        return redirect("chats")
    team, _colon, user = address.partition(":")
    names = Connection.objects.filter(provider=ProviderName.SLACK, account_key=team)
    workspace = names.values_list("address", flat=True).first() or team
    return render(request, "inbound/slack_link.html", {"workspace": workspace, "user_id": user})


def _shown(person: User) -> Context:
    contacts = {each.channel: each for each in Contact.objects.filter(person=person)}
    waiting = LinkCode.objects.filter(person=person, channel=Channel.SMS).first()
    return {
        "telegram": contacts.get(Channel.TELEGRAM),
        "has_bot": bool(settings.TELEGRAM_BOT_TOKEN and settings.TELEGRAM_BOT_NAME),
        "sms": contacts.get(Channel.SMS),
        "slack": contacts.get(Channel.SLACK),
        "workspaces": workspaces(),
        "has_sms": sms.is_set_up(),
        "office_number": show_number(settings.TWILIO_PHONE_NUMBER),
        "waiting": waiting,
        "number_form": NumberForm(initial={"number": person.phone}),
        "code_form": CodeForm(),
    }


def _link(request: UserRequest) -> Context:
    return {"link": link_to_telegram(request.user)}


def _unlink(request: UserRequest) -> Context:
    unlink(person=request.user, channel=Channel.TELEGRAM)
    messages.success(request, _("Nothing is sent to Telegram any more."))
    return {}


def _send(request: UserRequest) -> Context:
    form = NumberForm(request.POST)
    if not form.is_valid():
        return {"number_form": form}
    send_code(person=request.user, **form.cleaned_data)
    return {}


def _confirm(request: UserRequest) -> Context:
    form = CodeForm(request.POST)
    if not form.is_valid():
        return {"code_form": form}
    confirm_code(person=request.user, **form.cleaned_data)
    messages.success(request, _("Your telephone is linked."))
    return {}


def _forget(request: UserRequest) -> Context:
    unlink(person=request.user, channel=Channel.SMS)
    messages.success(request, _("Nothing is sent to your telephone any more."))
    return {}


def _leave(request: UserRequest) -> Context:
    unlink(person=request.user, channel=Channel.SLACK)
    messages.success(request, _("Nothing is sent to Slack any more."))
    return {}


DEEDS: Mapping[str, Callable[[UserRequest], Context]] = {
    "link": _link,
    "unlink": _unlink,
    "send": _send,
    "confirm": _confirm,
    "forget": _forget,
    "leave": _leave,
}
