"""The shapes of how chats are linked."""

from typing import Any

from rest_framework import serializers


class LinkSerializer(serializers.Serializer[Any]):
    """An address that links a chat, good once."""

    url = serializers.CharField()
    expires_at = serializers.DateTimeField()
