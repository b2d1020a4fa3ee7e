"""What will go away is told beforehand, in headers that programs read (RFC 9745, RFC 8594)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.utils.http import http_date
from rest_framework.request import Request
from rest_framework.response import Response


@dataclass(frozen=True, slots=True)
class Aging:
    """Since when something should not be called any more, until when it is there, what to read."""

    since: datetime
    until: datetime | None = None
    link: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """Return what every answer says."""
        found = {"Deprecation": f"@{int(self.since.timestamp())}"}
        if self.until:
            found["Sunset"] = http_date(self.until.timestamp())
        if self.link:
            found["Link"] = f'<{self.link}>; rel="deprecation"; type="text/html"'
        return found


class Ages:
    """For a view: which of its actions are on their way out; refusals say so as well."""

    # By action, or by method in small letters where a view has no actions.
    aging: ClassVar[Mapping[str, Aging]] = {}

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        """Add the headers."""
        answer: Response = super().finalize_response(request, response, *args, **kwargs)  # type: ignore[misc]  # of the view beside it
        if self.aging and (found := aging_of(self, request.method or "")):
            for name, value in found.headers.items():
                answer[name] = value
        return answer


def aging_of(view: Any, method: str) -> Aging | None:
    """Return what is said of the action that a view takes."""
    action = getattr(view, "action", None) or method.lower()
    found: Aging | None = getattr(view, "aging", {}).get(action)
    return found
