"""The pages of notes."""

from django.urls import path

from notes import meeting_views, version_views, views

urlpatterns = [
    path("notes", views.note_list, name="note-list"),
    path("notes/new", views.new_note, name="new-note"),
    path("notes/<uuid:pk>", views.note_page, name="note-page"),
    path("notes/<uuid:pk>/edit", views.edit_note, name="edit-note"),
    path("notes/<uuid:pk>/delete", views.drop_note, name="drop-note"),
    path("notes/<uuid:pk>/summarize", meeting_views.summarize_page, name="summarize-note"),
    path("notes/<uuid:pk>/tasks", meeting_views.make_task, name="task-of-note"),
    path("notes/<uuid:pk>/versions", version_views.versions, name="versions-of-note"),
    path(
        "notes/<uuid:note_id>/versions/<uuid:pk>", version_views.version_page, name="version-page"
    ),
    path(
        "notes/<uuid:note_id>/versions/<uuid:pk>/restore",
        version_views.restore,
        name="restore-version",
    ),
]
