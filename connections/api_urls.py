"""`/api/v1/integrations`."""

from django.urls import path

from connections import api
from connections.models import ProviderName

CALLBACKS = {ProviderName.MICROSOFT: api.PostedCallbackView}
CONNECTING = {ProviderName.SLACK: api.OfficeConnectView}
DISCONNECTING = {ProviderName.SLACK: api.OfficeDisconnectView}

urlpatterns = [
    path("integrations", api.ConnectionViewSet.as_view({"get": "list"}), name="connections"),
    *(
        path(
            f"integrations/{name}/connect",
            CONNECTING.get(ProviderName(name), api.ConnectView).as_view(provider=name),
            name=f"{name}-connect",
        )
        for name in ProviderName.values
    ),
    *(
        path(
            f"integrations/{name}/callback",
            CALLBACKS.get(ProviderName(name), api.CallbackView).as_view(provider=name),
            name=f"{name}-callback",
        )
        for name in ProviderName.values
    ),
    *(
        path(
            f"integrations/{name}",
            DISCONNECTING.get(ProviderName(name), api.DisconnectView).as_view(provider=name),
            name=f"{name}-connection",
        )
        for name in ProviderName.values
    ),
]
