"""The pages of tasks."""

from django.urls import path

from tasks import list_views, views

urlpatterns = [
    path("", views.today, name="today"),
    path("tasks", list_views.task_list, name="task-list"),
    path("tasks/<uuid:pk>", views.task_page, name="task-page"),
    path("tasks/<uuid:pk>/complete", views.complete, name="task-complete-page"),
    path("tasks/<uuid:pk>/move", list_views.move, name="task-move-page"),
    path("tasks/<uuid:pk>/comments", views.comment, name="task-comment-page"),
]
