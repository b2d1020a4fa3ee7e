"""The shapes of how chats are linked."""

from typing import Any

from rest_framework import serializers

from common.api import StrictSerializer
from common.fields import PhoneField


class LinkSerializer(serializers.Serializer[Any]):
    """An address that links a chat, good once."""

    url = serializers.CharField()
    expires_at = serializers.DateTimeField()


class NumberSerializer(StrictSerializer):
    """A telephone that gets SMS."""

    number = PhoneField()


class CodeSerializer(StrictSerializer):
    """The six digits that were sent to it."""

    code = serializers.RegexField(
        r"^[0-9]{6}$", max_length=6, error_messages={"invalid": "Write the six digits."}
    )
