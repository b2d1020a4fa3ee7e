"""Which form an answer has: ours is JSON, which nearly everybody asks for in one of three ways."""

from collections.abc import Iterable
from typing import Any

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request

CONTENT = frozenset({"", "*/*", "application/json"})


class OfficeContentNegotiation(DefaultContentNegotiation):
    """Answers those at once, and thinks about the others as DRF does."""

    def select_renderer(
        self, request: Request, renderers: Iterable[Any], format_suffix: str | None = None
    ) -> tuple[Any, str]:
        """Return the renderer and its media type. Raises NotAcceptable."""
        first = next(iter(renderers))
        named = request.query_params.get(self.settings.URL_FORMAT_OVERRIDE or "")
        accepted = request.META.get("HTTP_ACCEPT", "")
        if not named and accepted in CONTENT and first.media_type in CONTENT:
            return first, first.media_type
        chosen: tuple[Any, str] = super().select_renderer(request, renderers, format_suffix)
        return chosen
