"""Canaries in what people are, and in how they come in."""

from datetime import timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from accounts.answer_models import KeptAnswer
from accounts.identity_models import (
    ApiKey,
    Authenticator,
    Device,
    Identity,
    IdentityProvider,
    Invitation,
)
from accounts.models import AuditEntry, RefreshFamily, Role, User
from tasks.models import Task
from tests.isolation.canaries import ADDRESS, CANARY


def plant_a_person_and_an_entry(mia: User) -> None:
    """Put words also where people do not write them."""
    User.objects.create(
        email=f"{CANARY}@globex.example".lower(),
        full_name=f"Nina {CANARY}",
        role=mia.role,
        phone=CANARY,
    )
    entry = AuditEntry(
        **dict.fromkeys(("object_pk", "object_repr", "cid", "changes_text"), CANARY),
        **dict.fromkeys(("actor_email", "user_agent", "source"), CANARY),
        **{key: {CANARY: CANARY} for key in ("changes", "serialized_data", "additional_data")},
        content_type=ContentType.objects.get_for_model(Task),
        action=AuditEntry.Action.UPDATE,
        actor=mia,
        remote_addr=ADDRESS,
    )
    AuditEntry.objects.bulk_create([entry])  # saving would put the origin of this test in


def plant_an_identity(mia: User, role: Role) -> dict[str, Any]:
    """Write how people come in, and what shows who they are; return the rows."""
    now = timezone.now()
    invitation = Invitation.objects.create(
        email=f"{CANARY}-guest@globex.example".lower(),
        full_name=f"{CANARY} guest",
        role=role,
        invited_by=mia,
        expires_at=now + timedelta(days=7),
    )
    key = ApiKey.objects.create(
        user=mia,
        name=f"{CANARY} key",
        prefix=CANARY,
        digest=f"{CANARY} digest",
        scopes=["task:read"],
        expires_at=now + timedelta(days=7),
    )
    device = Device.objects.create(
        user=mia, digest=f"{CANARY} digest", label=f"{CANARY} device", seen_at=now
    )
    authenticator = Authenticator.objects.create(
        user=mia,
        kind="passkey",
        name=f"{CANARY} passkey",
        secret=f"{CANARY} secret",
        credential=f"{CANARY} credential",
    )
    provider = IdentityProvider.objects.create(
        name=f"{CANARY} provider",
        issuer=f"http://127.0.0.1:1/{CANARY}",
        client_id=f"{CANARY} client",
        client_secret=f"{CANARY} secret",
        domains=[f"{CANARY}.example"],
        default_role=role,
        group_claim=f"{CANARY} claim",
        role_map={CANARY: CANARY},
    )
    KeptAnswer.objects.create(
        user=mia,
        key=f"{CANARY} key",
        digest=f"{CANARY} digest",
        status=201,
        headers={"ETag": CANARY},
        body=f"{CANARY} answer".encode(),
        expires_at=now + timedelta(days=1),
    )
    Identity.objects.create(user=mia, issuer=f"{CANARY} issuer", subject=f"{CANARY} subject")
    session = RefreshFamily.objects.create(
        user=mia,
        expires_at=now + timedelta(days=1),
        ended_why=CANARY,
        session_key=f"{CANARY} session",
        method=CANARY,
        user_agent=f"{CANARY} agent",
    )
    return {
        "invitation": invitation,
        "api_key": key,
        "device": device,
        "authenticator": authenticator,
        "provider": provider,
        "session": session,
    }
