"""The front door on the shared host."""

from django.urls import path

from accounts import region_views, views

urlpatterns = [
    path("", views.front_door, name="front-door"),
    path("open-office", views.open_office, name="open-office"),
    path("office-opened", views.office_opened, name="office-opened"),
    path("go", views.go, name="go"),
    path("regions/find", region_views.find, name="find-home"),
]
