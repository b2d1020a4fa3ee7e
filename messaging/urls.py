"""The pages of messages."""

from django.urls import path

from messaging import views

urlpatterns = [
    path("messages", views.ledger, name="ledger"),
    path("messages/coming", views.coming, name="coming"),
    path("messages/<uuid:pk>", views.message_page, name="message-page"),
    path("notifications", views.wishes, name="wishes"),
    path("notifications/try", views.try_channel, name="try-channel"),
    path("unsubscribe/<str:token>", views.unsubscribe, name="unsubscribe"),
]
