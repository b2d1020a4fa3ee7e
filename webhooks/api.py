"""`/api/v1/webhooks`."""

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import OfficeViewSet
from accounts.models import User
from accounts.permissions import Permission
from accounts.reading import Values
from common.api import CursorPages, require_match
from webhooks.models import Webhook, WebhookDelivery
from webhooks.serializers import (
    DeliveryFilters,
    DeliverySerializer,
    MadeWebhookSerializer,
    NewWebhookSerializer,
    WebhookSerializer,
)
from webhooks.services import (
    change_webhook,
    create_webhook,
    delete_webhook,
    resend,
    rotate_secret,
    send_test,
)

Grants = dict[str, Permission | None]


class WebhookViewSet(OfficeViewSet[Webhook]):
    """Programs outside that are told what happens."""

    queryset = Webhook.objects.none()
    serializer_class = WebhookSerializer
    grants: ClassVar[Grants] = dict.fromkeys(
        ("list", "create", "retrieve", "partial_update", "destroy", "rotate", "test"),
        Permission.ADMIN_SETTINGS,
    )
    shows_secrets = frozenset({"create", "rotate"})

    @classmethod
    def rows(cls, asker: User, values: Values) -> QuerySet[Webhook]:
        """Describe the webhooks that the asker may see."""
        return Webhook.objects.visible_to(asker)

    def locked(self, pk: UUID) -> Webhook:
        """Return it with its secrets, which no `Read` shows, locked if `If-Match` still fits."""
        rows = Webhook.objects.visible_to(self.user).select_for_update(of=("self",))
        webhook = get_object_or_404(rows, pk=pk)
        require_match(self.request, self.shown(pk))
        return webhook

    def list(self, request: Request) -> Response:
        """Return a page of webhooks."""
        return self.page(self.filter_values())

    @extend_schema(request=NewWebhookSerializer, responses={201: MadeWebhookSerializer})
    def create(self, request: Request) -> Response:
        """Set one up; its secret is in this answer and nowhere else."""
        webhook = create_webhook(**self.checked(NewWebhookSerializer), by=self.user)
        return self._with_secret(webhook, status.HTTP_201_CREATED)

    def retrieve(self, request: Request, pk: UUID) -> Response:
        """Return one webhook with its ETag."""
        return self.answer(pk)

    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Change the given fields; `is_active` switches it off and on."""
        changes = self.checked(WebhookSerializer, partial=True)
        change_webhook(webhook=self.locked(pk), changes=changes, by=self.user)
        return self.answer(pk)

    def destroy(self, request: Request, pk: UUID) -> Response:
        """Delete it, with the log of what it was told."""
        delete_webhook(webhook=self.locked(pk))
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=None, responses={201: MadeWebhookSerializer})
    def rotate(self, request: Request, pk: UUID) -> Response:
        """Make a new secret; for 24 hours the old one signs as well."""
        return self._with_secret(rotate_secret(webhook=self.locked(pk)), status.HTTP_201_CREATED)

    @extend_schema(request=None, responses={202: DeliverySerializer})
    def test(self, request: Request, pk: UUID) -> Response:
        """Tell it a `webhook.test`, to see whether it arrives."""
        made = send_test(webhook=self.locked(pk))
        return Response(DeliverySerializer(made).data, status=status.HTTP_202_ACCEPTED)

    def _with_secret(self, webhook: Webhook, status: int) -> Response:
        answer = self.answer(webhook.pk, status=status)
        answer.data["secret"] = webhook.secret
        return answer


@extend_schema_view(list=extend_schema(parameters=[DeliveryFilters]))
class DeliveryViewSet(OfficeViewSet[WebhookDelivery]):
    """What a webhook was told, the newest first."""

    queryset = WebhookDelivery.objects.none()
    serializer_class = DeliverySerializer
    pagination_class = CursorPages
    filters = DeliveryFilters
    grants: ClassVar[Grants] = dict.fromkeys(("list", "resend_one"), Permission.ADMIN_SETTINGS)
    # Its pages are found by cursor.
    reads_alone = False

    @classmethod
    def rows(cls, asker: User, values: Values) -> QuerySet[WebhookDelivery]:
        """Describe what the asker may see of a webhook."""
        return WebhookDelivery.objects.visible_to(asker).filter(webhook=values["webhook_id"])

    def list(self, request: Request, webhook_id: UUID) -> Response:
        """Return a page of the log."""
        get_object_or_404(Webhook.objects.visible_to(self.user), pk=webhook_id)
        lookups: dict[str, Any] = dict(self.filter_values())
        return self.page_of(self.get_queryset().filter(**lookups))

    @extend_schema(request=None, responses={202: DeliverySerializer})
    def resend_one(self, request: Request, webhook_id: UUID, pk: UUID) -> Response:
        """Tell it again under the same id; 409 while it is on its way."""
        rows = self.get_queryset().select_for_update(of=("self",)).select_related("webhook")
        delivery = resend(delivery=get_object_or_404(rows, pk=pk))
        return Response(DeliverySerializer(delivery).data, status=status.HTTP_202_ACCEPTED)
