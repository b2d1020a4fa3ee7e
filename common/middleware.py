"""What every request passes: its id and origin, and safe headers."""

import re
from collections.abc import Callable
from time import perf_counter
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.utils import timezone

from common.metrics import count_request
from common.network import client_address
from common.origin import Origin, origin_of_writes

GetResponse = Callable[[HttpRequest], HttpResponse]
SANE_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,128}\Z")
SOURCES = (("/api/", "api"), ("/scim/", "api"), ("/mcp", "mcp"), ("/admin/", "admin"))
CONTENT_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none';"
    " form-action 'self'; frame-ancestors 'none'"
)
# The consoles' theme evaluates what its own templates say (Alpine), and sets its colours in pages.
# Scripts still come from our own files alone: one that is written into a page does not run.
CONSOLE_POLICY = (
    f"{CONTENT_POLICY}; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'"
)


def live_url(request: HttpRequest) -> str:
    """Return where a page of an office hears of changes: at its own host, or nowhere."""
    if getattr(request, "host_tenant", None) is None:
        return ""
    if not settings.LIVE_URL.startswith(":"):
        return str(settings.LIVE_URL)
    host = split_domain_port(request.get_host())[0]
    return f"{request.scheme}://{host}{settings.LIVE_URL}/live"


def _live_part(request: HttpRequest) -> str:
    address = live_url(request)
    return f"; connect-src 'self' {address}" if "://" in address else ""


class RequestIdMiddleware:
    """Gives each request an id and the origin of its writes and logs, and counts it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Keep a sane `X-Request-ID`, make one otherwise; send it back either way."""
        request.received_at = timezone.now()  # type: ignore[attr-defined]
        start = perf_counter()
        # Django's `headers` would first make a dictionary of them all, for each request.
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        request_id = given if SANE_REQUEST_ID.match(given) else uuid4().hex
        origin = Origin(
            source=next((name for path, name in SOURCES if request.path.startswith(path)), "page"),
            request_id=request_id,
            ip=client_address(request),
            user_agent="".join(filter(str.isprintable, request.META.get("HTTP_USER_AGENT", ""))),
        )
        with origin_of_writes(origin):
            response = self.get_response(request)
        response["X-Request-ID"] = request_id
        seconds = perf_counter() - start
        count_request(request, response, source=origin.source, seconds=seconds)
        return response


class SecurityHeadersMiddleware:
    """Adds the content security policy: only our own scripts and styles, and none inline.

    The consoles have a wider one.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Leave a policy that the view set itself."""
        response = self.get_response(request)
        console = request.path.startswith("/admin/")
        policy = CONSOLE_POLICY if console else f"{CONTENT_POLICY}{_live_part(request)}"
        response.headers.setdefault("Content-Security-Policy", policy)
        if request.path.startswith(("/api/", "/scim/", "/mcp")):
            response.headers.setdefault("Cache-Control", "no-store")
        return response
