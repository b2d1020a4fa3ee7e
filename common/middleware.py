"""What every request passes: its id and origin, safe headers, and a refusal that reads well."""

import re
from collections.abc import Callable
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from common.errors import AppError
from common.network import client_address
from common.origin import Origin, origin_of_writes
from common.refusals import refuse

GetResponse = Callable[[HttpRequest], HttpResponse]
SANE_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,128}\Z")
SOURCES = (("/api/", "api"), ("/admin/", "admin"))
CONTENT_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none';"
    " form-action 'self'; frame-ancestors 'none'"
)


class RequestIdMiddleware:
    """Gives each request an id and opens the origin that its writes and logs are marked with."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Keep a sane `X-Request-ID`, make one otherwise; send it back either way."""
        request.received_at = timezone.now()  # type: ignore[attr-defined]
        given = request.headers.get("X-Request-ID", "")
        request_id = given if SANE_REQUEST_ID.match(given) else uuid4().hex
        origin = Origin(
            source=next((name for path, name in SOURCES if request.path.startswith(path)), "page"),
            request_id=request_id,
            ip=client_address(request),
            user_agent="".join(filter(str.isprintable, request.headers.get("User-Agent", ""))),
        )
        with origin_of_writes(origin):
            response = self.get_response(request)
        response["X-Request-ID"] = request_id
        return response


class SecurityHeadersMiddleware:
    """Adds the content security policy: only our own scripts and styles, and none inline."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Leave a policy that the view set itself."""
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
        if request.path.startswith("/api/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class RefusalPageMiddleware:
    """Shows an AppError of a page as a page, with the same sentence and status as the API."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer for a view that refused; its transaction is rolled back already."""
        return refuse(request, exception) if isinstance(exception, AppError) else None
