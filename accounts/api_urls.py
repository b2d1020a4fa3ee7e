"""`/api/v1/auth` and the audit trail."""

from django.urls import path

from accounts import api, export_api

urlpatterns = [
    path("auth/register", api.RegisterView.as_view(), name="register"),
    path("auth/login", api.LoginView.as_view(), name="login"),
    path("auth/refresh", api.RefreshView.as_view(), name="refresh"),
    path("auth/logout", api.LogoutView.as_view(), name="logout"),
    path("auth/me", api.MeView.as_view(), name="me"),
    path("auth/password/change", api.PasswordChangeView.as_view(), name="password-change"),
    path("admin/tenant/export", export_api.TenantExportView.as_view(), name="tenant-export"),
    path("admin/audit-logs", api.AuditLogViewSet.as_view({"get": "list"}), name="audit-logs"),
]
