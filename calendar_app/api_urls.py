"""`/api/v1/calendar`."""

from typing import Any

from django.urls import path

from calendar_app import api, exchange_api, scheduling_api, subscription_api

many: dict[str, Any] = {"get": "list", "post": "create"}
one: dict[str, Any] = {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}
urlpatterns = [
    path("calendar/events", api.EventViewSet.as_view(many), name="events"),
    path("calendar/events/<uuid:pk>", api.EventViewSet.as_view(one), name="event"),
    path(
        "calendar/events/<uuid:pk>/respond",
        api.EventViewSet.as_view({"post": "respond"}),
        name="event-respond",
    ),
    path("calendar/free-busy", scheduling_api.FreeBusyView.as_view(), name="free-busy"),
    path("calendar/find-slot", scheduling_api.FindSlotView.as_view(), name="find-slot"),
    path(
        "calendar/feeds",
        exchange_api.FeedViewSet.as_view({"get": "list", "post": "open"}),
        name="feeds",
    ),
    path(
        "calendar/feeds/<uuid:pk>",
        exchange_api.FeedViewSet.as_view({"delete": "destroy"}),
        name="feed",
    ),
    path(
        "calendar/feeds/<str:secret>.ics",
        exchange_api.PublicFeedView.as_view(),
        name="public-feed",
    ),
    path(
        "calendar/subscriptions",
        subscription_api.SubscriptionViewSet.as_view({"get": "list", "post": "follow"}),
        name="subscriptions",
    ),
    path(
        "calendar/subscriptions/<uuid:pk>/accept",
        subscription_api.SubscriptionViewSet.as_view({"post": "accept"}),
        name="subscription-accept",
    ),
    path("calendar/import", exchange_api.ImportView.as_view(), name="calendar-import"),
    path("calendar/calendars", api.CalendarViewSet.as_view(many), name="calendars"),
    path("calendar/calendars/<uuid:pk>", api.CalendarViewSet.as_view(one), name="calendar"),
]
