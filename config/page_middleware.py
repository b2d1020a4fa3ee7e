"""Middleware that only pages need: the API has no cookies, forms, messages or fragments of HTML."""

from typing import Any

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest
from django.middleware.common import CommonMiddleware
from django_htmx.middleware import HtmxMiddleware
from whitenoise.middleware import WhiteNoiseMiddleware  # type: ignore[import-untyped]

from accounts.middleware import API, PersonMiddleware


class PagesOnly:
    """Steps aside for the API."""

    get_response: Any

    def __call__(self, request: HttpRequest) -> Any:
        """Pass requests to the API on."""
        pages: Any = super()
        answer = self.get_response if request.path_info.startswith(API) else pages.__call__
        return answer(request)


class Files(PagesOnly, WhiteNoiseMiddleware):  # type: ignore[misc]  # whitenoise calls it its own way
    """Styles, scripts and pictures."""


class Sessions(PagesOnly, SessionMiddleware):
    """Who is signed in, by cookie."""


class Common(PagesOnly, CommonMiddleware):
    """Lengths of answers, and small repairs of addresses."""


class Authentication(PagesOnly, AuthenticationMiddleware):
    """The person of the session."""


class Person(PagesOnly, PersonMiddleware):
    """The author of what a page writes."""


class Messages(PagesOnly, MessageMiddleware):
    """What a page says after a redirect."""


class Htmx(PagesOnly, HtmxMiddleware):
    """Whether a fragment is wanted or a whole page."""
