"""The shapes of connected accounts in the API; no secret is among them."""

from typing import Any

from rest_framework import serializers

from common.api import StrictSerializer
from connections.models import Connection


class ConnectSerializer(StrictSerializer):
    """For whom an account is connected."""

    for_office = serializers.BooleanField(default=False)


class DisconnectFilters(StrictSerializer):
    """Whose account is disconnected."""

    for_office = serializers.BooleanField(default=False)


class WaySerializer(serializers.Serializer[Any]):
    """Where the person goes to agree."""

    authorization_url = serializers.CharField()


class ConnectionSerializer(serializers.ModelSerializer[Connection]):
    """A connected account; without a person it is that of the office."""

    person_id = serializers.UUIDField(allow_null=True)

    class Meta:
        model = Connection
        fields = (
            *("id", "provider", "person_id", "address", "scopes", "state"),
            *("last_error", "last_ok_at", "created_at"),
        )
        read_only_fields = fields
