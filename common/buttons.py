"""What may be done with one row, as buttons at its own page: the list's actions under short names.

A button posts to the list as if its row had been selected there, so that it asks for a yes, and
does what the action does under the same rights.
"""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse


def buttons_of(table: Any, request: HttpRequest, row: Any) -> Sequence[tuple[str, str]]:
    """Return the actions that the person may take here, with what they are called at an object."""
    allowed = table.get_actions(request) if table.buttons else ()
    return [
        (name, label)
        for name, label in table.buttons.items()
        if name in allowed and table.fits(name, row)
    ]


def back_to_object(
    table: Any, request: HttpRequest, answer: HttpResponse | None
) -> HttpResponse | None:
    """Lead back to the object whose button it was, where it is still there."""
    keys = request.POST.getlist("_selected_action")
    done = isinstance(answer, HttpResponseRedirect)
    if not done or request.POST.get("at") != "object" or len(keys) != 1:
        return answer
    if table.get_object(request, keys[0]) is None:
        return answer
    name = f"admin:{table.opts.app_label}_{table.opts.model_name}_change"
    return HttpResponseRedirect(reverse(name, args=keys, current_app=table.admin_site.name))
