"""The pages of connected accounts."""

from django.urls import path

from connections import views

urlpatterns = [
    path("connections", views.accounts, name="accounts"),
    path("connections/finish", views.finish, name="connection-finish"),
]
