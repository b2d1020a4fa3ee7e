"""What makes sense of a policy: who owns it, when it is looked at again, who signs it."""

from collections.abc import Callable, Mapping
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Team, User
from accounts.permissions import Permission
from common.errors import InvalidError, RefusedError
from common.moments import to_utc, to_wall
from documents.models import Document, Visibility

# The hour on the owner's wall at which a review is due.
HOUR = time(9)


def review_instant(document: Document) -> datetime | None:
    """Return when the owner is to be reminded of the review; None where there is none."""
    if document.review_on is None:
        return None
    zone = ZoneInfo(document.owner.timezone)
    return to_utc(datetime.combine(document.review_on, HOUR), zone)


def require_sense(document: Document, changes: Mapping[str, Any], by: User) -> None:
    """Raise InvalidError naming the field, or RefusedError, unless what has changed makes sense."""
    for name in changes:
        if name in _CHECKS:
            _CHECKS[name](document, by)
    asked = document.sign_by_all or document.sign_team_ids or document.sign_person_ids
    if asked and document.visibility != Visibility.OFFICE:
        raise InvalidError(
            _("Only what the whole office may read can be signed."),
            code="private_document",
            attr="visibility",
        )


def _require_owner(document: Document, by: User) -> None:
    """Giving a document to somebody else is giving work."""
    owner = User.objects.active().filter(pk=document.owner_id).first()
    if owner is None:
        raise _unknown(_("There is no such active person."), "unknown_user", "owner_id")
    if owner.pk != by.pk and not by.may(Permission.TASK_ASSIGN):
        raise RefusedError(_("You may not give documents to others."))
    document.owner = owner


def _require_day(document: Document, _by: User) -> None:
    today = to_wall(timezone.now(), ZoneInfo(document.owner.timezone)).date()
    if document.review_on is not None and document.review_on < today:
        raise _unknown(_("This day has passed."), "in_the_past", "review_on")


def _require_teams(document: Document, _by: User) -> None:
    if Team.objects.filter(pk__in=document.sign_team_ids).count() < len(document.sign_team_ids):
        raise _unknown(_("There is no such team."), "unknown_team", "sign_team_ids")


def _require_people(document: Document, _by: User) -> None:
    people = User.objects.active().filter(pk__in=document.sign_person_ids)
    if people.count() < len(document.sign_person_ids):
        raise _unknown(_("There is no such active person."), "unknown_user", "sign_person_ids")


def _unknown(sentence: str, code: str, attr: str) -> InvalidError:
    return InvalidError(sentence, code=code, attr=attr)


_CHECKS: Mapping[str, Callable[[Document, User], None]] = {
    "owner_id": _require_owner,
    "review_on": _require_day,
    "sign_team_ids": _require_teams,
    "sign_person_ids": _require_people,
}
