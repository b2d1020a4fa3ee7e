"""The pages of calendars."""

from django.urls import path

from calendar_app import views

urlpatterns = [
    path("calendar/syncs", views.syncs, name="synced-calendars"),
    path("calendar/syncs/link", views.link, name="link-calendar"),
    path("calendar/syncs/<uuid:pk>", views.change, name="change-sync"),
]
