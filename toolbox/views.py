"""`/mcp`: where programs with a language model ask for tools, with the token or key of a person."""

from typing import ClassVar
from urllib.parse import urlsplit

from django.http import HttpResponse, HttpResponseBase, JsonResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from accounts.api import WaitingView
from accounts.permissions import Permission
from common.errors import RefusedError
from tenants.features import require_feature
from tenants.plan_models import Feature


class McpView(WaitingView):
    """One message of the protocol; streams and sessions are not needed, and not opened."""

    # Each tool asks for the grant of the operation behind it.
    grants: ClassVar[dict[str, Permission | None]] = {"post": None}
    # The message has a number of its own, and tools are not asked again under a key.
    shows_secrets = frozenset({"post"})

    @extend_schema(exclude=True)
    def post(self, request: Request) -> HttpResponseBase:
        """Answer the message in the place of the person of the token."""
        # The protocol's types take 9 MB, which a worker pays that is asked.
        from toolbox.protocol import answer  # noqa: PLC0415

        require_feature(Feature.MCP)
        self._require_own_site(request)
        plain = request._request  # noqa: SLF001  its bytes are no form and no JSON of the API
        status, body = answer(plain.body, request.headers.get("MCP-Protocol-Version"), plain)
        if body is None:
            return HttpResponse(status=status)
        return JsonResponse(body, status=status)

    def _require_own_site(self, request: Request) -> None:
        """Refuse what a page of another site sends: a browser that was lured here says so."""
        origin = request.headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc != request.get_host():
            raise RefusedError("Pages of other sites may not ask here.", code="foreign_origin")
