"""Canaries in what goes out and comes in, and in accounts with vendors."""

from django.utils import timezone

from accounts.models import User
from connections.models import Connection, OAuthState
from inbound.models import Delivery
from messaging.models import Contact, DeliveryAttempt, LinkCode, OutgoingMessage
from tasks.models import Reminder
from tests.isolation.canaries import CANARY
from webhooks.models import Webhook, WebhookDelivery


def plant_a_message(mia: User, reminder: Reminder) -> OutgoingMessage:
    now = timezone.now()
    message = OutgoingMessage.objects.create(
        recipient=mia,
        channel="email",
        address=f"{CANARY}@globex.example",
        subject=f"{CANARY} subject",
        text=f"{CANARY} text",
        html=f"{CANARY} html",
        brief=f"{CANARY} brief",
        calendar=f"{CANARY} calendar",
        buttons=[[f"{CANARY} label", "yes"]],
        kind=CANARY,
        about_id=reminder.pk,
        dedupe_key=f"{CANARY} key",
        attempts=1,
        due_at=now,
        wake_at=now,
        provider_id=CANARY,
        replaces=CANARY,
        provider_status=CANARY,
        reason=CANARY,
    )
    DeliveryAttempt.objects.create(message=message, number=1, started_at=now, reason=CANARY)
    return message


def plant_a_chat(mia: User) -> Delivery:
    """Write how she comes to have a chat, and what she wrote there."""
    now = timezone.now()
    LinkCode.objects.create(
        person=mia,
        channel="sms",
        address=f"{CANARY} telephone",
        digest=f"{CANARY} digest",
        expires_at=now,
    )
    contact = Contact.objects.create(
        person=mia, channel="telegram", address=f"{CANARY} chat", closed_why=f"{CANARY} why"
    )
    return Delivery.objects.create(
        channel="telegram",
        external_id=f"{CANARY} 1",
        address=contact.address,
        person=mia,
        text=f"{CANARY} text",
        place=f"{CANARY} place",
        wake_at=now,
    )


def plant_a_webhook() -> tuple[Webhook, WebhookDelivery]:
    webhook = Webhook.objects.create(
        url=f"https://{CANARY}.example/hook",
        description=f"{CANARY} description",
        events=["webhook.test"],
        secret=f"{CANARY} secret",
        old_secret=f"{CANARY} old secret",
        disabled_why=f"{CANARY} why",
    )
    Webhook.objects.filter(pk=webhook.pk).update(events=[CANARY])
    told = WebhookDelivery.objects.create(
        webhook=webhook,
        event=CANARY,
        data={CANARY: CANARY},
        occurred_at=timezone.now(),
        status="failed",
        reason=f"{CANARY} reason",
    )
    return webhook, told


def plant_a_connection(mia: User) -> Connection:
    OAuthState.objects.create(
        digest=f"{CANARY} state",
        person=mia,
        provider="google",
        flow=f"{CANARY} flow",
        reply=f"{CANARY} reply",
        created_at=timezone.now(),
    )
    return Connection.objects.create(
        provider="google",
        person=mia,
        account_key=f"{CANARY} account",
        address=f"{CANARY}@globex.example",
        scopes=[f"{CANARY} scope"],
        details={"note": CANARY},
        secrets=f"{CANARY} secret",
        state="active",
        last_error=f"{CANARY} error",
    )
