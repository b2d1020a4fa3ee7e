"""The page of one's chats."""

from django.urls import path

from inbound import views

urlpatterns = [path("notifications/chats", views.chats, name="chats")]
