"""The pages of tasks."""

from django.urls import path

from tasks import file_views, filter_views, list_views, talk_views, task_views, team_views, views

urlpatterns = [
    path("", views.today, name="today"),
    path("tasks", list_views.task_list, name="task-list"),
    path("tasks/filters", filter_views.save, name="save-filter"),
    path("tasks/filters/<uuid:pk>/forget", filter_views.forget, name="forget-filter"),
    path("tasks/<uuid:pk>", task_views.task_page, name="task-page"),
    path("tasks/<uuid:pk>/edit", task_views.edit, name="task-edit-page"),
    path("tasks/<uuid:pk>/delete", task_views.drop, name="task-drop-page"),
    path("tasks/<uuid:pk>/reminders", task_views.remind, name="task-remind-page"),
    path(
        "tasks/reminders/<uuid:pk>/remove",
        task_views.forget_reminder,
        name="forget-reminder-page",
    ),
    path("team", team_views.team_page, name="team-page"),
    path("team/<uuid:pk>/hand-on", team_views.hand_on, name="hand-on-page"),
    path("reports", team_views.report_page, name="reports"),
    path("reports/tasks.csv", team_views.report_csv, name="reports-csv"),
    path("tasks/<uuid:pk>/complete", views.complete, name="task-complete-page"),
    path("tasks/<uuid:pk>/move", list_views.move, name="task-move-page"),
    path("tasks/<uuid:pk>/due", list_views.put_off, name="task-due-page"),
    path("tasks/<uuid:pk>/comments", talk_views.comment, name="task-comment-page"),
    path("tasks/<uuid:pk>/people", talk_views.people, name="task-people"),
    path("tasks/<uuid:pk>/files", file_views.attach, name="task-files-page"),
    path("tasks/<uuid:task_id>/files/<uuid:pk>", file_views.download, name="task-file-page"),
    path(
        "tasks/<uuid:task_id>/files/<uuid:pk>/take-away",
        file_views.detach,
        name="task-file-drop-page",
    ),
    path("tasks/comments/<uuid:pk>/edit", talk_views.edit, name="comment-edit-page"),
    path("mentions/read", talk_views.read_all, name="mentions-read-page"),
    path("mentions/<uuid:pk>/read", talk_views.read, name="mention-read-page"),
]
