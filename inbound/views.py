"""The page on which people link their chats."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.http import UserRequest, requires
from accounts.models import Channel
from inbound.linking import link_to_telegram
from messaging.contacts import unlink
from messaging.models import Contact


@require_http_methods(["GET", "HEAD", "POST"])
@requires(None)
def chats(request: UserRequest) -> HttpResponse:
    """Show whether the person's chat is linked; make a link to it, or forget it."""
    link = None
    if request.method == "POST" and request.POST.get("do") == "unlink":
        unlink(person=request.user, channel=Channel.TELEGRAM)
        messages.success(request, "Nothing is sent to Telegram any more.")
        return redirect("chats")
    if request.method == "POST":
        link = link_to_telegram(request.user)
    contacts = Contact.objects.filter(person=request.user, channel=Channel.TELEGRAM)
    context = {
        "link": link,
        "telegram": contacts.first(),
        "has_bot": bool(settings.TELEGRAM_BOT_TOKEN and settings.TELEGRAM_BOT_NAME),
    }
    return render(request, "inbound/chats.html", context)
