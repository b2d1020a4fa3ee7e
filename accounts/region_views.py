"""What other regions ask us: whether somebody, or an office, is at home here."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from pydantic import BaseModel, ConfigDict, ValidationError

from accounts.http import open_to_all
from accounts.sessions import offices_where_both_fit
from common.errors import InvalidError, MissingError
from common.refusals import refuse
from tenants.directory import tenant_named
from tenants.regions import is_asked_by_a_region


class Question(BaseModel):
    """Who is looked for: an office by its slug, or somebody who may be in several."""

    model_config = ConfigDict(extra="forbid")

    slug: str | None = None
    email: str = ""
    password: str = ""


@csrf_exempt
@transaction.non_atomic_requests
@open_to_all
@require_POST
def find(request: HttpRequest) -> HttpResponse:
    """Answer whether e-mail and password fit here, or an office of this name is open.

    The region that asks has counted the guess. Nobody else learns that there is such a door.
    """
    if not is_asked_by_a_region(request):
        return refuse(request, MissingError(_("There is nothing here.")))
    try:
        question = Question.model_validate_json(request.body)
    except ValidationError:
        return refuse(request, InvalidError("This is no question of ours."))
    return JsonResponse({"found": _is_here(question)})


def _is_here(asked: Question) -> bool:
    if asked.email:
        return bool(offices_where_both_fit(asked.email, asked.password, asked.slug))
    office = tenant_named(asked.slug or "")
    return office is not None and office.is_open and not office.moving_to
