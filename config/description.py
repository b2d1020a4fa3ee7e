"""The description of the API, which each process makes once in each notation: it takes a second."""

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request


@cache
def described_by(renderer: Any) -> bytes:
    """Return the description as a renderer of this class writes it."""
    with translation.override(settings.LANGUAGE_CODE):
        generator: Any = SchemaGenerator  # without types of its own
        found = generator().get_schema(request=None, public=True)
        written = renderer().render(found, renderer_context={})
    return written.encode() if isinstance(written, str) else bytes(written)


class Description(SpectacularAPIView):
    """Serves the description as OpenAPI."""

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer in the notation that is asked for."""
        renderer: Any = request.accepted_renderer
        notation: Any = type(renderer)
        kind = renderer.media_type
        kind += f"; charset={renderer.charset}" if renderer.charset else ""
        answer = HttpResponse(described_by(notation), content_type=kind)
        name = f"{settings.SPECTACULAR_SETTINGS['TITLE']}.{renderer.format}"
        answer["Content-Disposition"] = f'inline; filename="{name}"'
        return answer


class Docs(SpectacularSwaggerSplitView):
    """The page that shows the description; it is only looked at."""

    # DRF's answer to OPTIONS is data, for which a page has no template.
    http_method_names = ("get", "head")
