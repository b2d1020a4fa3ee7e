"""`/api/v1/tasks`, `/api/v1/reminders`, `/api/v1/comments` and `/api/v1/mentions`."""

from typing import Any

from django.urls import path

from tasks import api, bulk_api, file_api, talk_api

many: dict[str, Any] = {"get": "list", "post": "create"}
one: dict[str, Any] = {
    "get": "retrieve",
    "put": "update",
    "patch": "partial_update",
    "delete": "destroy",
}
urlpatterns = [
    path("tasks", api.TaskViewSet.as_view(many), name="tasks"),
    path("tasks/bulk", bulk_api.TaskBulkView.as_view(), name="tasks-bulk"),
    path("tasks/<uuid:pk>", api.TaskViewSet.as_view(one), name="task"),
    path("tasks/<uuid:pk>/assign", api.TaskViewSet.as_view({"post": "assign"}), name="task-assign"),
    path(
        "tasks/<uuid:pk>/complete",
        api.TaskViewSet.as_view({"post": "complete"}),
        name="task-complete",
    ),
    path("tasks/<uuid:task_id>/comments", talk_api.CommentViewSet.as_view(many), name="comments"),
    path(
        "tasks/<uuid:task_id>/reminders",
        api.TaskReminderViewSet.as_view(many),
        name="task-reminders",
    ),
    path(
        "reminders/<uuid:pk>",
        api.ReminderViewSet.as_view({"patch": "partial_update", "delete": "destroy"}),
        name="reminder",
    ),
    path("tasks/<uuid:task_id>/files", file_api.TaskFileViewSet.as_view(many), name="task-files"),
    path(
        "tasks/<uuid:task_id>/files/<uuid:pk>",
        file_api.TaskFileViewSet.as_view({"delete": "destroy"}),
        name="task-file",
    ),
    path(
        "tasks/<uuid:task_id>/files/<uuid:pk>/content",
        file_api.TaskFileViewSet.as_view({"get": "content"}),
        name="task-file-content",
    ),
    path(
        "comments/<uuid:pk>",
        talk_api.OneCommentViewSet.as_view({"patch": "partial_update"}),
        name="comment",
    ),
    path("mentions", talk_api.MentionViewSet.as_view({"get": "list"}), name="mentions"),
    path(
        "mentions/<uuid:pk>/read",
        talk_api.MentionViewSet.as_view({"post": "read"}),
        name="mention-read",
    ),
]
