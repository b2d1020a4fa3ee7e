"""What the assistant writes and takes back; each app registers the kinds of things it has."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import QuerySet
from django_stubs_ext import StrOrPromise

from accounts.models import User
from accounts.permissions import Permission

# A thing and what hangs on it at a moment, as plain values that can be kept and compared.
State = dict[str, Any]


class Change(NamedTuple):
    """What is to become of a thing: the name of it, and what it needs as plain values.

    The name of one that makes a thing begins with "create_", as the intent does.
    """

    type: str
    values: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Changing:
    """The dealings with what a sentence does to a thing, or makes only after a yes.

    `thing` is locked, and None where it is to be made.
    """

    # Raise RefusedError where this person may not do it; asked again at the yes.
    check: Callable[[Change, Any, User], None]
    # Tell whether it touches others' work, and so waits for a yes.
    waits: Callable[[Change, Any, User], bool]
    # Do it by a service, and return the thing's id.
    do: Callable[[Change, Any, User], UUID]
    # What taking it back asks for.
    update: Permission
    # Put back what differs between the state before and the one that it was left in.
    put_back: Callable[[Any, State, State, User], None]
    # What must be as it was left, besides what the undo would overwrite.
    watched: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """The dealings with one kind of thing, called inside the tenant's transaction."""

    # What several are called: "tasks".
    plural: StrOrPromise
    # What taking back what was made asks for.
    create: Permission
    # Return those in the person's sight, or all.
    rows: Callable[[User | None], QuerySet[Any]]
    # Read the thing with what hangs on it; None where it is not there.
    state: Callable[[UUID], State | None]
    delete: Callable[[Any, User], None]
    # Read all of it before it is deleted, and make it again; None where that cannot be.
    whole: Callable[[UUID], State | None] | None = None
    bring_back: Callable[[State, User], None] | None = None
    # None where sentences only make such things.
    changing: Changing | None = None


_kinds: dict[str, Kind] = {}


def register_kind(name: str, kind: Kind) -> None:
    """Announce a kind of thing; called once, when the apps load."""
    _kinds[name] = kind


def kind_of(name: str) -> Kind:
    """Return the dealings with a kind. Raises KeyError for one that nobody registered."""
    return _kinds[name]
