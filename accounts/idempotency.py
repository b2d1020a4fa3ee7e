"""`Idempotency-Key`: a request that comes again is not done again, and gets its first answer.

Most views run in the transaction of their request: the answer is written there as well, and a lock
of the transaction says that the key is in use. A view that waits for somebody outside has no such
transaction: it leaves a claim behind, and writes the answer where it writes what it makes
(`keep_answer`). Either way a crash leaves the thing and its answer, or neither. Refusals are not
kept: nothing was made, and the same request may succeed later.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import Any, ClassVar, cast
from uuid import UUID, uuid4

from django.db import connections
from django.http import HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.answer_models import KeptAnswer
from common.api import OwnTransactions
from common.errors import ConflictError, InvalidError, UnprocessableError
from tenants.context import atomic, current_tenant, home_alias

SANE_KEY = re.compile(r"[\x21-\x7e]{1,255}\Z")
KEPT_FOR = timedelta(hours=24)
# Longer than any request takes that waits for somebody outside.
GONE_AFTER = timedelta(minutes=5)
MOST_BYTES = 1024 * 1024
TOLD = ("ETag", "Location")
IN_USE = "The first request with this Idempotency-Key is still running; try again in a moment."

Handler = Callable[..., Any]


@dataclass(slots=True)
class Ask:
    """One request under a key; the claim is that of a view that waits."""

    user_id: UUID
    key: str
    digest: str
    claim: UUID | None = None
    is_kept: bool = field(default=False)


class AnswersOnce:
    """Gives a view's POSTs their first answers again, for whoever sends a key."""

    # Actions whose answers hold what opens a door: they are stored nowhere, and refuse a key.
    shows_secrets: ClassVar[frozenset[str]] = frozenset()
    ask: Ask | None = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Let in who may; then put the memory before the handler of a request with a key."""
        super().initial(request, *args, **kwargs)  # type: ignore[misc]  # of the view beside it
        if "HTTP_IDEMPOTENCY_KEY" in request.META and request.method == "POST":
            handler: Handler | None = getattr(self, "post", None)
            if handler is not None:
                self.post = answered_once(self, handler)

    def keep(self, response: Response) -> Response:
        """Write the answer down, in the transaction that writes what it tells of, and return it."""
        if self.ask is not None:
            keep_answer(self.ask, self.request, response)  # type: ignore[attr-defined]
        return response


def answered_once(view: Any, handler: Handler) -> Handler:
    """Return the handler that answers again what was answered before."""

    def answer(request: Request, *args: Any, **kwargs: Any) -> Any:
        action = getattr(view, "action", None) or "post"
        view.ask = ask = _ask_of(request, action in view.shows_secrets)
        if isinstance(view, OwnTransactions):
            return _waited(ask, request, lambda: handler(request, *args, **kwargs))
        known = _known(ask)
        return _again(known) if known else view.keep(handler(request, *args, **kwargs))

    return answer


def _waited(ask: Ask, request: Request, work: Callable[[], Any]) -> Any:
    with atomic():
        known = _known(ask)
        if known:
            return _again(known)
        _claim(ask)
    with _released_after_failure(ask):
        response = work()
        if not ask.is_kept:
            # It has made nothing, or what it made can be made again.
            with atomic():
                keep_answer(ask, request, response)
    return response


@contextmanager
def _released_after_failure(ask: Ask) -> Iterator[None]:
    try:
        yield
    except BaseException:
        with atomic():
            KeptAnswer.objects.filter(pk__in=[ask.claim], status=None).delete()
        raise


def _ask_of(request: Request, shows_secrets: bool) -> Ask:  # noqa: FBT001
    key = request.META["HTTP_IDEMPOTENCY_KEY"]
    if not SANE_KEY.match(key):
        sentence = "An Idempotency-Key has 1 to 255 characters of ASCII, and no spaces."
        raise InvalidError(sentence, code="idempotency_key_invalid")
    if shows_secrets:
        sentence = "The answer holds a secret, which is stored nowhere; ask without a key."
        raise InvalidError(sentence, code="idempotency_key_refused")
    return Ask(cast("UUID", request.user.pk), key, digest_of(request))


def digest_of(request: Request) -> str:
    """Return what tells the request from others; nobody can guess a password back out of it."""
    asked = [request.method, request.get_full_path(), _canonical(request.data)]
    text = json.dumps(asked, sort_keys=True)
    return salted_hmac("accounts.idempotency", text, algorithm="sha256").hexdigest()


def _canonical(data: Any) -> Any:
    """Return the body without what differs from try to try, as the boundaries of a form."""
    if not hasattr(data, "lists"):
        return data
    return {name: [_plain(value) for value in values] for name, values in data.lists()}


def _plain(value: Any) -> Any:
    if not hasattr(value, "chunks"):
        return value
    content = sha256()
    for chunk in value.chunks():
        content.update(chunk)
    value.seek(0)
    return [value.name, content.hexdigest()]


def _known(ask: Ask) -> KeptAnswer | None:
    """Return the first answer, None when this is the first request. Raises for all else.

    The lock goes with the transaction; what is read after it was got has been committed.
    """
    name = f"idempotency {current_tenant().pk} {ask.user_id} {ask.key}"
    with connections[home_alias()].cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        if cursor.fetchone() != (True,):
            raise ConflictError(IN_USE, code="idempotency_key_in_use")
    known = KeptAnswer.objects.filter(user=ask.user_id, key=ask.key).first()
    if known is None:
        return None
    if known.is_over(timezone.now()):
        known.delete()
        return None
    if known.digest != ask.digest:
        sentence = "This Idempotency-Key was sent with another request; make a new one."
        raise UnprocessableError(sentence, code="idempotency_key_reused")
    if known.status is None:
        raise ConflictError(IN_USE, code="idempotency_key_in_use")
    return known


def _again(known: KeptAnswer) -> HttpResponse:
    headers = {**known.headers, "Idempotent-Replayed": "true"}
    return HttpResponse(bytes(known.body), status=known.status, headers=headers)


def _claim(ask: Ask) -> None:
    ask.claim = uuid4()
    KeptAnswer.objects.create(
        pk=ask.claim,
        user_id=ask.user_id,
        key=ask.key,
        digest=ask.digest,
        expires_at=timezone.now() + GONE_AFTER,
    )


def keep_answer(ask: Ask, request: Any, response: Any) -> None:
    """Write the answer down. Raises ConflictError when the claim has passed to another request."""
    if not isinstance(response, Response) or response.status_code >= 400:  # noqa: PLR2004
        return
    body = request.accepted_renderer.render(response.data) if response.data is not None else b""
    if len(body) > MOST_BYTES:
        sentence = "The answer is too long to be kept; ask without an Idempotency-Key."
        raise UnprocessableError(sentence, code="idempotency_answer_too_large")
    headers = {name: response[name] for name in TOLD if response.has_header(name)}
    values = {
        "status": response.status_code,
        "headers": {**headers, "Content-Type": request.accepted_renderer.media_type},
        "body": body,
        "expires_at": timezone.now() + KEPT_FOR,
    }
    if ask.claim is None:
        KeptAnswer.objects.create(user_id=ask.user_id, key=ask.key, digest=ask.digest, **values)
    elif not KeptAnswer.objects.filter(pk=ask.claim, status=None).update(**values):
        raise ConflictError(IN_USE, code="idempotency_key_in_use")
    ask.is_kept = True


def forget_old_answers() -> None:
    """Delete the answers of yesterday, and the claims of those who are gone."""
    KeptAnswer.objects.filter(expires_at__lt=timezone.now()).delete()
