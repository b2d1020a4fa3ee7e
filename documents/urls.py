"""The pages of documents."""

from django.urls import path

from documents import ask_views, file_views, views

urlpatterns = [
    path("ask", ask_views.ask, name="ask"),
    path("documents", views.document_list, name="document-list"),
    path("documents/new", file_views.new_document, name="new-document"),
    path("documents/<uuid:pk>", views.document_page, name="document-page"),
    path("documents/<uuid:pk>/files", file_views.new_file, name="new-file"),
    path("documents/<uuid:pk>/sign", views.sign, name="sign-document"),
    path("documents/<uuid:pk>/remind", views.remind, name="remind-signers"),
    path("documents/<uuid:pk>/delete", views.drop_document, name="drop-document"),
    path("documents/<uuid:document_id>/files/<uuid:pk>", file_views.download, name="download-file"),
]
