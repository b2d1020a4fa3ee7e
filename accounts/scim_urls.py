"""`/scim/v2`."""

from django.urls import path

from accounts import scim_api

urlpatterns = [
    path("ServiceProviderConfig", scim_api.ConfigView.as_view(), name="scim-config"),
    path("Users", scim_api.UsersView.as_view(), name="scim-users"),
    path("Users/<uuid:pk>", scim_api.UserView.as_view(), name="scim-user"),
    path("Groups", scim_api.GroupsView.as_view(), name="scim-groups"),
    path("Groups/<uuid:pk>", scim_api.GroupView.as_view(), name="scim-group"),
]
