"""Working in an office in place of one of its people: operators alone, where the office allows it.

An operator says for whom, why and for how long; both trails keep it, and the person gets a letter.
The way from the platform's host to the office's is a link that is good once, for a minute.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.http import HttpRequest
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.links import BadLinkError, id_in, make_token, read_token
from accounts.models import User
from accounts.notices import NoticeKind, register_notice, write_to
from common.audit import record_access
from common.errors import InvalidError, RefusedError
from tenants.cache import tenant_cache
from tenants.context import current_tenant, public_context, tenant_transaction
from tenants.models import Tenant

PURPOSE, TOLD = "support", "support_access"
GOOD_FOR = timedelta(minutes=1)
MINUTES = (15, 30, 60)
ACTING, REASON = "support_by", "support_reason"


@dataclass(frozen=True, slots=True)
class Support:
    """Who works for whom, why, and for how long."""

    user: User
    operator: str
    reason: str
    minutes: int


def grant_support(*, tenant: Tenant, email: str, reason: str, minutes: int, by: User) -> str:
    """Return the token that lets an operator in, once; it stands in the platform's trail.

    Raises RefusedError where the office does not allow it, and InvalidError naming the field.
    """
    if not tenant.settings.support_access:
        sentence = "This office does not allow it; its admins may, under /admin/security."
        raise RefusedError(sentence, code="support_refused")
    if len(reason.strip()) < 10:  # noqa: PLR2004  a word is no reason
        raise InvalidError(_("Say why, in a sentence."), attr="reason")
    if minutes not in MINUTES:
        raise InvalidError(_("For 15, 30 or 60 minutes."), attr="minutes")
    with tenant_transaction(tenant):
        user = User.objects.active().filter(email=email.lower(), is_service=False).first()
        if user is None:
            raise InvalidError(_("There is no such active person."), attr="email")
        token = make_token(
            PURPOSE, i=user.pk.hex, o=by.email, r=reason.strip(), m=minutes, j=uuid4().hex
        )
    with public_context():
        record_access(tenant, reason=reason.strip(), person=str(user.pk), minutes=str(minutes))
    return token


def begin_support(token: str) -> Support:
    """Return for whom the operator works, once; it stands in the office's trail.

    Raises BadLinkError, and RefusedError where the office allows it no longer.
    """
    tenant, claims = read_token(PURPOSE, token, good_for=GOOD_FOR)
    with tenant_transaction(tenant):
        if not current_tenant().settings.support_access:
            raise RefusedError(_("This office does not allow it."), code="support_refused")
        # A store that is away lets nobody in.
        if not tenant_cache.add(f"support:{claims['j']}", 1, 2 * GOOD_FOR.total_seconds()):
            raise BadLinkError
        user = User.objects.active().with_rights().filter(pk=id_in(claims)).first()
        if user is None:
            raise BadLinkError
        found = Support(user, claims["o"], claims["r"], int(claims["m"]))
        record_access(user, support=found.operator, reason=found.reason, minutes=str(found.minutes))
        _tell(found)
    return found


def mark_support(request: HttpRequest, found: Support) -> None:
    """Have the session say so on each page."""
    request.session[ACTING], request.session[REASON] = found.operator, found.reason


def support_in(request: HttpRequest) -> dict[str, Any]:
    """Return who works here in whose place, for the banner; nothing in other sessions.

    Only of a session that was read already: this is asked outside of transactions too.
    """
    session = getattr(request, "session", None)
    if session is None or not hasattr(session, "_session_cache") or ACTING not in session:
        return {}
    return {"by": session[ACTING], "reason": session.get(REASON)}


def _tell(found: Support) -> None:
    lines = (
        format_lazy(
            _lazy(
                "{operator} of the platform's support works as you for up to {minutes} minutes."
                " The reason: {reason}"
            ),
            operator=found.operator,
            minutes=found.minutes,
            reason=found.reason,
        ),
        _lazy(
            "What is done meanwhile stands in your office's trail. Your office's admins allow this,"
            " or not, in its security rules."
        ),
    )
    write_to(found.user, TOLD, _lazy("Support works as you"), lines)


register_notice(TOLD, NoticeKind())
