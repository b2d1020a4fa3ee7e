"""What every page may use of tasks."""

from django.http import HttpRequest

from tasks.forms import QuickAddForm


def quick_add(request: HttpRequest) -> dict[str, QuickAddForm]:
    """Give each page its quick-add field."""
    return {"quick": QuickAddForm()}
