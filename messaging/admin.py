"""The ledger of messages in the office console: to read, and to have sent again."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from accounts.consoles import person_of, tenant_console
from common.consoles import OfficeAdmin, ReadOnlyInline
from common.errors import ConflictError
from common.lists import date_steps
from messaging.models import DeliveryAttempt, MessageStatus, OutgoingMessage
from messaging.services import RESENDABLE, resend_message
from messaging.words import in_words

LATE_FROM = Coalesce("hold_until", "due_at")


class TryInline(ReadOnlyInline):
    """The tries to hand the message over."""

    model = DeliveryAttempt
    fields = readonly_fields = ("number", "started_at", "ended_at", "outcome", "reason")


@admin.register(OutgoingMessage, site=tenant_console)
class OutgoingMessageAdmin(OfficeAdmin[OutgoingMessage]):
    """What the office owes its people, and what became of it. Texts are not shown."""

    section = "Messages"
    menu = "Messages sent"
    words = (
        "What the office owes its people, and what became of it. Texts are not shown. What failed"
        " can be sent again."
    )
    empty = "Reminders, digests and letters are listed here as soon as the first one is owed."
    labels = {
        "recipient": "To",
        "channel": "By",
        "status": "State",
        "attempts": "Tries",
        "due_at": "Planned for",
        "hold_until": "Held until",
        "sent_at": "Sent",
        "resends": "Sent again",
        "wake_at": "Next try",
        "provider_id": "Its name at the vendor",
        "instead_of": "In place of",
        "created_at": "Owed since",
    }
    buttons = {"resend": "Send again"}
    fields = readonly_fields = (
        *("subject", "recipient", "channel", "address", "kind", "status", "in_words"),
        *("due_at", "hold_until", "sent_at", "late", "attempts", "resends", "wake_at"),
        *("provider_id", "instead_of", "created_at"),
    )
    inlines = (TryInline,)
    actions = ("resend",)
    unasked = ("delete_selected", "resend")
    list_display = (
        *("subject", "recipient", "channel", "status", "attempts", "due_at", "sent_at"),
        *("late", "in_words"),
    )
    list_filter = ("status", "channel", date_steps("created_at"))
    list_select_related = ("recipient",)
    search_fields = ("subject", "address", "recipient__full_name")

    @admin.display(description="lateness", ordering=F("sent_at") - LATE_FROM)
    def late(self, message: OutgoingMessage) -> str | None:
        """Return how long after its planned time it was sent."""
        lateness = message.lateness
        return None if lateness is None else f"{lateness.total_seconds():.1f} s"

    @admin.display(description="what became of it")
    def in_words(self, message: OutgoingMessage) -> str:
        """Return the state, and the reason if there is one."""
        return in_words(message)

    def fits(self, button: str, obj: OutgoingMessage) -> bool:
        """What is under way or has arrived is left alone."""
        return obj.status in RESENDABLE

    def has_resend_permission(self, request: HttpRequest) -> bool:
        """Tell whether the person looks after the office."""
        return request.user.has_perm("messaging.resend_outgoingmessage")

    @admin.action(description="Send selected messages again", permissions=["resend"])
    def resend(
        self, request: HttpRequest, queryset: QuerySet[OutgoingMessage]
    ) -> HttpResponse | None:
        """Queue what has failed; ask first where it is not known whether it arrived."""
        confirmed = "post" in request.POST
        if not confirmed:
            return self._ask_first(request, queryset)
        queued, refused = 0, dict[str, int]()
        for message in queryset.order_by("pk"):
            try:
                resend_message(message_id=message.pk, by=person_of(request), confirmed=confirmed)
                queued += 1
            except ConflictError as error:
                refused[error.sentence] = refused.get(error.sentence, 0) + 1
        self.message_user(request, f"Queued again: {queued}.")
        for sentence, number in refused.items():
            self.message_user(request, f"Left alone: {number}. {sentence}", messages.WARNING)
        return None

    def _ask_first(self, request: HttpRequest, queryset: QuerySet[OutgoingMessage]) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": "Send again?",
            "opts": self.opts,
            "chosen": queryset.select_related("recipient"),
            "at": request.POST.get("at", ""),
            "unknown": MessageStatus.UNKNOWN,
        }
        return TemplateResponse(request, "admin/messaging/outgoingmessage/resend.html", context)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody: messages are owed by what people do."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: it is a ledger."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: it is a ledger."""
        return False
