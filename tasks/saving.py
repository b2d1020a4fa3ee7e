"""Everything that changes saved filters."""

from django.db import IntegrityError
from django.utils.translation import gettext as _

from accounts.models import User
from common.errors import ConflictError, InvalidError
from tasks.models import SavedFilter
from tenants.context import atomic

MOST = 50


@atomic()
def save_filter(*, name: str, query: str, is_shared: bool, by: User) -> SavedFilter:
    """Keep what a list was narrowed down to. Raises InvalidError or ConflictError."""
    saved = SavedFilter(owner=by, name=name, query=query, is_shared=is_shared)
    return keep_again(saved=saved, by=by)


@atomic()
def keep_again(*, saved: SavedFilter, by: User) -> SavedFilter:
    """Keep a filter that was forgotten. Raises as `save_filter`."""
    if SavedFilter.objects.filter(owner=by).count() >= MOST:
        raise InvalidError(
            _("You keep {most} filters already.").format(most=MOST), code="too_many", attr="name"
        )
    try:
        with atomic():
            saved.save(force_insert=True)
    except IntegrityError as error:
        sentence = _("You keep a filter of this name already.")
        raise ConflictError(sentence, code="unique", attr="name") from error
    return saved


@atomic()
def forget_filter(*, saved: SavedFilter, by: User) -> None:
    """Forget a filter; the tasks stay as they are."""
    saved.delete()
