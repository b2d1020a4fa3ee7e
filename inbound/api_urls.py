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
    path("integrations/sms/number", api.TelephoneView.as_view(), name="telephone"),
    path("integrations/sms/confirm", api.TelephoneCodeView.as_view(), name="telephone-code"),
    path("integrations/twilio/sms", api.TwilioSmsView.as_view(), name="twilio-sms"),
    path("integrations/slack/events", api.SlackEventsView.as_view(), name="slack-events"),
    path("integrations/slack/commands", api.SlackCommandsView.as_view(), name="slack-commands"),
    path("integrations/slack/actions", api.SlackActionsView.as_view(), name="slack-actions"),
    path("integrations/twilio/status", api.TwilioStatusView.as_view(), name="twilio-status"),
]
