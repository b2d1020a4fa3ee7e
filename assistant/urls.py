"""The quick-add field."""

from django.urls import path

from assistant import views

urlpatterns = [
    path("quick-add", views.quick_add, name="quick-add"),
    path("quick-add/preview", views.quick_add_preview, name="quick-add-preview"),
    path("quick-add/undo", views.quick_add_undo, name="quick-add-undo"),
]
