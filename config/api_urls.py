"""What every host serves: the API, its description, and the questions of operators."""

from django.urls import include, path
from django.views.generic import RedirectView

from accounts import api_urls as accounts
from accounts.api import jwks
from assistant import api_urls as assistant
from calendar_app import api_urls as calendar_app
from common.health import health, live
from config.description import Description, Docs
from connections import api_urls as connections
from documents import api_urls as documents
from inbound import api_urls as inbound
from messaging import api_urls as messaging
from notes import api_urls as notes
from tasks import api_urls as tasks
from tenants.metrics import metrics
from webhooks import api_urls as webhooks

APPS = (
    *(tasks, accounts, connections, messaging, calendar_app),
    *(assistant, documents, notes, inbound, webhooks),
)
# In one list, what is asked most in front: a request tries them in turn.
V1 = [address for app in APPS for address in app.urlpatterns]


urlpatterns = [
    path("api/v1/", include(V1)),
    path("scim/v2/", include("accounts.scim_urls")),
    path("", include("toolbox.urls")),
    path("api/schema", Description.as_view(), name="schema"),
    path("api/docs", Docs.as_view(url_name="schema"), name="docs"),
    path(".well-known/jwks.json", jwks, name="jwks"),
    path("favicon.ico", RedirectView.as_view(url="/static/img/mark.svg"), name="favicon"),
    path("metrics", metrics, name="metrics"),
    path("health", health, name="health"),
    path("health/live", live, name="health-live"),
    path("health/ready", health, name="health-ready"),
]
