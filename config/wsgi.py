"""The web server's way in."""

import gc
import os
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.cache import close_caches
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import reset_queries
from django.http import HttpResponse
from django.urls import is_valid_path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

handler = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Answer a request; an answer that is whole is handed over in one piece.

    The server asks any other iterable for one piece after another, each on a way of its own
    between its threads.
    """
    answer = handler(environ, start_response)
    if not isinstance(answer, HttpResponse):
        return answer
    try:
        return [answer.content]
    finally:
        answer.close()


# After each request Django walks through all caches, before each through all connections. Our
# caches have nothing to close, and only while developing statements are noted down.
request_finished.disconnect(close_caches)
if not settings.DEBUG:
    request_started.disconnect(reset_queries)

# All addresses and what answers them are there before somebody's first request asks for them.
for addresses in (settings.ROOT_URLCONF, settings.PUBLIC_SCHEMA_URLCONF):
    is_valid_path("/", addresses)

# What the start has made stays for good: the collector need not walk through it again and again.
gc.collect()
gc.freeze()
