"""The pages of calendars."""

from django.urls import path

from calendar_app import event_views, sync_views, views

urlpatterns = [
    path("calendar", views.calendar, name="calendar-page"),
    path("calendar/events/new", event_views.new_event, name="new-event"),
    path("calendar/events/<uuid:pk>", event_views.event_page, name="event-page"),
    path("calendar/events/<uuid:pk>/answer", event_views.answer, name="event-answer"),
    path("calendar/events/<uuid:pk>/edit", event_views.edit_event, name="edit-event"),
    path("calendar/events/<uuid:pk>/move", event_views.move_event, name="move-event"),
    path("calendar/events/<uuid:pk>/delete", event_views.drop_event, name="drop-event"),
    path("calendar/syncs", sync_views.syncs, name="synced-calendars"),
    path("calendar/syncs/link", sync_views.link, name="link-calendar"),
    path("calendar/syncs/<uuid:pk>", sync_views.change, name="change-sync"),
]
