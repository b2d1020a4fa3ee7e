"""What every host serves: the API, its description, and the questions of operators."""

from django.urls import include, path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from accounts.api import jwks
from common.health import health, live
from tenants.metrics import metrics


class Docs(SpectacularSwaggerSplitView):
    """The page that shows the description; it is only looked at."""

    # DRF's answer to OPTIONS is data, for which a page has no template.
    http_method_names = ("get", "head")


urlpatterns = [
    path("api/v1/", include("accounts.api_urls")),
    path("api/v1/", include("connections.api_urls")),
    path("api/v1/", include("messaging.api_urls")),
    path("api/v1/", include("tasks.api_urls")),
    path("api/v1/", include("calendar_app.api_urls")),
    path("api/v1/", include("assistant.api_urls")),
    path("api/v1/", include("documents.api_urls")),
    path("api/v1/", include("notes.api_urls")),
    path("api/v1/", include("inbound.api_urls")),
    path("api/v1/", include("webhooks.api_urls")),
    path("scim/v2/", include("accounts.scim_urls")),
    path("api/schema", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs", Docs.as_view(url_name="schema"), name="docs"),
    path(".well-known/jwks.json", jwks, name="jwks"),
    path("favicon.ico", RedirectView.as_view(url="/static/img/mark.svg"), name="favicon"),
    path("metrics", metrics, name="metrics"),
    path("health", health, name="health"),
    path("health/live", live, name="health-live"),
    path("health/ready", health, name="health-ready"),
]
