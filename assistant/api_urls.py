"""The assistant's part of `/api/v1`."""

from django.urls import path

from assistant.api import TaskFromTextView

urlpatterns = [path("tasks/from-text", TaskFromTextView.as_view(), name="task-from-text")]
