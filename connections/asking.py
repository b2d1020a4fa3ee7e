"""One question to a vendor, and what its answer means."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import orjson

from common.http import Answer, Deadline, Limits, NoAnswerError, request, retry_after
from connections.errors import (
    AuthExpiredError,
    ConflictError,
    CursorExpiredError,
    Facts,
    ForbiddenError,
    IntegrationError,
    NotFoundError,
    PermanentError,
    RateLimitedError,
    TransientError,
)
from connections.words import name_of

PATIENCE_SECONDS = 35
MOST_BYTES = 8 * 1024 * 1024
GONE, TOO_MANY, UNAVAILABLE, SERVER_ERRORS = 410, 429, 503, 500
FORBIDDEN, BAD, LAST_GOOD = 403, 400, 399
# developers.google.com/workspace/calendar/api/guides/errors: a 403 that only says "slower".
THROTTLING = frozenset(
    {"rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "calendarUsageLimitsExceeded"}
)
# What Graph says of a token that it does not know any more.
BAD_CURSORS = frozenset(
    {"SyncStateNotFound", "SyncStateInvalid", "resyncRequired", "ResyncRequired"}
)
MEANINGS: Mapping[int, type[IntegrationError]] = {
    401: AuthExpiredError,
    403: ForbiddenError,
    404: NotFoundError,
    409: ConflictError,
    410: NotFoundError,
    412: ConflictError,
    429: RateLimitedError,
}


@dataclass(frozen=True, slots=True)
class Ask:
    """What a vendor is asked for; `operation` is its name in errors and figures."""

    operation: str
    method: str
    # After the vendor's base address, or a whole address below it that the vendor gave.
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    json: Any = None
    form: Mapping[str, str] | None = None
    # A body as it stands; its type is one of the headers.
    content: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    # Whether it may be asked again by itself: reads, and writes with a key against copies.
    repeatable: bool | None = None
    # Whether it goes on from a remembered cursor: then 410 is about that.
    with_cursor: bool = False

    @property
    def may_repeat(self) -> bool:
        """Whether a second time does no harm."""
        if self.repeatable is not None:
            return self.repeatable
        return self.method in {"GET", "PUT", "DELETE"}

    def with_headers(self, **headers: str) -> "Ask":
        """Return the same with more headers; an underscore stands for a hyphen."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return replace(self, headers={**self.headers, **named})


@dataclass(frozen=True, slots=True)
class Reply:
    """A good answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    def json(self) -> dict[str, Any]:
        """Return the object in it; an empty one for no body."""
        return read_object(self.body)


def put(provider: str, base: str, ask: Ask) -> Reply:
    """Ask once. Raises an IntegrationError for every answer that is not good."""
    content, kind = _content_of(ask)
    ours = str(uuid4())
    headers = {"Accept": "application/json", "client-request-id": ours, **kind, **ask.headers}
    limits = Limits(Deadline.after(PATIENCE_SECONDS), most_bytes=MOST_BYTES, inside=None)
    try:
        answer = request(
            ask.method, address_for(base, ask), content=content, headers=headers, limits=limits
        )
    except NoAnswerError as error:
        facts = Facts(provider, ask.operation, request_id=ours, sent=error.sent)
        words = f"{name_of(provider)} did not answer: {error.reason}."
        raise TransientError(words, facts) from None
    check(answer, facts_of(answer, provider, ask.operation, ours), with_cursor=ask.with_cursor)
    return Reply(answer.status, answer.headers, answer.body)


def _content_of(ask: Ask) -> tuple[bytes | None, dict[str, str]]:
    if ask.form is not None:
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return urlencode(ask.form).encode(), kind
    if ask.content is not None:
        return ask.content, {}
    if ask.json is not None:
        return orjson.dumps(ask.json), {"Content-Type": "application/json"}
    return (None, {}) if ask.method == "GET" else (b"", {})


def address_for(base: str, ask: Ask) -> str:
    """Return where to ask. A whole address must lie below the base: tokens go nowhere else."""
    url = ask.path if ask.path.startswith(f"{base}/") else f"{base}/{ask.path.lstrip('/')}"
    if not ask.query:
        return url
    return f"{url}{'&' if '?' in url else '?'}{urlencode(ask.query)}"


def read_object(body: bytes) -> dict[str, Any]:
    """Return the JSON object, or an empty one for anything else."""
    try:
        told = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return told if isinstance(told, dict) else {}


def facts_of(answer: Answer, provider: str, operation: str, ours: str) -> Facts:
    """Return what the answer tells beside its body."""
    named = answer.headers.get("request-id") or answer.headers.get("x-slack-req-id") or ours
    return Facts(
        provider=provider,
        operation=operation,
        status=answer.status,
        vendor_code=vendor_code(read_object(answer.body))[:80],
        request_id=named[:80],
        retry_after=retry_after(answer),
    )


def vendor_code(told: Mapping[str, Any]) -> str:
    """Return the vendor's word for an error, in any of their notations."""
    error = told.get("error")
    if not isinstance(error, dict):
        return error if isinstance(error, str) else ""
    reasons = error.get("errors")
    if isinstance(reasons, list) and reasons and isinstance(reasons[0], dict):
        return str(reasons[0].get("reason", error.get("code", "")))
    return str(error.get("code", ""))


def check(answer: Answer, facts: Facts, *, with_cursor: bool = False) -> None:
    """Raise what an answer that is not good means."""
    if answer.status <= LAST_GOOD:
        return
    code = facts.vendor_code
    words = f"{name_of(facts.provider)} said {answer.status} {code}".strip() + "."
    if with_cursor and (answer.status == GONE or code in BAD_CURSORS):
        raise CursorExpiredError(words, facts)
    if answer.status == FORBIDDEN and code in THROTTLING:
        raise RateLimitedError(words, facts)
    if answer.status == UNAVAILABLE and facts.retry_after is not None:
        raise RateLimitedError(words, facts)
    if answer.status >= SERVER_ERRORS:
        raise TransientError(words, facts)
    raise MEANINGS.get(answer.status, PermanentError)(words, facts)
