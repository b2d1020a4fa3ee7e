"""Middleware that only pages need: the API has no cookies, forms, messages or fragments of HTML."""

from typing import Any

from django.contrib.auth.middleware import AuthenticationMiddleware, get_user
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.middleware.common import CommonMiddleware
from django.middleware.gzip import GZipMiddleware
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.functional import SimpleLazyObject
from django_htmx.middleware import HtmxMiddleware
from whitenoise.middleware import WhiteNoiseMiddleware  # type: ignore[import-untyped]

from accounts.middleware import API, PersonMiddleware
from accounts.models import User
from common.languages import language_like
from common.refusals import JSON_PATHS

# What speaks English to everybody: answers to programs, and the consoles.
ENGLISH = (*JSON_PATHS, "/admin/")
# What a page is made of and grows small.
TEXTS = ("text/html", "text/css", "text/javascript", "image/svg+xml")
pack = GZipMiddleware(lambda _request: HttpResponse()).process_response


class PagesOnly:
    """Steps aside for the API."""

    get_response: Any

    def __call__(self, request: HttpRequest) -> Any:
        """Pass requests to the API on."""
        pages: Any = super()
        answer = self.get_response if request.path_info.startswith(API) else pages.__call__
        return answer(request)


class InLanguage:
    """Speaks as the browser asks, until `Authentication` knows the person."""

    def __call__(self, request: HttpRequest) -> Any:
        """Answer in a language; whatever happens, the thread is left as it was."""
        following: Any = super()
        if request.path_info.startswith(ENGLISH):
            return following.__call__(request)
        with translation.override(translation.get_language_from_request(request)):
            request.office_speaks = True  # type: ignore[attr-defined]
            response = following.__call__(request)
            request.office_speaks = False  # type: ignore[attr-defined]
            if response.get("Content-Type", "").startswith("text/html"):
                response.headers.setdefault("Content-Language", translation.get_language())
                patch_vary_headers(response, ("Accept-Language",))
            return response


class InFewBytes:
    """Sends text as gzip to those who take it, unless a file was packed before.

    Django adds some bytes by chance and masks the token of each form anew, so that the length of a
    page tells nothing of what stands in it (BREACH).
    """

    def __call__(self, request: HttpRequest) -> Any:
        """Leave what is no text alone."""
        following: Any = super()
        response = following.__call__(request)
        is_text = response.get("Content-Type", "").startswith(TEXTS)
        return pack(request, response) if is_text else response


# whitenoise calls it its own way
class Files(PagesOnly, InFewBytes, InLanguage, WhiteNoiseMiddleware):  # type: ignore[misc]
    """Styles, scripts and pictures; for all that is none of them, the language and the packing.

    One layer for all: each one costs the API a call.
    """


class Sessions(PagesOnly, SessionMiddleware):
    """Who is signed in, by cookie."""

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        """Keep the session, where something may be written."""
        office = getattr(request, "tenant", None)
        if office is not None and office.moving_to:
            return response
        return super().process_response(request, response)


class Common(PagesOnly, CommonMiddleware):
    """Lengths of answers, and small repairs of addresses."""


class Authentication(PagesOnly, AuthenticationMiddleware):
    """The person of the session, whose language is spoken as soon as somebody asks who it is."""

    def process_request(self, request: HttpRequest) -> None:
        """Leave the looking up to whoever asks first: it takes a query."""
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: _greeted(request))  # type: ignore[assignment]


def _greeted(request: HttpRequest) -> Any:
    user = get_user(request)
    language = language_like(user.locale) if isinstance(user, User) else ""
    if language and getattr(request, "office_speaks", False):
        translation.activate(language)
    return user


class Person(PagesOnly, PersonMiddleware):
    """The author of what a page writes."""


class Messages(PagesOnly, MessageMiddleware):
    """What a page says after a redirect."""


class Htmx(PagesOnly, HtmxMiddleware):
    """Whether a fragment is wanted or a whole page."""
