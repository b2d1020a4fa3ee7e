"""People, their office and how they come in: a good request for each operation."""

from collections.abc import Callable
from typing import Any

import pyotp

from tests.conftest import PASSWORD, Api
from tests.isolation.samples.sample import STRONG, Sample, Samples, askers, nothing, with_body
from tests.isolation.world import World


def _accept(world: World, api: Api | None) -> Sample:
    """Come in by an invitation."""
    token = world.links.get("accept", "nonsense")
    return Sample(body={"token": token, "password": STRONG, "full_name": "Ian Invited"})


def _api_key(world: World, api: Api | None, **body: Any) -> Sample:
    """Look at a key of the person who asks, or change it."""
    return Sample({"pk": askers(world.api_keys, world, api)}, body=body or None)


def _totp_code(world: World, api: Api | None) -> Sample:
    """Show a code of an app that the asker has begun with."""
    return Sample(body={"code": pyotp.TOTP(askers(world.secrets, world, api)).now()})


def _mfa_login(world: World, api: Api | None) -> Sample:
    """Sign Sarah in by a code of her sheet."""
    named = {name: world.links.get(name, "nonsense") for name in ("mfa_token", "code")}
    return Sample(body=named)


def _reset(world: World, api: Api | None) -> Sample:
    """Choose a new password for Sarah."""
    return Sample(body={"token": world.links.get("reset", "nonsense"), "password": STRONG})


def _move(world: World, api: Api | None) -> Sample:
    """Confirm a new address of Sarah's."""
    return Sample(body={"token": world.links.get("move", "nonsense")})


def _refresh_token(world: World, api: Api | None) -> Sample:
    return Sample(body={"refresh_token": api.tokens["refresh_token"]} if api else {})


def _of_person(**body: Any) -> Callable[..., Sample]:
    return lambda world, _api: Sample({"pk": world.eve.pk}, body=body or None)


def _of_role(**body: Any) -> Callable[..., Sample]:
    return lambda world, _api: Sample({"pk": world.role.pk}, body=body or None)


def _of_invitation(**body: Any) -> Callable[..., Sample]:
    return lambda world, _api: Sample({"pk": world.invitation.pk}, body=body or None)


def _of_provider(**body: Any) -> Callable[..., Sample]:
    return lambda world, _api: Sample({"pk": world.provider.pk}, body=body or None)


def _of_team(**body: Any) -> Callable[..., Sample]:
    return lambda world, _api: Sample({"pk": world.team.pk}, body=body or None)


ACCOUNTS: Samples = {
    ("POST", "register"): with_body(
        email="new@example.com", password=STRONG, tenant_name="Initech", full_name="Nia New"
    ),
    ("POST", "login"): with_body(email="ada@acme.example", password=PASSWORD),
    ("POST", "refresh"): _refresh_token,
    ("POST", "logout"): _refresh_token,
    ("GET", "me"): nothing,
    ("PATCH", "me"): with_body(full_name="Somebody Else"),
    ("POST", "password-change"): with_body(current_password=PASSWORD, new_password=STRONG),
    ("GET", "sessions"): nothing,
    ("DELETE", "session"): lambda world, api: Sample({"pk": askers(world.sessions, world, api)}),
    ("POST", "sessions-end"): nothing,
    ("GET", "devices"): nothing,
    ("DELETE", "device"): lambda world, api: Sample({"pk": askers(world.devices, world, api)}),
    ("POST", "login-mfa"): _mfa_login,
    ("POST", "step-up"): with_body(password=PASSWORD),
    ("POST", "totp"): nothing,
    ("POST", "totp-confirm"): _totp_code,
    ("POST", "recovery-codes"): nothing,
    ("GET", "authenticators"): nothing,
    ("DELETE", "authenticator"): lambda world, api: Sample(
        {"pk": askers(world.authenticators, world, api)}
    ),
    ("DELETE", "user-sessions"): _of_person(),
    ("POST", "users-import"): with_body(csv="email,full_name\nnia@acme.example,Nia New\n"),
    ("DELETE", "user-mfa"): _of_person(),
    ("GET", "security-rules"): nothing,
    ("PATCH", "security-rules"): with_body(session_hours=24),
    ("GET", "identity-providers"): nothing,
    ("POST", "identity-providers"): with_body(
        name="New", issuer="https://new.example", client_id="x", domains=["new.example"]
    ),
    ("GET", "identity-provider"): _of_provider(),
    ("PATCH", "identity-provider"): _of_provider(name="Another"),
    ("DELETE", "identity-provider"): _of_provider(),
    ("GET", "api-keys"): nothing,
    ("POST", "api-keys"): with_body(name="Sync", scopes=["task:read"]),
    ("GET", "api-key"): _api_key,
    ("PATCH", "api-key"): lambda world, api: _api_key(world, api, name="Sync, again"),
    ("DELETE", "api-key"): _api_key,
    ("POST", "service-accounts"): with_body(full_name="Nightly sync", role="employee"),
    ("POST", "password-reset"): with_body(email="eve@acme.example"),
    ("POST", "password-reset-confirm"): _reset,
    ("POST", "email-change"): with_body(email="new@acme.example", password=PASSWORD),
    ("POST", "email-change-confirm"): _move,
    ("GET", "audit-logs"): nothing,
    ("GET", "audit-verify"): nothing,
    ("GET", "tenant"): nothing,
    ("PATCH", "tenant"): with_body(name="Acme and Sons", settings={"office_closes": "18:00"}),
    ("GET", "tenant-export"): nothing,
    ("GET", "users"): nothing,
    ("POST", "users"): with_body(email="nia@acme.example", full_name="Nia New", password=STRONG),
    ("GET", "user"): _of_person(),
    ("PATCH", "user"): _of_person(full_name="Somebody Else"),
    ("DELETE", "user"): lambda world, _api: Sample(
        {"pk": world.eve.pk}, query={"reassign_to": str(world.max.pk)}
    ),
    ("GET", "invitations"): nothing,
    ("POST", "invitations"): with_body(email="nia@acme.example", role="employee"),
    ("GET", "invitation"): _of_invitation(),
    ("PATCH", "invitation"): _of_invitation(full_name="Nia New"),
    ("DELETE", "invitation"): _of_invitation(),
    ("POST", "invitation-resend"): _of_invitation(),
    ("POST", "invitation-accept"): _accept,
    ("GET", "roles"): nothing,
    ("POST", "roles"): with_body(name="auditor", permissions=["admin:audit"]),
    ("GET", "role"): _of_role(),
    ("PATCH", "role"): _of_role(name="assistant"),
    ("DELETE", "role"): _of_role(),
    ("GET", "teams"): nothing,
    ("POST", "teams"): lambda world, _api: Sample(
        body={"name": "Sales", "lead_id": str(world.max.pk), "member_ids": [str(world.eve.pk)]}
    ),
    ("GET", "team"): _of_team(),
    ("PATCH", "team"): lambda world, _api: Sample(
        {"pk": world.team.pk},
        body={"lead_id": str(world.eve.pk), "member_ids": [str(world.ada.pk)]},
    ),
    ("DELETE", "team"): _of_team(),
}
