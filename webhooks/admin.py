"""Webhooks in the office console: what was told to whom, and telling it again."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.consoles import person_of, tenant_console
from common.consoles import LookedAt
from common.errors import ConflictError
from webhooks.models import Webhook, WebhookDelivery
from webhooks.services import resend, send_test


@admin.register(Webhook, site=tenant_console)
class WebhookAdmin(LookedAt[Webhook]):
    """Addresses outside that are told of events. They are set up by the API; no secret is shown."""

    section = "Connections"
    empty = "Programs of yours can be told of what happens here: see “Webhooks” in the API's pages."
    fields = readonly_fields = (
        *("url", "description", "events", "is_active", "failing_since", "disabled_why"),
        "created_at",
    )
    actions = ("try_out",)
    list_display = ("url", "description", "is_active", "failing_since", "disabled_why")
    list_filter = ("is_active",)
    search_fields = ("url", "description")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Webhook]:
        """Return those that the person sees, as the API does."""
        seen: QuerySet[Webhook] = Webhook.objects.visible_to(person_of(request))
        return seen

    def has_tend_permission(self, request: HttpRequest) -> bool:
        """Tell whether the person looks after the office."""
        return request.user.has_perm("webhooks.tend_webhook")

    @admin.action(description="Send a test to selected webhooks", permissions=["tend"])
    def try_out(self, request: HttpRequest, queryset: QuerySet[Webhook]) -> None:
        """Tell each of something that did not happen; the deliveries show the answer."""
        for webhook in queryset:
            try:
                send_test(webhook=webhook)
            except ConflictError as refusal:
                words = f"{webhook.url}: {refusal.sentence}"
                self.message_user(request, words, messages.ERROR)
            else:
                self.message_user(request, f"A test is on its way to {webhook.url}.")


@admin.register(WebhookDelivery, site=tenant_console)
class DeliveryAdmin(LookedAt[WebhookDelivery]):
    """What was told, and what became of it."""

    section = "Connections"
    menu = "Webhook deliveries"
    empty = "As soon as a webhook is told of something it is listed here."
    fields = readonly_fields = (
        *("webhook", "event", "status", "attempts", "answer", "reason"),
        *("occurred_at", "wake_at", "ended_at"),
    )
    actions = ("resend",)
    list_display = ("event", "webhook", "status", "attempts", "answer", "reason", "occurred_at")
    list_filter = ("status",)
    list_select_related = ("webhook",)
    search_fields = ("webhook__url", "event")

    def get_queryset(self, request: HttpRequest) -> QuerySet[WebhookDelivery]:
        """Return those that the person sees, as the API does."""
        return WebhookDelivery.objects.visible_to(person_of(request)).select_related("webhook")

    def has_tend_permission(self, request: HttpRequest) -> bool:
        """Tell whether the person looks after the office."""
        return request.user.has_perm("webhooks.tend_webhook")

    @admin.action(description="Send selected deliveries again", permissions=["tend"])
    def resend(self, request: HttpRequest, queryset: QuerySet[WebhookDelivery]) -> None:
        """Tell the same again, under the same ids."""
        sent, refused = 0, dict[str, int]()
        locked = queryset.order_by("pk").select_for_update(of=("self",))
        for delivery in locked:
            try:
                resend(delivery=delivery)
                sent += 1
            except ConflictError as refusal:
                refused[refusal.sentence] = refused.get(refusal.sentence, 0) + 1
        self.message_user(request, f"Queued again: {sent}.")
        for sentence, number in refused.items():
            self.message_user(request, f"Left alone: {number}. {sentence}", messages.WARNING)
