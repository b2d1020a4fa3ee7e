"""Asks an endpoint until it answers usefully, within one deadline."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from time import sleep
from typing import Any

import orjson
from django.conf import settings
from pydantic import BaseModel, ValidationError

from assistant.llm.endpoints import Endpoint
from assistant.llm.errors import EndpointDownError, NoUseError
from assistant.llm.memory import recall_dialect, remember_dialect
from assistant.llm.prompt import Payable, Prompt, S
from assistant.llm.styles import Dialect, Reply, body_for, read_reply
from common.http import Answer, Deadline, Limits, NoAnswerError, post, retry_after

MOST_TRIES = 4  # two of them to learn what the server understands
MOST_BYTES = 256 * 1024
SHORTEST_PAUSE, LONGEST_PAUSE = 0.2, 2.0
BYTES_PER_TOKEN = 3  # where the server does not count
OK, UNAUTHORIZED, FORBIDDEN, TOO_MANY, SERVER_ERROR = 200, 401, 403, 429, 500
NO_SUCH_API = frozenset({404, 405})
NO_SCHEMA = frozenset({400, 422, 500, 501})


class OtherDialectError(Exception):
    """The server may understand another dialect; the reason stands if there is none."""

    def __init__(self, dialect: Dialect, reason: str) -> None:
        super().__init__(reason)
        self.dialect = dialect
        self.reason = reason


class PassingError(Exception):
    """It may work in a moment: after `wait` seconds, if the server says so."""

    def __init__(self, reason: str, *, wait: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.wait = wait


@dataclass(slots=True)
class Meter:
    """What the tries of one call have used; one that we know nothing of counts with its most."""

    tokens_in: int = 0
    tokens_out: int = 0

    def count(self, tokens_in: int, tokens_out: int) -> None:
        """Add a try."""
        self.tokens_in += tokens_in
        self.tokens_out += tokens_out


@dataclass(frozen=True, slots=True)
class Client:
    """One question to one endpoint."""

    endpoint: Endpoint
    deadline: Deadline
    meter: Meter
    pause: Callable[[float], None] = sleep

    def ask(self, prompt: Prompt[S]) -> S:
        """Return the answer in the prompt's shape. Raises NoUseError."""
        known = dialect = recall_dialect(self.endpoint)
        reason, wait = "", None
        for number in range(MOST_TRIES):
            try:
                reply = self._reply(prompt, dialect)
                if dialect != known:
                    remember_dialect(self.endpoint, dialect)
                    known = dialect
                if reply.problem:
                    raise NoUseError(reply.problem)
                return shaped(reply.text, prompt.shape, dialect)
            except OtherDialectError as other:
                dialect, reason = other.dialect, other.reason
            except PassingError as passing:
                reason, wait = passing.reason, passing.wait
                self.wait(passing, number)
        raise EndpointDownError(reason, wait=wait)

    def wait(self, passing: PassingError, number: int) -> None:
        """Wait as long as the server says, else a little and randomly. Raises EndpointDownError."""
        longest = min(LONGEST_PAUSE, SHORTEST_PAUSE * 2**number)
        pause = passing.wait
        if pause is None:
            pause = random.uniform(SHORTEST_PAUSE / 2, longest)  # noqa: S311  no secret
        if pause >= self.deadline.left or number == MOST_TRIES - 1:
            raise EndpointDownError(passing.reason, wait=passing.wait)
        self.pause(pause)

    def _reply(self, prompt: Prompt[Any], dialect: Dialect) -> Reply:
        """Return a reply: the server understood this dialect, whatever its model made of it."""
        body = body_for(prompt, model=self.endpoint.model, dialect=dialect)
        answer = self.post(dialect.path, body, prompt)
        check_status(answer, dialect, self.endpoint)
        try:
            reply = read_reply(answer.body, dialect)
        except ValidationError as error:
            self.meter.count(prompt.most_tokens_in, prompt.most_tokens_out)
            raise NoUseError("wrong_reply") from error
        self._count(prompt, reply)
        return reply

    def post(
        self, path: str, body: dict[str, Any], asked: Payable, *, most_bytes: int = MOST_BYTES
    ) -> Answer:
        """Return what the endpoint answers. Raises PassingError, NoUseError."""
        key = self.endpoint.key
        try:
            return post(
                self.endpoint.base_url + path,
                content=orjson.dumps(body),
                headers={
                    "Content-Type": "application/json",
                    **({"Authorization": f"Bearer {key}"} if key else {}),
                },
                limits=Limits(
                    deadline=self.deadline,
                    most_bytes=most_bytes,
                    inside=None if self.endpoint.is_ours else settings.OUTGOING_NETWORKS,
                ),
            )
        except NoAnswerError as error:
            if error.sent:
                self.meter.count(asked.most_tokens_in, asked.most_tokens_out)
            if error.reason in {"forbidden_address", "not_encrypted", "too_large"}:
                raise NoUseError(error.reason) from error
            raise PassingError(error.reason) from error

    def _count(self, prompt: Prompt[Any], reply: Reply) -> None:
        written = len(prompt.instructions.encode()) + len(prompt.data.encode())
        self.meter.count(
            reply.tokens_in or written // BYTES_PER_TOKEN,
            reply.tokens_out or len(reply.text.encode()) // BYTES_PER_TOKEN + 1,
        )


def check_status(answer: Answer, dialect: Dialect, endpoint: Endpoint) -> None:
    """Raise what an answer other than 200 means."""
    status, reason = answer.status, f"status_{answer.status}"
    if status == OK:
        return
    if status in {UNAUTHORIZED, FORBIDDEN}:
        raise EndpointDownError(reason)
    if status in NO_SUCH_API and dialect.api == "responses" and endpoint.api == "auto":
        raise OtherDialectError(dialect.without_responses(), reason)
    if status in NO_SCHEMA and dialect.schema:
        raise OtherDialectError(dialect.without_schema(), reason)
    if status == TOO_MANY and code_of(answer) == "insufficient_quota":
        raise EndpointDownError("quota_spent")
    if status == TOO_MANY or status >= SERVER_ERROR:
        raise PassingError(reason, wait=retry_after(answer))
    raise NoUseError(reason)


def shaped(text: str, shape: type[S], dialect: Dialect) -> S:
    """Return the JSON object in the text, in its shape.

    A server that was given a schema and answers otherwise did not look at it: raises
    OtherDialectError then, else NoUseError.
    """
    reason = "wrong_json"
    try:
        found = json.JSONDecoder().raw_decode(text, text.index("{"))[0]
        reason = "wrong_shape"
        return shape.model_validate(found, strict=True)
    except (ValueError, RecursionError) as error:
        if dialect.schema:
            raise OtherDialectError(dialect.without_schema(), reason) from error
        raise NoUseError(reason) from error


class ErrorBody(BaseModel):
    """What OpenAI says about an error."""

    code: str | None = None


class ErrorReply(BaseModel):
    """The same, in its envelope."""

    error: ErrorBody


def code_of(answer: Answer) -> str:
    """Return the vendor's code of the error, if the body has one."""
    try:
        return ErrorReply.model_validate_json(answer.body).error.code or ""
    except ValidationError:
        return ""
