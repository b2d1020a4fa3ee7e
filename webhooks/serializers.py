"""Webhooks as the API shows them."""

from rest_framework import serializers

from common.api import StrictModelSerializer, StrictSerializer
from common.fields import InstantField
from webhooks.models import DeliveryStatus, EventType, Webhook, WebhookDelivery


class WebhookSerializer(StrictModelSerializer):
    """A webhook, without its secret."""

    events = serializers.ListField(
        child=serializers.ChoiceField(choices=EventType.choices), min_length=1, max_length=20
    )

    class Meta:
        model = Webhook
        fields = (
            *("id", "url", "description", "events", "is_active", "failing_since"),
            *("disabled_why", "created_at", "updated_at"),
        )
        read_only_fields = ("failing_since", "disabled_why")


class NewWebhookSerializer(StrictSerializer):
    """A webhook to be set up."""

    url = serializers.CharField(max_length=500)
    description = serializers.CharField(max_length=200, allow_blank=True, required=False)
    events = serializers.ListField(
        child=serializers.ChoiceField(choices=EventType.choices), min_length=1, max_length=20
    )


class MadeWebhookSerializer(WebhookSerializer):
    """A webhook with the secret to verify signatures with; it is shown here and nowhere else."""

    secret = serializers.CharField(read_only=True)

    class Meta:
        model = Webhook
        fields = (*WebhookSerializer.Meta.fields, "secret")
        read_only_fields = WebhookSerializer.Meta.read_only_fields


class DeliverySerializer(StrictModelSerializer):
    """What was told, or is to be: the id is the `webhook-id` that the receiver got."""

    next_try_at = InstantField(source="wake_at", read_only=True, allow_null=True)

    class Meta:
        model = WebhookDelivery
        fields = (
            *("id", "event", "data", "status", "attempts", "answer", "reason"),
            *("occurred_at", "next_try_at", "ended_at"),
        )
        read_only_fields = fields


class DeliveryFilters(StrictSerializer):
    """The query parameters of the list."""

    status = serializers.ChoiceField(choices=DeliveryStatus.choices, required=False)
    event = serializers.CharField(max_length=20, required=False)
