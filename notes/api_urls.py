"""`/api/v1/notes`."""

from django.urls import path

from notes import api

urlpatterns = [
    path("notes", api.NoteViewSet.as_view({"get": "list", "post": "create"}), name="notes"),
    path(
        "notes/<uuid:pk>",
        api.NoteViewSet.as_view(
            {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}
        ),
        name="note",
    ),
    path(
        "notes/<uuid:pk>/summarize",
        api.SummaryView.as_view(),
        name="note-summarize",
    ),
    path("notes/<uuid:pk>/qa", api.AskView.as_view(), name="note-qa"),
    path(
        "notes/<uuid:pk>/action-items/<int:index>/task",
        api.NoteViewSet.as_view({"post": "make_task"}),
        name="note-task",
    ),
    path(
        "notes/<uuid:note_id>/versions",
        api.VersionViewSet.as_view({"get": "list"}),
        name="note-versions",
    ),
    path(
        "notes/<uuid:note_id>/versions/<uuid:pk>",
        api.VersionViewSet.as_view({"get": "retrieve"}),
        name="note-version",
    ),
    path(
        "notes/<uuid:note_id>/versions/<uuid:pk>/restore",
        api.VersionViewSet.as_view({"post": "restore"}),
        name="note-restore",
    ),
]
