"""The pages of one's chats."""

from django.urls import path

from inbound import views

urlpatterns = [
    path("notifications/chats", views.chats, name="chats"),
    path("notifications/slack/<str:code>", views.slack_link, name="slack-link"),
]
