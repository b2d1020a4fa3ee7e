"""The page of one's own security: sessions and devices."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.browsers import named
from accounts.http import UserRequest, requires
from accounts.identity_models import Device
from accounts.models import RefreshFamily
from accounts.page_sessions import session_id
from accounts.sign_ins import end_all_sessions, end_session

MOST = 50


@require_safe
@requires(None)
def security(request: UserRequest) -> HttpResponse:
    """Show where one is signed in, and was."""
    sessions = RefreshFamily.objects.visible_to(request.user).going_on(timezone.now())
    devices = Device.objects.visible_to(request.user)[:MOST]
    words = {
        "sessions": [
            (each, named(each.user_agent)) for each in sessions.order_by("-created_at")[:MOST]
        ],
        "devices": [(each, named(each.label)) for each in devices],
        "current": session_id(request),
    }
    return render(request, "accounts/security.html", words)


@require_POST
@requires(None)
def end_one(request: UserRequest, pk: UUID) -> HttpResponse:
    """End one session."""
    session = get_object_or_404(RefreshFamily.objects.visible_to(request.user), pk=pk)
    end_session(session=session)
    messages.success(request, _("That session has ended."))
    return redirect("security")


@require_POST
@requires(None)
def end_others(request: UserRequest) -> HttpResponse:
    """End all sessions but this one."""
    end_all_sessions(user=request.user, why="ended", keep=session_id(request))
    messages.success(request, _("All other sessions have ended."))
    return redirect("security")
