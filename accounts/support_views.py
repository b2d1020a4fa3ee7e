"""The door for the platform's support, on an office's host."""

from datetime import timedelta

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.account_views import begin_page_session, dead_link, show_form
from accounts.http import open_to_all
from accounts.links import BadLinkError
from accounts.models import RefreshFamily
from accounts.page_sessions import ENDS, SHOWN, session_id
from accounts.support import begin_support, mark_support


@open_to_all
@require_http_methods(["GET", "HEAD", "POST"])
def support(request: HttpRequest, token: str) -> HttpResponse:
    """Begin to work in place of a person, by a press."""
    form = Form(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        lead = _("Everything that you do is written down with your name.")
        return show_form(request, form, title=_("Support access"), lead=lead, button=_("Begin"))
    try:
        found = begin_support(token)
    except BadLinkError:
        return dead_link(request)
    request.session.flush()
    request.office_method = "support"  # type: ignore[attr-defined]
    begin_page_session(request, found.user)
    mark_support(request, found)
    ends = timezone.now() + timedelta(minutes=found.minutes)
    rows = RefreshFamily.objects.filter(user=found.user, pk__in=[session_id(request)])
    rows.update(expires_at=ends)
    request.session[ENDS] = ends.timestamp()
    request.session.set_expiry(found.minutes * 60)
    # What asks once more who one is stays shut: the operator is somebody else.
    request.session.pop(SHOWN, None)
    return redirect("today")
