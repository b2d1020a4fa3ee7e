"""Webhooks in the office console: set up, tried out, paused; what was told is told again."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from accounts.consoles import person_of, tenant_console
from accounts.models import User
from accounts.permissions import Permission
from common.console_forms import ServedForm, adopt
from common.consoles import LookedAt
from common.errors import ConflictError
from common.lists import date_steps
from common.once import ShownOnce
from webhooks.models import EventType, Webhook, WebhookDelivery
from webhooks.services import (
    change_webhook,
    create_webhook,
    delete_webhook,
    resend,
    rotate_secret,
    send_test,
)
from webhooks.words import EVENT_WORDS


class WebhookForm(ServedForm[Webhook]):
    """Where to tell what: an address, and a box to tick for each event."""

    # Who fills it in; what they may not read is not offered.
    asker: User
    events = forms.MultipleChoiceField(
        label="It is told when",
        widget=forms.CheckboxSelectMultiple,
        help_text="“Changed” says which boxes were changed, never what people wrote in them.",
    )

    class Meta:
        model = Webhook
        fields = ("url", "description", "events")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["events"]
        field.choices = [
            (group, [*found.items()])
            for group, found in EVENT_WORDS.items()
            if EventType.AUDIT_ENTRY not in found or self.asker.may(Permission.ADMIN_AUDIT)
        ]


@admin.register(Webhook, site=tenant_console)
class WebhookAdmin(ShownOnce[Webhook]):
    """Addresses outside that are told of events, signed with a secret that is shown once."""

    section = "Connections"
    words = (
        "Each is the address of another program that is told when something happens here. It learns"
        " what kind of thing and when, and asks for more with a key of its own."
    )
    empty = "Does another program have to know when a task is done? Add its address."
    once_words = (
        "With this secret the other program tells that a message comes from your office. Give it to"
        " whoever looks after that program."
    )
    labels = {
        "url": "Address",
        "description": "What it is for",
        "failing_since": "Nothing arrived since",
        "created_at": "Set up",
    }
    hints = {
        "url": "Whoever looks after the other program knows it; it begins with https://.",
        "description": "A word for those who look at this list later.",
    }
    form = WebhookForm
    add_fields = ("url", "description", "events")
    fields = (*add_fields, "state", "failing_since", "created_at")
    readonly_fields = ("state", "failing_since", "created_at")
    actions = ("try_out", "pause", "resume", "renew_secret")
    buttons = {
        "try_out": "Send a test",
        "pause": "Pause",
        "resume": "Go on",
        "renew_secret": "New secret",
    }
    list_display = ("url", "description", "state", "failing_since", "created_at")
    list_filter = ("is_active", date_steps("created_at"))
    search_fields = ("url", "description")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Webhook]:
        """Return those that the person sees, as the API does."""
        seen: QuerySet[Webhook] = Webhook.objects.visible_to(person_of(request))
        return seen

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Return the form, which knows who fills it in."""
        form: Any = super().get_form(request, *args, **kwargs)
        form.asker = person_of(request)
        return form

    def has_tend_permission(self, request: HttpRequest) -> bool:
        """Tell whether the person looks after the office."""
        return request.user.has_perm("webhooks.tend_webhook")

    def fits(self, button: str, obj: Webhook) -> bool:
        """Nothing is sent by one that is paused, and only that one can go on."""
        return obj.is_active == (button != "resume") or button == "renew_secret"

    @admin.display(description="state")
    def state(self, webhook: Webhook) -> str:
        """Tell whether it is told anything, and why not where nobody paused it."""
        return "in force" if webhook.is_active else webhook.disabled_why or "paused"

    def save_model(
        self,
        request: HttpRequest,
        obj: Webhook,
        form: forms.ModelForm[Webhook],
        change: bool,  # noqa: FBT001
    ) -> None:
        """Set it up or change it; raises AppError."""
        by = person_of(request)
        if change:
            changes = {name: form.cleaned_data[name] for name in form.changed_data}
            [row] = self._locked(request, Webhook.objects.filter(pk=obj.pk))
            adopt(obj, change_webhook(webhook=row, changes=changes, by=by))
            return
        adopt(obj, create_webhook(**form.cleaned_data, by=by))
        obj.shown_once = obj.secret  # type: ignore[attr-defined]  # for `response_add`

    def delete_model(self, request: HttpRequest, obj: Webhook) -> None:
        """Tell it nothing any more."""
        self.delete_queryset(request, Webhook.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Webhook]) -> None:
        """Delete one after the other."""
        for webhook in self._locked(request, queryset):
            delete_webhook(webhook=webhook)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Name the webhooks; the log of each goes with it, and is too long to be named."""
        names = [f"{webhook}, with the log of what it was told" for webhook in objs]
        return names, {"webhooks": len(names)}, set(), []

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
                words = f"A test is on its way to {webhook.url}: see “Webhook deliveries”."
                self.message_user(request, words)

    @admin.action(description="Pause selected webhooks", permissions=["tend"])
    def pause(self, request: HttpRequest, queryset: QuerySet[Webhook]) -> None:
        """Tell them nothing until they go on."""
        self._switch(request, queryset, is_active=False)

    @admin.action(description="Let selected webhooks go on", permissions=["tend"])
    def resume(self, request: HttpRequest, queryset: QuerySet[Webhook]) -> None:
        """Tell them what happens from now on."""
        self._switch(request, queryset, is_active=True)

    @admin.action(description="Make new secrets for selected webhooks", permissions=["tend"])
    def renew_secret(self, request: HttpRequest, queryset: QuerySet[Webhook]) -> HttpResponse:
        """Make each a new secret, shown once; for a day the old one signs as well."""
        made = [rotate_secret(webhook=row) for row in self._locked(request, queryset)]
        return self.show_once(request, [(row.url, row.secret) for row in made])

    def _switch(
        self, request: HttpRequest, queryset: QuerySet[Webhook], *, is_active: bool
    ) -> None:
        by = person_of(request)
        rows = self._locked(request, queryset)
        for row in rows:
            change_webhook(webhook=row, changes={"is_active": is_active}, by=by)
        words = "Going on" if is_active else "Paused; what happens meanwhile is not told"
        self.message_user(request, f"{words}: {len(rows)}.")

    def _locked(self, request: HttpRequest, queryset: QuerySet[Webhook]) -> list[Webhook]:
        keys = list(queryset.values_list("pk", flat=True))
        rows = self.get_queryset(request).filter(pk__in=keys).order_by("pk")
        return list(rows.select_for_update(of=("self",)))


@admin.register(WebhookDelivery, site=tenant_console)
class DeliveryAdmin(LookedAt[WebhookDelivery]):
    """What was told, and what became of it."""

    section = "Connections"
    menu = "Webhook deliveries"
    words = "Each line is one message to a webhook, with what the other program answered."
    empty = "As soon as a webhook is told of something it is listed here."
    fields = readonly_fields = (
        *("webhook", "event", "status", "attempts", "answer", "reason"),
        *("occurred_at", "wake_at", "ended_at"),
    )
    actions = ("resend",)
    list_display = ("event", "webhook", "status", "attempts", "answer", "reason", "occurred_at")
    labels = {
        "event": "What happened",
        "attempts": "Tries",
        "answer": "Its answer",
        "occurred_at": "When it happened",
        "wake_at": "Next try",
        "ended_at": "Arrived or given up",
    }
    buttons = {"resend": "Send again"}
    list_filter = (
        "status",
        ("webhook", admin.RelatedOnlyFieldListFilter),
        date_steps("occurred_at"),
    )
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
