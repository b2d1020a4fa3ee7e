"""What changed in the tenant in force, told to pages that stand open: a word, after the commit.

A word is the name of an app. Nobody learns from it which thing it was: whoever hears it reads the
page again, as the person that they are. A store that is away is told nothing, and nobody waits.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connections, models, transaction

from tenants.cache import tenant_cache
from tenants.context import tenant_or_none

CHANNEL = "live"
# Who is who and may what: those who listen are looked at again.
PEOPLE = "accounts"
SHOWN = frozenset({PEOPLE, "tasks", "calendar_app", "notes", "documents", "messaging", "assistant"})


@dataclass(frozen=True, slots=True)
class Word:
    """One word to one tenant's pages; equal ones of a transaction are said once."""

    tenant_id: UUID
    app: str

    def __call__(self) -> None:
        """Say it; called in the tenant where it was registered, after the commit."""
        tenant_cache.publish(CHANNEL, self.app)


def note(row: models.Model) -> None:
    """Tell that a row was written, if it is of something that pages show."""
    if row._meta.app_label in SHOWN:
        tell(row._meta.app_label)


def tell(app: str) -> None:
    """Say the word once the transaction is committed; no statement is sent for it."""
    tenant = tenant_or_none()
    if tenant is None:
        return
    word, connection = Word(tenant.pk, app), connections[tenant.db_alias]
    around = set(connection.savepoint_ids)
    waiting: list[Any] = connection.run_on_commit
    if not any(said(one[1]) == word and one[0] <= around for one in waiting):
        transaction.on_commit(word, using=tenant.db_alias, robust=True)


def said(call: object) -> object:
    """Return what a callback was made of: the backend wraps each to call it where it belongs."""
    return getattr(call, "__wrapped__", None)


def channel() -> str:
    """Return where words to the tenant in force are said, as the store knows it."""
    return tenant_cache.make_key(CHANNEL)


def pattern() -> str:
    """Return the pattern of the channels of all tenants."""
    return f"{tenant_cache.key_prefix}:*:{tenant_cache.version}:{CHANNEL}"
