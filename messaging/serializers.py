"""The shapes of the messaging part of the API."""

from datetime import datetime
from typing import Any

from rest_framework import serializers

from accounts.models import Channel
from common.api import StrictSerializer
from common.fields import AddressField, InstantField, PhoneField
from connections.models import State
from messaging.channels.sms import LONGEST as LONGEST_SMS
from messaging.letters import MOST_RECIPIENTS
from messaging.models import DeliveryAttempt, MessageStatus, OutgoingMessage
from messaging.words import in_words

MOST_DAYS = 31


class MessageFilters(StrictSerializer):
    """What the ledger can be narrowed to."""

    status = serializers.ChoiceField(choices=MessageStatus.choices, required=False)
    channel = serializers.ChoiceField(choices=Channel.choices, required=False)
    kind = serializers.CharField(max_length=32, required=False)
    recipient = serializers.UUIDField(required=False)
    about = serializers.UUIDField(required=False)
    since = InstantField(required=False)
    until = InstantField(required=False)


class MessageSerializer(serializers.ModelSerializer[OutgoingMessage]):
    """What somebody was owed, and what became of it; texts are not shown."""

    recipient_id = serializers.UUIDField(allow_null=True)
    recipient_name = serializers.CharField(source="recipient.full_name", allow_null=True)
    in_words = serializers.SerializerMethodField()
    sender_id = serializers.UUIDField(allow_null=True)
    planned_at = serializers.DateTimeField()
    lateness_seconds = serializers.SerializerMethodField()
    instead_of_id = serializers.UUIDField(allow_null=True)
    segments = serializers.IntegerField(allow_null=True)

    class Meta:
        model = OutgoingMessage
        fields: tuple[str, ...] = (
            *("id", "channel", "recipient_id", "recipient_name", "address", "subject", "kind"),
            *(
                "sender_id",
                "about_id",
                "urgent",
                "status",
                "reason",
                "in_words",
                "due_at",
                "planned_at",
            ),
            *("sent_at", "lateness_seconds", "attempts", "resends", "provider_id"),
            *("provider_status", "segments"),
            *("instead_of_id", "created_at"),
        )

    def get_in_words(self, message: OutgoingMessage) -> str:
        """Return its state in plain words, with the reason."""
        return in_words(message)

    def get_lateness_seconds(self, message: OutgoingMessage) -> float | None:
        """Return by how many seconds it was sent after its planned time."""
        return None if message.lateness is None else message.lateness.total_seconds()


class TrySerializer(serializers.ModelSerializer[DeliveryAttempt]):
    """One try to hand a message over."""

    class Meta:
        model = DeliveryAttempt
        fields = ("number", "started_at", "ended_at", "outcome", "reason")


class MessageDetailSerializer(MessageSerializer):
    """The same with each try."""

    tries = TrySerializer(many=True)

    class Meta(MessageSerializer.Meta):
        fields = (*MessageSerializer.Meta.fields, "tries")


class EmailSerializer(StrictSerializer):
    """A letter to write."""

    to = serializers.ListField(child=AddressField(), allow_empty=False, max_length=MOST_RECIPIENTS)
    subject = serializers.CharField(max_length=250)
    body = serializers.CharField(max_length=100_000)
    html = serializers.CharField(max_length=200_000, required=False, allow_blank=True)


class SmsSerializer(StrictSerializer):
    """A text to a telephone."""

    to = PhoneField()
    message = serializers.CharField(max_length=LONGEST_SMS)


class QueuedSerializer(serializers.ModelSerializer[OutgoingMessage]):
    """A message on its way."""

    to = serializers.CharField(source="address")
    segments = serializers.IntegerField(allow_null=True)

    class Meta:
        model = OutgoingMessage
        fields = ("id", "to", "status", "segments")


class LetterSerializer(serializers.Serializer[Any]):
    """A letter on its way: the first message, and one for each address."""

    id = serializers.UUIDField()
    status = serializers.CharField()
    messages = QueuedSerializer(many=True)


class PreviewFilters(StrictSerializer):
    """Whose messages, from when and for how many days."""

    person = serializers.UUIDField(required=False)
    start = InstantField(required=False)
    days = serializers.IntegerField(min_value=1, max_value=MOST_DAYS, default=7)


class ComingSerializer(serializers.ModelSerializer[OutgoingMessage]):
    """A message that will be sent, if nothing changes until then."""

    at = serializers.SerializerMethodField()
    recipient_id = serializers.UUIDField()
    recipient_name = serializers.CharField(source="recipient.full_name")

    class Meta:
        model = OutgoingMessage
        fields = (
            *("at", "channel", "recipient_id", "recipient_name", "address", "subject", "kind"),
            *("about_id", "urgent", "due_at"),
        )

    def get_at(self, message: OutgoingMessage) -> datetime:
        """Return when it is to be sent."""
        moment: datetime = self.context["moment_of"](message)
        return moment


class PreviewSerializer(serializers.Serializer[Any]):
    """What will be sent, in order of time; `truncated` when there is more."""

    truncated = serializers.BooleanField()
    results = ComingSerializer(many=True)


class InboxFilters(StrictSerializer):
    """How many letters are wanted."""

    limit = serializers.IntegerField(min_value=1, max_value=50, default=20)


class MailSerializer(serializers.Serializer[Any]):
    """A letter as it lies in the mailbox; its HTML has no scripts and no pictures."""

    id = serializers.CharField()
    subject = serializers.CharField()
    from_name = serializers.CharField()
    from_address = serializers.CharField()
    received_at = serializers.DateTimeField(allow_null=True)
    preview = serializers.CharField()
    html = serializers.CharField()


class InboxSerializer(serializers.Serializer[Any]):
    """The newest letters of a connected mailbox; without one there is no address."""

    address = serializers.CharField(allow_null=True)
    state = serializers.ChoiceField(choices=State.choices, allow_null=True)
    trouble = serializers.CharField(allow_null=True)
    results = MailSerializer(many=True)
