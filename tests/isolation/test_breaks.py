"""The suite can fail: what keeps people apart is broken here on purpose, and the judge says so.

A break that it does not see would be a hole in the suite. Each is mended again, and then the same
attacks find nothing.
"""

from itertools import product
from random import Random

import pytest

from accounts import middleware, reading
from accounts.bearers import bearer
from accounts.middleware import Access
from documents.api import RevisionViewSet
from documents.models import Revision
from inbound import services, telegram
from notes.models import NoteQuerySet
from tasks.models import TaskQuerySet
from tenants.context import public_context, tenant_context
from tenants.directory import open_tenant_or_none
from tenants.models import ChatEntry, Tenant
from tests.isolation.chats import TELEGRAM
from tests.isolation.judge import WAYS
from tests.isolation.members import ROLES
from tests.isolation.targets import targets
from tests.isolation.ways import Shot

DICE = range(8)


def everybody_sees_all(patch, kind):
    patch.setattr(kind, "visible_to", lambda self, _user: self)


def files_are_found_by_id_alone(patch):
    patch.setattr(RevisionViewSet, "rows", lambda _asker, _values: Revision.objects.all())


def tokens_open_every_host(patch):
    def read_access(claims, host_tenant):
        if not claims:
            return claims if claims is None else Access(tenant=host_tenant)
        tenant = open_tenant_or_none(claims.tenant_id)
        with tenant_context(tenant):
            person, _version = bearer(claims.user_id)
        return Access(claims, tenant, person)

    patch.setattr(middleware, "read_access", read_access)


def chats_belong_to_everybody(patch):
    def people_at(channel, address, *, closed=False):
        with public_context():
            entries = ChatEntry.objects.filter(channel=channel).order_by("-address")
            found = [(Tenant.objects.get(pk=one.tenant_id), one.person_id) for one in entries]
        own = ChatEntry.objects.filter(channel=channel, address=address).values_list("person_id")
        with public_context():
            first = {person for (person,) in own}
        return sorted(found, key=lambda one: one[1] not in first)

    for module in (telegram, services):
        patch.setattr(module, "people_at", people_at)


# What is broken, which addresses lead there, and by which ways.
BREAKS = {
    "visible_to of tasks": (
        lambda patch: everybody_sees_all(patch, TaskQuerySet),
        "/api/v1/tasks/<uuid:pk>",
        ("id in the address",),
    ),
    "visible_to of notes, above a version": (
        lambda patch: everybody_sees_all(patch, NoteQuerySet),
        "/api/v1/notes/<uuid:note_id>/versions/<uuid:pk>",
        ("id in the address",),
    ),
    "the rows of a document's files": (
        files_are_found_by_id_alone,
        "/api/v1/documents/<uuid:document_id>/revisions/<uuid:pk>/download",
        ("id in the address",),
    ),
    "whose host a token is good for": (
        tokens_open_every_host,
        "/api/v1/tasks",
        ("token on their host",),
    ),
    "whose chat it is": (chats_belong_to_everybody, TELEGRAM, ("chat that names theirs",)),
}


def findings(attack, path, ways):
    """Make a few attacks on one address, and return what is wrong with the answers."""
    attack._twins.clear()
    reading._made.cache_clear()
    found = []
    for target, role, way, dice in product(targets(), ROLES, ways, DICE):
        if target.path == path:
            shot = Shot(attack.arena, attack.arena.members[role], target, Random(dice))
            if pair := WAYS[way](shot):
                found += attack.judge(pair, shot)
    return found


@pytest.mark.parametrize("name", BREAKS)
def test_a_break_on_purpose_is_found(name, attack, monkeypatch):
    spoil, path, ways = BREAKS[name]
    try:
        with monkeypatch.context() as patch:
            spoil(patch)
            assert findings(attack, path, ways), f"{name} is broken, and nobody notices"
    finally:
        assert findings(attack, path, ways) == []
