"""The people of the attack: what each sees, and everything that each holds or has lost."""

from dataclasses import dataclass, field

from django.test import Client

from accounts.models import User
from accounts.services import create_user
from accounts.sessions import begin_session, refresh, sign_out
from tenants.context import tenant_transaction
from tenants.models import Tenant
from tenants.services import open_tenant, suspend_tenant
from tests.conftest import PASSWORD
from tests.isolation.chats import Chats
from tests.isolation.tokens import expired
from tests.isolation.world import World

ROLES = ("admin", "manager", "employee", "clerk", "nobody")


@dataclass
class Member:
    """Somebody with all that they see and hold; `nobody` holds nothing."""

    role: str
    world: World
    own: dict[str, str]
    """One id of each kind that the admin, or this person, may see."""
    user: User | None = None
    access: str = ""
    refresh: str = ""
    session: str = ""
    chats: Chats = field(default_factory=Chats)
    stale_access: dict[str, str] = field(default_factory=dict)
    stale_refresh: dict[str, str] = field(default_factory=dict)


def let_in(email: str, role: str) -> User:
    name = email.partition("@")[0].title()
    return create_user(email=email, full_name=name, role=role, password=PASSWORD)


def sign_in(member: Member, user: User, tenant: Tenant) -> Member:
    """Sign somebody in to the API and to pages; inside the office."""
    tokens = begin_session(user=user)
    client = Client(headers={"host": f"{tenant.slug}.localhost"})
    client.force_login(user)
    member.user, member.session = user, client.cookies["office_session"].value
    member.access, member.refresh = tokens["access_token"], tokens["refresh_token"]
    return member


def collect_what_is_stale(member: Member, user: User) -> None:
    """Add tokens that were good once; inside the office."""
    spent, ended = (begin_session(user=user)["refresh_token"] for _ in range(2))
    refresh(raw_token=spent, received_at=user.created_at)
    sign_out(raw_token=ended)
    leaver = let_in(f"left-{member.role}@acme.example", member.role)
    tokens = begin_session(user=leaver)
    User.objects.filter(pk=leaver.pk).update(is_active=False)
    member.stale_access = {
        "expired": expired(member.access),
        "of a leaver": tokens["access_token"],
    }
    member.stale_refresh = {
        "expired": expired(member.refresh),
        "spent": spent,
        "signed out": ended,
        "of a leaver": tokens["refresh_token"],
    }


def collect_tokens_of_a_closed_office(members: dict[str, Member]) -> None:
    closed = open_tenant(name="Initech")
    with tenant_transaction(closed):
        for role in ("admin", "manager", "employee"):
            tokens = begin_session(user=let_in(f"{role}@initech.example", role))
            members[role].stale_access["of a closed office"] = tokens["access_token"]
            members[role].stale_refresh["of a closed office"] = tokens["refresh_token"]
    suspend_tenant(tenant=closed)
