"""Addresses on a tenant's own host: the pages, the tenant console and the API."""

from django.urls import include, path
from django.views.generic import RedirectView

from config import welcome_views
from config.consoles import tenant_console

handler400 = "common.refusals.bad_request"
handler403 = "common.refusals.forbidden"
handler404 = "common.refusals.not_found"
handler500 = "common.refusals.server_error"

urlpatterns = [
    path("", include("config.api_urls")),
    path("", include("accounts.urls")),
    path("", include("connections.urls")),
    path("", include("messaging.urls")),
    path("", include("tasks.urls")),
    path("", include("calendar_app.urls")),
    path("", include("assistant.urls")),
    path("", include("documents.urls")),
    path("", include("notes.urls")),
    path("", include("inbound.urls")),
    path("welcome", welcome_views.welcome, name="welcome"),
    path("welcome/examples", welcome_views.examples, name="examples"),
    path("admin", RedirectView.as_view(url="/admin/")),
    path("admin/", tenant_console.urls),
]
