"""`/api/v1/messages`."""

from django.urls import path

from messaging import api

urlpatterns = [
    path("email/send", api.EmailView.as_view(), name="email-send"),
    path("email/inbox", api.InboxView.as_view(), name="email-inbox"),
    path("sms/send", api.SmsView.as_view(), name="sms-send"),
    path("messages", api.MessageViewSet.as_view({"get": "list"}), name="messages"),
    path("messages/preview", api.PreviewView.as_view(), name="messages-preview"),
    path("messages/<uuid:pk>", api.MessageViewSet.as_view({"get": "retrieve"}), name="message"),
]
