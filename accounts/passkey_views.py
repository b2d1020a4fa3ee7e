"""What the pages' script asks about passkeys; the challenge waits in the session, and once only."""

import json
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.account_views import begin_page_session
from accounts.http import UserRequest, before_enrolment, open_to_all, requires, safe_next
from accounts.page_sessions import keep
from accounts.page_step_up import require_shown
from accounts.passkeys import begin_registration, begin_sign_in, finish_registration, finish_sign_in
from common.errors import InvalidError

STATE, NEXT = "passkey_state", "passkey_next"


@require_POST
@before_enrolment
@requires(None)
def begin_new(request: UserRequest) -> JsonResponse:
    """Ask the browser for a new passkey."""
    require_shown(request)
    options, request.session[STATE] = begin_registration(user=request.user, request=request)
    return JsonResponse(options)


@require_POST
@before_enrolment
@requires(None)
def finish_new(request: UserRequest) -> JsonResponse:
    """Keep it."""
    body, state = _body(request), request.session.pop(STATE, None)
    finish_registration(
        user=request.user,
        request=request,
        state=state,
        answer=body["answer"],
        name=str(body.get("name", "")),
    )
    return JsonResponse({"next": reverse("second-factor")})


@require_POST
@open_to_all
def begin_get(request: HttpRequest) -> JsonResponse:
    """Ask the browser for a passkey of whoever sits there."""
    options, request.session[STATE] = begin_sign_in(request=request)
    request.session[NEXT] = request.GET.get("next", "")
    keep(request)
    return JsonResponse(options)


@require_POST
@open_to_all
def finish_get(request: HttpRequest) -> JsonResponse:
    """Sign the person in."""
    body, state = _body(request), request.session.pop(STATE, None)
    wanted = request.session.pop(NEXT, "")
    user = finish_sign_in(request=request, state=state, answer=body["answer"])
    request.office_method = "passkey"  # type: ignore[attr-defined]
    begin_page_session(request, user)
    return JsonResponse({"next": safe_next(request, wanted)})


def _body(request: HttpRequest) -> dict[str, Any]:
    try:
        body = json.loads(request.body)
    except ValueError:
        body = None
    if not isinstance(body, dict) or not isinstance(body.get("answer"), dict):
        raise InvalidError(_("This is not the answer of a passkey."))
    return body
