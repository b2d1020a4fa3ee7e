"""`/api/v1/documents`."""

from django.urls import path

from documents import api

urlpatterns = [
    path(
        "documents",
        api.DocumentFileViewSet.as_view({"get": "list", "post": "create"}),
        name="documents",
    ),
    path("documents/ask", api.AskView.as_view(), name="documents-ask"),
    path(
        "documents/<uuid:pk>",
        api.DocumentViewSet.as_view(
            {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}
        ),
        name="document",
    ),
    path(
        "documents/<uuid:pk>/download",
        api.DocumentFileViewSet.as_view({"get": "download"}),
        name="document-download",
    ),
    path(
        "documents/<uuid:document_id>/revisions",
        api.RevisionViewSet.as_view({"get": "list", "post": "add"}),
        name="document-revisions",
    ),
    path(
        "documents/<uuid:document_id>/revisions/<uuid:pk>/download",
        api.RevisionViewSet.as_view({"get": "download"}),
        name="revision-download",
    ),
    path(
        "documents/<uuid:document_id>/sign-offs",
        api.SignerViewSet.as_view({"get": "list", "post": "sign"}),
        name="document-sign-offs",
    ),
    path(
        "documents/<uuid:document_id>/sign-offs/remind",
        api.SignerViewSet.as_view({"post": "remind"}),
        name="sign-offs-remind",
    ),
]
