"""Letting people in by a link: made by whoever may, used once by whoever reads that mailbox."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.guards import require_rights_of, save_unique
from accounts.identity_models import Invitation
from accounts.links import BadLinkError, id_in, make_token, page_link, read_token
from accounts.models import User
from accounts.notices import Notice, NoticeKind, register_notice, send_notice
from accounts.permissions import Permission
from accounts.services import EMAIL_TAKEN, check_new_password, create_user
from accounts.sessions import begin_session
from accounts.staff import role_of_name
from common.errors import ConflictError
from common.languages import speaking
from tenants.context import atomic, current_tenant, tenant_transaction
from tenants.models import Tenant

KIND = "invitation"
PURPOSE = "invitation"
GOOD_FOR = timedelta(days=7)
INVITED_ALREADY = _lazy("Somebody was invited at this address; send that invitation again.")


@atomic()
def invite(*, email: str, role: str, by: User, full_name: str = "") -> Invitation:
    """Write to somebody that they may come in. They have seven days.

    Raises ConflictError where the address belongs to a person or was invited, InvalidError for a
    role that there is not, and RefusedError for one with more rights than `by` has.
    """
    row = role_of_name(role)
    require_rights_of(row, by)
    address = email.lower()
    if User.objects.filter(email=address).exists():
        raise ConflictError(EMAIL_TAKEN, code="email_taken", attr="email")
    # What ran out must not be in the way.
    over = Invitation.objects.waiting().filter(email=address, expires_at__lte=timezone.now())
    over.update(revoked_at=timezone.now())
    invitation = Invitation(
        email=address, full_name=full_name.strip(), role=row, invited_by=by, expires_at=_end()
    )
    save_unique(invitation, INVITED_ALREADY, "email")
    _write_to(invitation, by)
    return invitation


@atomic()
def change_invitation(*, invitation: Invitation, changes: Mapping[str, Any], by: User) -> None:
    """Change name or role of somebody who has not come in yet. Raises as `invite`."""
    _require_waiting(invitation)
    require_rights_of(invitation.role, by)
    if "role" in changes:
        invitation.role = role_of_name(changes["role"])
        require_rights_of(invitation.role, by)
    invitation.full_name = changes.get("full_name", invitation.full_name).strip()
    # Whoever changed it last answers for it.
    invitation.invited_by = by
    invitation.save()


@atomic()
def resend_invitation(*, invitation: Invitation, by: User) -> None:
    """Write again, with a new link and seven more days; the links before are good no longer."""
    _require_waiting(invitation)
    require_rights_of(invitation.role, by)
    invitation.number += 1
    invitation.expires_at, invitation.invited_by = _end(), by
    invitation.save()
    _write_to(invitation, by)


@atomic()
def revoke_invitation(*, invitation: Invitation) -> None:
    """Take it back; its links are good no longer. Raises ConflictError once it was accepted."""
    if invitation.accepted_at is not None:
        raise ConflictError(_("This invitation was accepted."), code="accepted")
    if invitation.revoked_at is None:
        invitation.revoked_at = timezone.now()
        invitation.save()


def invitation_of(token: str) -> tuple[Tenant, Invitation]:
    """Return the open invitation of a link, and its office. Raises BadLinkError."""
    tenant, claims = read_token(PURPOSE, token)
    with tenant_transaction(tenant):
        return tenant, _open_one(claims)


def accept_invitation(*, token: str, password: str, full_name: str) -> tuple[Tenant, User]:
    """Make the person that the link is about, with a password of their own, once.

    Raises BadLinkError, InvalidError for a weak password, and PlanLimitError.
    """
    tenant, claims = read_token(PURPOSE, token)
    with tenant_transaction(tenant):
        invitation = _open_one(claims, lock=True)
        name = full_name.strip() or invitation.full_name
        check_new_password(password, person=User(email=invitation.email, full_name=name))
        user = create_user(
            email=invitation.email, full_name=name, role=invitation.role.name, password=password
        )
        invitation.accepted_at = user.email_verified_at = timezone.now()
        user.save(update_fields=["email_verified_at", "updated_at"])
        invitation.save()
    return tenant, user


def accept_and_sign_in(*, token: str, password: str, full_name: str) -> dict[str, Any]:
    """Accept, and return the first tokens. Raises as `accept_invitation`."""
    tenant, user = accept_invitation(token=token, password=password, full_name=full_name)
    with tenant_transaction(tenant):
        return begin_session(user=user)


def _open_one(claims: dict[str, Any], *, lock: bool = False) -> Invitation:
    rows = Invitation.objects.select_related("role", "invited_by__role")
    if lock:
        rows = rows.select_for_update(of=("self",))
    found: Invitation | None = rows.filter(pk=id_in(claims), number=int(claims.get("n", 0))).first()
    if found is None or not found.is_open(timezone.now()) or not _still_meant(found):
        raise BadLinkError
    return found


def _still_meant(invitation: Invitation) -> bool:
    """Tell whether whoever invited could do so now: rights end with those who gave them."""
    by = invitation.invited_by
    return (
        by is not None
        and by.may(Permission.USER_CREATE)
        and by.permissions.issuperset(invitation.role.permissions)
    )


def _require_waiting(invitation: Invitation) -> None:
    if invitation.accepted_at or invitation.revoked_at:
        raise ConflictError(_("This invitation is over; invite again."), code="invitation_over")


def _end() -> Any:
    return timezone.now() + GOOD_FOR


def _write_to(invitation: Invitation, by: User) -> None:
    office = current_tenant().name
    with speaking(by.locale):
        send_notice(
            Notice(
                kind=KIND,
                address=invitation.email,
                name=invitation.full_name,
                subject=_("{by} invites you to {office}").format(by=by.full_name, office=office),
                lines=(
                    _("{by} ({email}) invites you to work in {office}.").format(
                        by=by.full_name, email=by.email, office=office
                    ),
                    _(
                        "Choose a password and come in."
                        " The invitation is good for seven days, once."
                    ),
                    _("If you do not know what this is about, do nothing."),
                ),
                action=_("Accept the invitation"),
                about_id=invitation.pk,
                occasion=f"{invitation.pk}:{invitation.number}",
            )
        )


def _link(about_id: UUID, _address: str) -> str:
    number = Invitation.objects.values_list("number", flat=True).get(pk=about_id)
    return page_link("accept-invitation", make_token(PURPOSE, i=about_id.hex, n=number))


def _objections(ids: Collection[UUID]) -> Mapping[UUID, str]:
    waiting = set(Invitation.objects.waiting().filter(pk__in=ids).values_list("pk", flat=True))
    return {pk: _("The invitation was accepted or taken back.") for pk in ids if pk not in waiting}


register_notice(KIND, NoticeKind(link=_link, objections=_objections))
