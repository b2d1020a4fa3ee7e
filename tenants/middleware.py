"""Each view runs in one transaction, in the database where the request's tenant lives."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from common.errors import AppError
from common.refusals import refuse
from tenants.context import Shared, home_alias

GetResponse = Callable[[HttpRequest], HttpResponse]
View = Callable[..., HttpResponse]
SAFE = frozenset({"GET", "HEAD"})


class TransactionMiddleware:
    """Stands in place of ATOMIC_REQUESTS, which opens a transaction in every database there is."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Answer from inside the transaction; what a view refused or broke is rolled back."""
        if hasattr(view, "_non_atomic_requests") or _reads_alone(request, view):
            return None
        alias = home_alias()
        try:
            with _transaction(alias, view):
                response = view(request, *args, **kwargs)
                if getattr(response, "exception", False):  # an error that DRF has put into words
                    transaction.set_rollback(True, using=alias)
                return response
        except AppError as error:
            return refuse(request, error)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Put the refusal of a view with transactions of its own into words."""
        return refuse(request, exception) if isinstance(exception, AppError) else None


def _transaction(alias: str, view: View) -> transaction.Atomic:
    """Return the request's transaction; a page may catch what fails inside, the API never does."""
    kind = Shared if hasattr(view, "cls") else transaction.Atomic
    return kind(using=alias, savepoint=True, durable=False)


def _reads_alone(request: HttpRequest, view: View) -> bool:
    """Tell whether the view needs no transaction: it asks by `Read`s, one statement for each."""
    return request.method in SAFE and getattr(getattr(view, "cls", None), "reads_alone", False)
