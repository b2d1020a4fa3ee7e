"""Tables whose new rows come with a text that is shown once, as a secret, and never again."""

from collections.abc import Sequence
from typing import Any, TypeVar

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from common.consoles import OfficeAdmin

M = TypeVar("M", bound=Model)
NO_MORE = {"show_save_and_add_another": False, "show_save_and_continue": False}


class ShownOnce(OfficeAdmin[M]):
    """A table whose `save_model` notes on a new row, as `shown_once`, what its maker copies.

    It stands in the answer to that one request: neither the session nor a list keeps it.
    """

    # What it is for, said beside it.
    once_words = ""

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        """Leave the other ways to save out: they would lead past the text."""
        more = {**context, **(NO_MORE if kwargs.get("add") else {})}
        return super().render_change_form(request, more, *args, **kwargs)

    def response_add(
        self, request: HttpRequest, obj: M, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Show the text of the new row."""
        return self.show_once(request, [(str(obj), str(getattr(obj, "shown_once")))])  # noqa: B009

    def show_once(self, request: HttpRequest, texts: Sequence[tuple[str, str]]) -> HttpResponse:
        """Show what each row's maker copies; the answer is kept nowhere."""
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"
        return self.show_page(
            request,
            "admin/once.html",
            title="Copy it now",
            texts=texts,
            words=self.once_words,
            place=reverse(name, current_app=self.admin_site.name),
        )
