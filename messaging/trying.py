"""Trying a channel out: a message to oneself, now."""

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django_stubs_ext import StrOrPromise

from accounts.models import Channel, User
from common.errors import InvalidError, TooManyError
from messaging.due import Owed
from messaging.models import OutgoingMessage
from messaging.owing import reach_of
from messaging.services import owe_messages
from messaging.words import CHANNELS
from tenants.context import atomic, current_tenant
from tenants.rates import Bucket, Rate, take

KIND = "try"


def channels_of(person: User) -> list[tuple[str, StrOrPromise]]:
    """Return the channels by which the person is reached now, with their names."""
    open_to = {channel for channel, _address in reach_of([person])[person.pk]}
    return [(name, label) for name, label in CHANNELS.items() if name in open_to]


@atomic()
def send_test(*, by: User, channel: str) -> OutgoingMessage:
    """Owe the person a message by this channel alone; what became of it stands in the ledger.

    Raises InvalidError for a channel by which the person is not reached, and TooManyError.
    """
    if channel not in dict(channels_of(by)):
        raise InvalidError(_("You cannot be reached by this channel yet."), attr="channel")
    if wait := _wait_for_turn(by, channel):
        raise TooManyError(_("So many are not sent at once; wait a few minutes."), retry_after=wait)
    now, office = timezone.now(), current_tenant()
    text = _("This is a message of {name} to try {channel} out. It works.").format(
        name=office.name, channel=CHANNELS[channel]
    )
    item = Owed(
        recipient=by,
        subject=_("A message to try {channel} out").format(channel=CHANNELS[channel]),
        text=text,
        html="",
        brief=text,
        kind=KIND,
        about_id=None,
        due_at=now,
        occasion=f"{KIND}:{now.isoformat()}",
        urgent=True,
        channel=Channel(channel),
    )
    [pk] = owe_messages([item])
    made: OutgoingMessage = OutgoingMessage.objects.get(pk=pk)
    return made


def _wait_for_turn(person: User, channel: str) -> float:
    if settings.CHANNEL_TESTS is None:
        return 0
    return take([Bucket(f"try:{channel}:{person.pk}", Rate(*settings.CHANNEL_TESTS))])
