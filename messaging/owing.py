"""What is owed to whom, over which channel and when: rows of the ledger, before they are sent."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import cache
from uuid import UUID

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import User
from accounts.permissions import Permission
from common.languages import speaking
from common.models import IsOneOf, add_records
from common.origin import current_origin
from messaging.channels import WAYS
from messaging.due import Owed, message_kind
from messaging.models import MessageStatus, OutgoingMessage
from messaging.quiet import quiet_end
from messaging.words import CHANNELS
from tenants.context import current_tenant
from tenants.directory import address_of
from tenants.reads import Param, Read

# When the sweep takes over if the job that is queued at once got lost.
WAKE_AFTER = timedelta(seconds=10)
ALERT = "delivery_alert"
NO_WAY = gettext_noop("There is no way to reach this person.")
# The channels by which each person can be reached, in the person's order, with the addresses.
Reach = dict[UUID, list[tuple[str, str]]]


def reach_of(people: Collection[User]) -> Reach:
    """Return how each of the people can be reached."""
    addresses = {channel: way.addresses(people) for channel, way in WAYS.items()}
    return {
        person.pk: [
            (channel, addresses[channel][person.pk])
            for channel in person.channel_order
            if person.pk in addresses.get(channel, {})
        ]
        for person in people
    }


def messages_for(
    owed: Sequence[Owed], *, now: datetime, reach: Reach | None = None
) -> list[OutgoingMessage]:
    """Return the rows, not yet written: what will be sent, over which channel and when."""
    if reach is None:
        reach = reach_of({item.recipient.pk: item.recipient for item in owed}.values())
    return [_message_for(item, reach[item.recipient.pk], now) for item in owed]


def _message_for(owed: Owed, reach: list[tuple[str, str]], now: datetime) -> OutgoingMessage:
    wanted = [way for way in reach if way[0] == owed.channel]
    usual = reach[0] if reach else (owed.recipient.notification_preference, "")
    channel, address = wanted[0] if wanted else usual
    if owed.address:
        reach, channel, address = [(owed.channel, owed.address)], owed.channel, owed.address
    hold = None if owed.urgent else quiet_end(owed.recipient, max(owed.due_at, now))
    return OutgoingMessage(
        recipient=owed.recipient,
        channel=channel,
        address=address,
        subject=owed.subject[:250],
        text=owed.text,
        html=owed.html,
        brief=owed.brief,
        calendar=owed.calendar,
        urgent=owed.urgent,
        buttons=owed.buttons,
        replaces=owed.replaces,
        kind=owed.kind,
        about_id=owed.about_id,
        request_id=current_origin().request_id,
        due_at=owed.due_at,
        hold_until=hold,
        not_before=hold,
        wake_at=(hold or now + WAKE_AFTER) if reach else None,
        status=MessageStatus.QUEUED if reach else MessageStatus.FAILED,
        reason="" if reach else NO_WAY,
        dedupe_key=f"{owed.occasion}:{owed.recipient.pk}:{channel}",
    )


def write_messages(rows: Sequence[OutgoingMessage]) -> list[OutgoingMessage]:
    """Write to the ledger what is not owed already, and return that."""
    by_key = {row.dedupe_key: row for row in rows}
    there = set(_known().rows({"keys": list(by_key)}, lambda row: row[0])) if rows else set()
    fresh = [row for key, row in by_key.items() if key not in there]
    add_records(fresh)
    return fresh


@cache
def _known() -> Read:
    rows = OutgoingMessage.objects.filter(IsOneOf("dedupe_key", Param("keys"))).order_by()
    return Read(rows.values_list("dedupe_key"))


def write_substitute(failed: OutgoingMessage, now: datetime) -> list[OutgoingMessage]:
    """Owe the message over the next channel of its person; nothing where none is left."""
    person = failed.recipient
    if person is None or not message_kind(failed.kind).goes_on:
        return []
    others = [(channel, f"{failed.occasion}:{channel}") for channel in person.channel_order]
    rows = OutgoingMessage.objects.filter(dedupe_key__in=[key for _channel, key in others])
    tried = set(rows.values_list("channel", flat=True))
    for channel, address in reach_of([person])[person.pk]:
        if channel not in tried:
            return OutgoingMessage.objects.bulk_create([_copy(failed, channel, address, now)])
    return []


def _copy(failed: OutgoingMessage, channel: str, address: str, now: datetime) -> OutgoingMessage:
    same = (
        *("subject", "text", "html", "brief", "calendar", "urgent", "buttons", "kind"),
        *("about_id", "due_at", "request_id"),
    )
    return OutgoingMessage(
        **{name: getattr(failed, name) for name in same},
        recipient=failed.recipient,
        channel=channel,
        address=address,
        hold_until=failed.hold_until,
        wake_at=now + WAKE_AFTER,
        dedupe_key=f"{failed.occasion}:{channel}",
        instead_of=failed,
    )


def write_alerts(failed: OutgoingMessage, now: datetime) -> list[OutgoingMessage]:
    """Tell the office's admins that a channel loses messages: once a day, not for each.

    It goes over another channel where there is one. An alert that fails is not told about.
    """
    if failed.kind == ALERT:
        return []
    grants = [Permission.ADMIN_SETTINGS.value]
    admins = list(User.objects.active().filter(role__permissions__contains=grants))
    reach = {
        pk: sorted(found, key=lambda way: way[0] == failed.channel)
        for pk, found in reach_of(admins).items()
    }
    owed = [_alert(admin, failed, now) for admin in admins]
    return write_messages(messages_for(owed, now=now, reach=reach))


def _alert(admin: User, failed: OutgoingMessage, now: datetime) -> Owed:
    office = current_tenant()
    with speaking(admin.locale):
        channel = CHANNELS[failed.channel]
        words = {"person": admin, "office": office, "url": address_of(office), "failed": failed}
        words["subject"] = subject = _("Some messages by {channel} did not arrive").format(
            channel=channel
        )
        return Owed(
            recipient=admin,
            subject=subject,
            text=render_to_string("emails/alert.txt", words),
            html=render_to_string("emails/alert.html", words),
            brief=f"{subject}: {words['url']}/messages",
            kind=ALERT,
            about_id=None,
            due_at=now,
            occasion=f"alert:{failed.channel}:{now:%Y%m%d}",
        )
