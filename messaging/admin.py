"""The ledger of messages in the office console: to read, never to change."""

from typing import Any

from django.contrib import admin
from django.db.models import F
from django.http import HttpRequest

from accounts.consoles import tenant_console
from common.consoles import OfficeAdmin, ReadOnlyInline
from messaging.models import DeliveryAttempt, MessageStatus, OutgoingMessage

STATES = {
    MessageStatus.QUEUED: "It waits to be sent.",
    MessageStatus.SENDING: "It is being sent now.",
    MessageStatus.SENT: "It was handed over.",
    MessageStatus.FAILED: "It could not be sent, and will not be tried again.",
    MessageStatus.UNKNOWN: "Whether it arrived is not known; it is not sent twice.",
    MessageStatus.CANCELLED: "It was no longer wanted.",
}


class TryInline(ReadOnlyInline):
    """The tries to hand the message over."""

    model = DeliveryAttempt
    fields = readonly_fields = ("number", "started_at", "ended_at", "outcome", "reason")


@admin.register(OutgoingMessage, site=tenant_console)
class OutgoingMessageAdmin(OfficeAdmin[OutgoingMessage]):
    """What the office owes its people, and what became of it. Texts are not shown."""

    fields = readonly_fields = (
        *("subject", "recipient", "channel", "address", "kind", "status", "in_words"),
        *("due_at", "sent_at", "late", "attempts", "wake_at", "provider_id", "created_at"),
    )
    inlines = (TryInline,)
    list_display = (
        *("subject", "recipient", "channel", "status", "attempts", "due_at", "sent_at"),
        *("late", "in_words"),
    )
    list_filter = ("status", "channel")
    list_select_related = ("recipient",)
    search_fields = ("subject", "address", "recipient__full_name")

    @admin.display(description="lateness", ordering=F("sent_at") - F("due_at"))
    def late(self, message: OutgoingMessage) -> str | None:
        """Return how long after its due time it was sent."""
        lateness = message.lateness
        return None if lateness is None else f"{lateness.total_seconds():.1f} s"

    @admin.display(description="what became of it")
    def in_words(self, message: OutgoingMessage) -> str:
        """Return the state, and the reason if there is one."""
        state = STATES[MessageStatus(message.status)]
        return f"{state} Reason: {message.reason}" if message.reason else state

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody: messages are owed by what people do."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: it is a ledger."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: it is a ledger."""
        return False
