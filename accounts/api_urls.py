"""`/api/v1/auth` and `/api/v1/admin`."""

from typing import Any

from django.urls import path

from accounts import (
    api,
    api_key_api,
    audit_api,
    export_api,
    import_api,
    invitation_api,
    mfa_api,
    provider_api,
    recovery_api,
    security_api,
    session_api,
    staff_api,
    tenant_api,
)

many: dict[str, Any] = {"get": "list", "post": "create"}
one: dict[str, Any] = {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}

SESSIONS = session_api.SessionViewSet
PROVIDERS = provider_api.ProviderViewSet
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
    path("auth/api-keys", api_key_api.ApiKeyViewSet.as_view(many), name="api-keys"),
    path("auth/api-keys/<uuid:pk>", api_key_api.ApiKeyViewSet.as_view(one), name="api-key"),
    path("auth/sessions", SESSIONS.as_view({"get": "list"}), name="sessions"),
    path("auth/sessions/<uuid:pk>", SESSIONS.as_view({"delete": "destroy"}), name="session"),
    path("auth/sessions/end-others", SESSIONS.as_view({"post": "end_others"}), name="sessions-end"),
    path("auth/devices", session_api.DeviceViewSet.as_view({"get": "list"}), name="devices"),
    path(
        "auth/devices/<uuid:pk>",
        session_api.DeviceViewSet.as_view({"delete": "destroy"}),
        name="device",
    ),
    path("auth/login/mfa", mfa_api.MfaLoginView.as_view(), name="login-mfa"),
    path("auth/step-up", mfa_api.StepUpView.as_view(), name="step-up"),
    path("auth/mfa/totp", mfa_api.TotpView.as_view(), name="totp"),
    path("auth/mfa/totp/confirm", mfa_api.TotpConfirmView.as_view(), name="totp-confirm"),
    path(
        "auth/mfa/recovery-codes",
        mfa_api.AuthenticatorViewSet.as_view({"post": "recovery_codes"}),
        name="recovery-codes",
    ),
    path(
        "auth/mfa/authenticators",
        mfa_api.AuthenticatorViewSet.as_view({"get": "list"}),
        name="authenticators",
    ),
    path(
        "auth/mfa/authenticators/<uuid:pk>",
        mfa_api.AuthenticatorViewSet.as_view({"delete": "destroy"}),
        name="authenticator",
    ),
    path(
        "admin/users/<uuid:pk>/mfa",
        mfa_api.UserFactorsViewSet.as_view({"delete": "destroy"}),
        name="user-mfa",
    ),
    path(
        "admin/users/<uuid:pk>/sessions",
        mfa_api.UserFactorsViewSet.as_view({"delete": "end_sessions"}),
        name="user-sessions",
    ),
    path("admin/identity-providers", PROVIDERS.as_view(many), name="identity-providers"),
    path("admin/identity-providers/<uuid:pk>", PROVIDERS.as_view(one), name="identity-provider"),
    path("admin/security", security_api.SecurityView.as_view(), name="security-rules"),
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
    path("admin/tenant", tenant_api.TenantView.as_view(), name="tenant"),
    path("admin/tenant/export", export_api.TenantExportView.as_view(), name="tenant-export"),
    path("admin/audit-logs", api.AuditLogViewSet.as_view({"get": "list"}), name="audit-logs"),
    path("admin/audit-logs/verify", audit_api.AuditVerifyView.as_view(), name="audit-verify"),
    path("admin/users", staff_api.UserViewSet.as_view(many), name="users"),
    path("admin/users/import", import_api.ImportView.as_view(), name="users-import"),
    path(
        "admin/service-accounts",
        staff_api.UserViewSet.as_view({"post": "create_service"}),
        name="service-accounts",
    ),
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
