"""`/api/v1/calendar/subscriptions`."""

from typing import Any, ClassVar
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import OfficeViewSet
from accounts.models import User
from accounts.permissions import Permission
from accounts.reading import Values
from calendar_app.following import accept, follow
from calendar_app.jobs import fetch_subscription
from calendar_app.models import Subscription, SubscriptionQuerySet
from common.api import StrictModelSerializer, StrictSerializer

Grants = dict[str, Permission | None]


class SubscriptionSerializer(StrictModelSerializer):
    """An address that a calendar follows, and how the last fetch went."""

    calendar_id = serializers.UUIDField(read_only=True)

    class Meta:
        model = Subscription
        fields = (
            *("id", "calendar_id", "host", "next_at", "fetched_at", "trouble"),
            *("held_deletions", "created_at"),
        )


class FollowSerializer(StrictSerializer):
    """What to follow."""

    name = serializers.CharField(max_length=120)
    url = serializers.CharField(max_length=2000)


class SubscriptionViewSet(OfficeViewSet[Subscription]):
    """One's own subscriptions."""

    queryset = Subscription.objects.none()
    serializer_class = SubscriptionSerializer
    grants: ClassVar[Grants] = {
        "list": Permission.EVENT_READ,
        "follow": Permission.EVENT_CREATE,
        "accept": Permission.EVENT_CREATE,
    }

    @classmethod
    def rows(cls, asker: User, values: Values) -> SubscriptionQuerySet:
        """Describe the asker's subscriptions."""
        return Subscription.objects.visible_to(asker)

    def list(self, request: Request) -> Response:
        """Return a page of subscriptions, without their addresses."""
        return self.page(self.filter_values())

    @extend_schema(request=FollowSerializer, responses={201: SubscriptionSerializer})
    def follow(self, request: Request) -> Response:
        """Follow an address in a calendar of its own; it is fetched at once and every hour."""
        values: dict[str, Any] = self.checked(FollowSerializer)
        made = follow(name=values["name"], url=values["url"], by=self.user)
        fetch_subscription.delay_on_commit(str(made.pk))
        return Response(self.shown(made.pk), status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=SubscriptionSerializer)
    def accept(self, request: Request, pk: UUID) -> Response:
        """Let the deletions happen that were held back."""
        # Not by `locked_object`: an encrypted column is read by Django alone.
        seen = self.rows(self.user, {}).select_for_update(of=("self",))
        row = accept(subscription=get_object_or_404(seen, pk=pk))
        fetch_subscription.delay_on_commit(str(row.pk))
        return Response(self.shown(pk))
