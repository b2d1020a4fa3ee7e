"""The site of a console: its pages, its rail, and pages finished inside their transaction."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.text import capfirst

from common.theme import ThemedSite

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True, slots=True)
class ConsolePage:
    """A page of a console that is not a table: where it stands, and the right that opens it."""

    section: str
    title: str
    name: str
    right: str
    show: Callable[[HttpRequest, dict[str, Any]], HttpResponseBase]


class OfficeConsole(ThemedSite):
    """An admin site whose pages are finished inside the transaction of their request."""

    def admin_view(self, view: View, cacheable: bool = False) -> Any:  # noqa: FBT001, FBT002
        """Let in whom `has_permission` lets in."""
        return super().admin_view(finished(view), cacheable)

    # Headings of the rail, in this order; each table says under which it stands.
    sections: tuple[str, ...] = ()

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.pages: list[ConsolePage] = []
        # What the first page tells, by functions of apps above.
        self.facts: list[Callable[[HttpRequest], dict[str, Any]]] = []

    def add_page(self, page: "ConsolePage") -> None:
        """Announce a page that is not a table; called once, before the addresses are read."""
        self.pages.append(page)

    def get_urls(self) -> list[Any]:
        """Leave out the way from a row to its page: no row has one, and a bad id breaks it.

        The theme's search goes too: it keeps what it found where another office could look.
        """
        left_out = {"view_on_site", "search"}
        kept = [url for url in super().get_urls() if getattr(url, "name", "") not in left_out]
        own = [
            path(f"{page.name}/", self.admin_view(self._shown(page)), name=page.name)
            for page in self.pages
        ]
        return [*own, *kept]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Put the console's own name on each page, where the theme would put one of settings."""
        context: dict[str, Any] = {**super().each_context(request)}
        return {**context, "site_title": self.site_title, "site_header": self.site_header}

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """Show the first page."""
        context: dict[str, Any] = {}
        for tell in self.facts:
            context |= tell(request)
        return super().index(request, {**context, **(extra_context or {})})

    def _shown(self, page: "ConsolePage") -> View:
        def show(request: HttpRequest) -> HttpResponseBase:
            if not request.user.has_perm(page.right):
                raise PermissionDenied
            request.current_app = self.name
            return page.show(request, self.each_context(request))

        return show

    def get_sidebar_list(self, request: HttpRequest) -> list[dict[str, Any]]:
        """Return the rail: what this person may open, under headings of an office's own words."""
        rail: dict[str, list[dict[str, Any]]] = {name: [] for name in self.sections}
        for page in self.pages:
            if request.user.has_perm(page.right):
                place = reverse(f"admin:{page.name}", current_app=self.name)
                rail[page.section].append(self._line(request, page.title, place))
        for app in self.get_app_list(request):
            for model in app["models"]:
                table = self._registry[model["model"]]
                title = getattr(table, "menu", "") or capfirst(model["name"])
                section = getattr(table, "section", "")
                rail[section if section in rail else self.sections[-1]].append(
                    self._line(request, title, model["admin_url"])
                )
        return [
            {"title": name, "items": sorted(lines, key=lambda line: str(line["title"]))}
            for name, lines in rail.items()
            if lines
        ]

    def _line(self, request: HttpRequest, title: str, link: str) -> dict[str, Any]:
        here = request.path.startswith(link)
        return {"title": title, "link": link, "active": here, "has_permission": True}

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the sign-in form, the only page that strangers see."""
        answer: HttpResponse = finished(super().login)(request, extra_context)
        return answer


def finished(view: View) -> Any:
    """Return the view with its template rendered before it returns, on the person's clock.

    Django renders a TemplateResponse after the transaction, where a tenant's tables are closed.
    """

    @wraps(view)
    def finish(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with timezone.override(getattr(request.user, "timezone", "UTC")):
            response = view(request, *args, **kwargs)
            return response.render() if isinstance(response, TemplateResponse) else response

    return finish
