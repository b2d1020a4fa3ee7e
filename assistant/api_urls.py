"""The assistant's part of `/api/v1`."""

from django.urls import path

from assistant.api import ChatView, LanguageModelView, TaskFromTextView, UndoView, UsageView
from assistant.event_api import EventFromTextView

urlpatterns = [
    path("calendar/events/from-text", EventFromTextView.as_view(), name="event-from-text"),
    path("tasks/from-text", TaskFromTextView.as_view(), name="task-from-text"),
    path("assistant/chat", ChatView.as_view(), name="assistant-chat"),
    path("assistant/undo", UndoView.as_view(), name="assistant-undo"),
    path("assistant/language-model", LanguageModelView.as_view(), name="language-model"),
    path("assistant/usage", UsageView.as_view(), name="assistant-usage"),
]
