"""Pages of other origins may ask the API, where CORS_ORIGINS names them; nobody may without it.

Only by token: cookies are never allowed, so that no page can use somebody's sign-in here.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

GetResponse = Callable[[HttpRequest], HttpResponse]
METHODS = "GET, POST, PUT, PATCH, DELETE"
SENT = "Authorization, Content-Type, Idempotency-Key, If-Match, X-Request-ID"
SHOWN = (
    "ETag, Idempotent-Replayed, Retry-After, X-Request-ID, X-RateLimit-Limit,"
    " X-RateLimit-Remaining, X-RateLimit-Reset, Deprecation, Sunset, Link, Content-Disposition"
)
# How long browsers keep what a preflight was told; Chromium's most.
KEPT_SECONDS = "7200"


class CorsMiddleware:
    """Answers preflights, and marks the answers that a page of a named origin may read."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Leave alone whatever is not the API's."""
        if not settings.CORS_ORIGINS or not request.path_info.startswith("/api/"):
            return self.get_response(request)
        origin = request.META.get("HTTP_ORIGIN", "")
        is_named = origin in settings.CORS_ORIGINS
        is_asked = request.method == "OPTIONS"
        if is_named and is_asked and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in request.META:
            response = HttpResponse(status=204)
            response["Access-Control-Allow-Methods"] = METHODS
            response["Access-Control-Allow-Headers"] = SENT
            response["Access-Control-Max-Age"] = KEPT_SECONDS
        else:
            response = self.get_response(request)
        # A cache must not give one origin's answer to another.
        patch_vary_headers(response, ["Origin"])
        if is_named:
            response["Access-Control-Allow-Origin"] = origin
            response["Access-Control-Expose-Headers"] = SHOWN
        return response
