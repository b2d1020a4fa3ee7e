"""Search over everything: each app registers how its things are found by words and shown."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils.http import urlencode
from django_stubs_ext import StrOrPromise

from accounts.models import User
from accounts.permissions import Permission
from common.likeness import holding, holding_as_meant, words_of

MOST = 8
# Slips of the finger are looked for in so many of the newest alone, since no index helps there.
NEWEST = 5_000


@dataclass(frozen=True, slots=True)
class Found:
    """A thing that fits: what it is called, where it is, and what tells it from others."""

    title: str
    address: str
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finder:
    """How one kind of thing is found."""

    title: StrOrPromise
    icon: str
    # Who may look at all; everybody where there is none.
    grant: Permission | None
    # Return those that the person may read, with all that showing them needs.
    rows: Callable[[User], QuerySet[Any]]
    # The first one is what it is called.
    fields: tuple[str, ...]
    show: Callable[[list[Any], User], list[Found]]
    order: str = "-created_at"
    # What else makes a row fit than words in the fields.
    or_where: Callable[[str], Q] | None = None
    # The list of such things, which takes `search`.
    page: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of one kind, and where more of it is."""

    title: StrOrPromise
    icon: str
    found: list[Found] = field(default_factory=list)
    more: str = ""


_finders: list[Finder] = []


def register_finder(finder: Finder) -> None:
    """Announce a kind of thing; called once, when the apps load."""
    _finders.append(finder)


def find(text: str, *, by: User) -> list[Group]:
    """Return what fits, by kind; a query for each kind, and another where nothing fits as typed."""
    if not words_of(text):
        return []
    return [*_groups(text, by, _as_typed)] or [*_groups(text, by, _as_meant)]


def _groups(text: str, by: User, narrowed: Callable[..., QuerySet[Any]]) -> Iterator[Group]:
    for finder in _finders:
        if finder.grant is not None and not by.may(finder.grant):
            continue
        rows = list(narrowed(finder, finder.rows(by), text)[: MOST + 1])
        if rows:
            more = _more(finder, text) if len(rows) > MOST else ""
            yield Group(finder.title, finder.icon, finder.show(rows[:MOST], by), more)


def _as_typed(finder: Finder, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    fits = holding(text, *finder.fields)
    if finder.or_where is not None:
        fits |= finder.or_where(text)
    named = When(**{f"{finder.fields[0]}__icontains": text.strip()}, then=Value(0))
    place = Case(named, default=Value(1), output_field=IntegerField())
    return rows.filter(fits).order_by(place, finder.order, "pk")


def _as_meant(finder: Finder, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    newest = rows.order_by(finder.order).values("pk")[:NEWEST]
    fits = holding_as_meant(text, finder.fields[0])
    return rows.filter(pk__in=newest).filter(fits).order_by(finder.order, "pk")


def _more(finder: Finder, text: str) -> str:
    return f"{reverse(finder.page)}?{urlencode({'search': text})}" if finder.page else ""
