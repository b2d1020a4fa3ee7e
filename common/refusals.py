"""One shape for every refusal: the contract's JSON for programs, a calm page for people."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from common.errors import AppError, ElsewhereError, InvalidError, MissingError, RefusedError

JSON_PATHS = (
    *("/api/", "/scim/", "/mcp", "/health", "/metrics"),
    *("/.well-known/", "/integrations/", "/regions/"),
)
SERVER_ERROR = 500


def wants_json(request: HttpRequest) -> bool:
    """Tell whether a program asks."""
    if request.path.startswith(JSON_PATHS):
        return True
    return "text/html" not in request.headers.get("Accept", "text/html")


def error_body(
    *, status: int, code: str, detail: str, attr: str | None = None, **extra: Any
) -> dict[str, Any]:
    """Return the error answer of the HTTP contract."""
    kind = "server_error" if status >= SERVER_ERROR else "client_error"
    if status in {400, 422} and attr:
        kind = "validation_error"
    return {"type": kind, "errors": [{"code": code, "detail": detail, "attr": attr}], **extra}


def refuse(request: HttpRequest, error: AppError) -> HttpResponse:
    """Answer with the error's code and sentence, in the shape the asker reads."""
    if wants_json(request):
        body = error_body(
            status=error.status,
            code=error.code,
            detail=error.sentence,
            attr=error.attr,
            **error.extra,
        )
        response: HttpResponse = JsonResponse(body, status=error.status)
        if error.status == 401:  # noqa: PLR2004  RFC 9110, section 15.5.2 asks for the header
            response["WWW-Authenticate"] = 'Bearer realm="office"'
        if "retry_after" in error.extra:
            response["Retry-After"] = str(error.extra["retry_after"])
        return response
    if isinstance(error, ElsewhereError) and request.method in {"GET", "HEAD"}:
        return HttpResponseRedirect(error.extra["home"] + request.get_full_path())
    template = "refusal_fragment.html" if request.headers.get("HX-Request") else "refusal.html"
    # Outside of the request's transaction nobody may be asked who it is: the page is a stranger's.
    return render(request, template, {"error": error, "user": None}, status=error.status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's `handler400`."""
    return refuse(request, InvalidError(_("The request is malformed."), code="bad_request"))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's `handler403`."""
    return refuse(request, RefusedError(_("You may not do this.")))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's `handler404`."""
    return refuse(request, MissingError(_("There is nothing here.")))


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's `handler500`: says nothing about the inside."""
    return refuse(request, BrokenError(_("Something went wrong on our side; it has been noted.")))


def csrf_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was open too long, or sent from another site."""
    sentence = _("This form is too old or came from another site; please open the page again.")
    return refuse(request, RefusedError(sentence, code="csrf_failed"))


class BrokenError(AppError):
    """Our own fault."""

    status = SERVER_ERROR
    code = "error"
