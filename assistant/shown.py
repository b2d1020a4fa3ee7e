"""What its writer made of a reading by hand: parts that were not meant, and parts chosen otherwise.

Parts have the names of their icons: person, clock, bell, repeat, flag and label.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from assistant.interpreter import AssigneeStatus, Candidate, Draft
from common.errors import UnprocessableError
from tasks.forms import ONE_LABEL
from tasks.services import HORIZON, TOLERANCE


@dataclass(frozen=True, slots=True)
class Shown:
    """The parts that were left out, and those that were chosen: an instant, minutes or a rule."""

    without: frozenset[str] = frozenset()
    picked: Mapping[str, Any] = field(default_factory=dict)

    @property
    def reminds(self) -> bool:
        """Whether a reminder was meant."""
        return "bell" not in self.without and self.picked.get("bell", 0) is not None


def as_shown(draft: Draft, shown: Shown, *, by: User) -> Draft:
    """Return the draft as it was shown. Raises UnprocessableError for a person who is not there."""
    return leave_out(pick(draft, shown.picked, by=by), shown.without)


def pick(draft: Draft, picked: Mapping[str, Any], *, by: User) -> Draft:
    """Return the draft with what was chosen. Raises as `as_shown`."""
    changes: dict[str, Any] = {}
    if "person" in picked:
        changes |= _who(picked["person"], by)
    if "clock" in picked:
        changes |= {"due": picked["clock"], "warnings": ()}
        changes |= {} if picked["clock"] else {"recurrence": None}
    if "bell" in picked:
        changes |= {"reminder_offset": timedelta(minutes=picked["bell"] or 0)}
    if "repeat" in picked:
        changes |= {"recurrence": picked["repeat"] or None}
    if "flag" in picked:
        changes |= {"priority": picked["flag"]}
    if "label" in picked:
        changes |= {"labels": tuple(picked["label"])}
    return replace(draft, **changes)


def leave_out(draft: Draft, parts: Collection[str]) -> Draft:
    """Return the draft without what its writer did not mean."""
    changes: dict[str, Any] = {}
    if "clock" in parts:
        changes |= {"due": None, "reminder_offset": None, "recurrence": None, "warnings": ()}
    if "repeat" in parts:
        changes |= {"recurrence": None}
    if "flag" in parts:
        changes |= {"priority": "medium"}
    if "person" in parts:
        changes |= _who(None, None)
    kept = (each for each in draft.labels if f"{ONE_LABEL}{each}" not in parts)
    return replace(draft, labels=() if "label" in parts else tuple(kept), **changes)


def check_times(draft: Draft) -> None:
    """Raise UnprocessableError where no task can be due then, as storing it would."""
    if draft.recurrence and draft.due is None:
        sentence = _("A recurring task needs a due date.")
        raise UnprocessableError(sentence, code="required", attr="text")
    if draft.due is None:
        return
    ahead = draft.due - timezone.now()
    if ahead < -TOLERANCE:
        raise UnprocessableError(_("This time is past."), code="in_the_past", attr="text")
    if ahead > HORIZON:
        sentence = _("This time is too far ahead.")
        raise UnprocessableError(sentence, code="too_far_ahead", attr="text")


def _who(user_id: UUID | None, by: User | None) -> dict[str, Any]:
    """Return what a draft says of the person to do it; of nobody, the speaker does."""
    if by is None or user_id is None or user_id == by.pk:
        found, status = None, AssigneeStatus.SELF if user_id else AssigneeStatus.NONE
    else:
        user = User.objects.visible_to(by).active().filter(pk=user_id).first()
        if user is None:
            sentence = _("There is nobody with this id.")
            raise UnprocessableError(sentence, code="assignee_not_found", attr="text")
        found, status = Candidate(user.pk, user.full_name, None, None, 1.0), AssigneeStatus.FOUND
    return {"assignee": found, "assignee_status": status, "assignee_candidates": ()}
