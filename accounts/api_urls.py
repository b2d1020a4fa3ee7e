"""`/api/v1/auth` and `/api/v1/admin`."""

from typing import Any

from django.urls import path

from accounts import api, export_api, invitation_api, recovery_api, staff_api

many: dict[str, Any] = {"get": "list", "post": "create"}
one: dict[str, Any] = {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}

INVITATIONS = invitation_api.InvitationViewSet

urlpatterns = [
    path("auth/register", api.RegisterView.as_view(), name="register"),
    path("auth/login", api.LoginView.as_view(), name="login"),
    path("auth/refresh", api.RefreshView.as_view(), name="refresh"),
    path("auth/logout", api.LogoutView.as_view(), name="logout"),
    path("auth/me", api.MeView.as_view(), name="me"),
    path("auth/password/change", api.PasswordChangeView.as_view(), name="password-change"),
    path("auth/password/reset", recovery_api.PasswordResetView.as_view(), name="password-reset"),
    path(
        "auth/password/reset/confirm",
        recovery_api.PasswordResetConfirmView.as_view(),
        name="password-reset-confirm",
    ),
    path("auth/email/change", recovery_api.EmailChangeView.as_view(), name="email-change"),
    path(
        "auth/email/change/confirm",
        recovery_api.EmailChangeConfirmView.as_view(),
        name="email-change-confirm",
    ),
    path(
        "auth/invitations/accept",
        invitation_api.AcceptInvitationView.as_view(),
        name="invitation-accept",
    ),
    path("admin/tenant/export", export_api.TenantExportView.as_view(), name="tenant-export"),
    path("admin/audit-logs", api.AuditLogViewSet.as_view({"get": "list"}), name="audit-logs"),
    path("admin/users", staff_api.UserViewSet.as_view(many), name="users"),
    path("admin/users/<uuid:pk>", staff_api.UserViewSet.as_view(one), name="user"),
    path("admin/invitations", INVITATIONS.as_view(many), name="invitations"),
    path("admin/invitations/<uuid:pk>", INVITATIONS.as_view(one), name="invitation"),
    path(
        "admin/invitations/<uuid:pk>/resend",
        INVITATIONS.as_view({"post": "resend"}),
        name="invitation-resend",
    ),
    path("admin/roles", staff_api.RoleViewSet.as_view(many), name="roles"),
    path("admin/roles/<uuid:pk>", staff_api.RoleViewSet.as_view(one), name="role"),
    path("admin/teams", staff_api.TeamViewSet.as_view(many), name="teams"),
    path("admin/teams/<uuid:pk>", staff_api.TeamViewSet.as_view(one), name="team"),
]
