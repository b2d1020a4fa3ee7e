"""Two offices with real commits, a canary in each of the places, and means to break things.

The canaries are sessions: their table stands in `public` and in every tenant's schema, so that
whoever reads the wrong place gets rows and not an error.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from django.contrib.sessions.models import Session
from django.db import connection, connections
from django.utils import timezone

from config.env import database_of
from tenants.backend.base import DatabaseWrapper
from tenants.context import public_context, tenant_transaction
from tenants.models import Tenant

OURS, THEIRS, PUBLIC = "canary of ours", "canary of theirs", "canary of public"


@dataclass(frozen=True)
class Offices:
    """The one we work for and the one whose rows nobody may see."""

    ours: Tenant
    theirs: Tenant


@pytest.fixture
def offices(committed) -> Iterator[Offices]:
    """Each place has one session that says where it stands."""
    theirs = Tenant.objects.get(slug="acme")
    with tenant_transaction(committed):
        plant(OURS)
    with tenant_transaction(theirs):
        plant(THEIRS)
    plant(PUBLIC)
    yield Offices(committed, theirs)
    with tenant_transaction(theirs):
        Session.objects.filter(session_data=THEIRS).delete()
    with public_context():
        Session.objects.filter(session_data=PUBLIC).delete()


def plant(word: str) -> None:
    Session.objects.create(session_key=word, session_data=word, expire_date=timezone.now())


def seen() -> set[str]:
    """Read the canaries of the place in force, through the ORM; other tests leave sessions too."""
    canaries = Session.objects.filter(session_data__startswith="canary")
    return set(canaries.values_list("session_data", flat=True))


def seen_by(cursor: Any) -> set[str]:
    """The same through a raw cursor."""
    cursor.execute("SELECT session_data FROM django_session WHERE session_data ~ '^canary'")
    return {word for (word,) in cursor.fetchall()}


def session_path() -> str:
    """Return the path that stays on the connection between transactions."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW search_path")
        return cursor.fetchone()[0]


DEFAULT_PATH = '"$user", public'


@contextmanager
def own_connection(
    wrapper_class: type[Any] = DatabaseWrapper, **changes: Any
) -> Iterator[DatabaseWrapper]:
    """Work on another connection with other settings; `OPTIONS` are added to the usual ones."""
    usual = connections["default"]
    settings = deepcopy(usual.settings_dict)
    settings["OPTIONS"] |= changes.pop("OPTIONS", {})
    connections["default"] = wrapper = wrapper_class({**settings, **changes}, "default")
    try:
        yield wrapper
    finally:
        wrapper.close()
        wrapper.close_pool()
        connections["default"] = usual


def rival_as(login: dict[str, str]) -> psycopg.Connection[Any]:
    settings = connection.settings_dict
    return psycopg.connect(
        host=settings["HOST"],
        port=settings["PORT"],
        dbname=settings["NAME"],
        user=login["USER"],
        password=login["PASSWORD"],
        autocommit=True,
    )


@pytest.fixture
def owner(committed) -> Iterator[Any]:
    """Another program on the same database, with the rights to change schemas."""
    with rival_as(database_of(os.environ["DATABASE_URL"])) as rival:
        yield rival


@pytest.fixture
def peer(committed) -> Iterator[Any]:
    """Another program with the rights of the application; it may end our connections."""
    with rival_as(connection.settings_dict) as rival:
        yield rival
