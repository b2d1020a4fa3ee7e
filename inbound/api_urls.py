"""`/api/v1/integrations`."""

from django.urls import path

from inbound import api

urlpatterns = [
    path("integrations/telegram/link", api.TelegramLinkView.as_view(), name="telegram-link"),
    path(
        "integrations/telegram/webhook",
        api.TelegramWebhookView.as_view(),
        name="telegram-webhook",
    ),
]
