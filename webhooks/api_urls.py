"""The webhooks part of the API."""

from typing import Any

from django.urls import path

from webhooks.api import DeliveryViewSet, WebhookViewSet

many: dict[str, Any] = {"get": "list", "post": "create"}
one: dict[str, Any] = {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}

urlpatterns = [
    path("webhooks", WebhookViewSet.as_view(many), name="webhooks"),
    path("webhooks/<uuid:pk>", WebhookViewSet.as_view(one), name="webhook"),
    path(
        "webhooks/<uuid:pk>/secret",
        WebhookViewSet.as_view({"post": "rotate"}),
        name="webhook-secret",
    ),
    path("webhooks/<uuid:pk>/test", WebhookViewSet.as_view({"post": "test"}), name="webhook-test"),
    path(
        "webhooks/<uuid:webhook_id>/deliveries",
        DeliveryViewSet.as_view({"get": "list"}),
        name="webhook-deliveries",
    ),
    path(
        "webhooks/<uuid:webhook_id>/deliveries/<uuid:pk>/resend",
        DeliveryViewSet.as_view({"post": "resend_one"}),
        name="webhook-resend",
    ),
]
