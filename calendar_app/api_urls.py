"""`/api/v1/calendar`."""

from typing import Any

from django.urls import path

from calendar_app import (
    api,
    exchange_api,
    scheduling_api,
    subscription_api,
    sync_api,
    sync_hooks,
)

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
    path(
        "calendar/syncs",
        sync_api.SyncViewSet.as_view({"get": "list", "post": "link"}),
        name="syncs",
    ),
    path(
        "calendar/syncs/<uuid:pk>",
        sync_api.SyncViewSet.as_view({"get": "retrieve", "delete": "destroy"}),
        name="sync",
    ),
    *(
        path(
            f"calendar/syncs/<uuid:pk>/{name}",
            sync_api.SyncViewSet.as_view({method: name}),
            name=f"sync-{name}",
        )
        for name, method in (("start", "post"), ("accept", "post"), ("stop", "post"))
    ),
    path(
        "calendar/syncs/<uuid:sync_id>/conflicts",
        sync_api.SyncViewSet.as_view({"get": "conflicts"}),
        name="sync-conflicts",
    ),
    path("calendar/sync", sync_api.SyncNowView.as_view(), name="sync-now"),
    path("calendar/sync-status", sync_api.SyncStatusView.as_view(), name="sync-status"),
    path(
        "integrations/google/notifications",
        sync_hooks.GoogleNoticeView.as_view(),
        name="google-notices",
    ),
    path(
        "integrations/microsoft/notifications",
        sync_hooks.MicrosoftNoticeView.as_view(),
        name="microsoft-notices",
    ),
    path("calendar/import", exchange_api.ImportView.as_view(), name="calendar-import"),
    path("calendar/calendars", api.CalendarViewSet.as_view(many), name="calendars"),
    path("calendar/calendars/<uuid:pk>", api.CalendarViewSet.as_view(one), name="calendar"),
]
