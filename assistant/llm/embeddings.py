"""Vectors of an OpenAI-compatible endpoint: texts go there, numbers come back.

Paid for, watched and written down as every call is. What comes back is looked at: a vector for each
text, all of the size that the office named.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from pydantic import BaseModel, ValidationError

from assistant.llm.client import (
    BYTES_PER_TOKEN,
    MOST_TRIES,
    Client,
    Meter,
    PassingError,
    check_status,
)
from assistant.llm.consulting import paid, watched
from assistant.llm.endpoints import EmbeddingProfile, Endpoint
from assistant.llm.errors import NoUseError
from assistant.llm.memory import recall_sends_size, remember_sends_size
from assistant.llm.models import Purpose
from assistant.llm.prompt import FRAME_TOKENS
from assistant.llm.styles import Dialect, Usage
from common.http import Deadline

PATH = "/embeddings"
# No answer in another form is asked for when the first one fails.
PLAIN = Dialect(api="chat", schema=False)
# As a number is written at the longest, and what stands around them.
BYTES_EACH, BYTES_AROUND = 32, 1024


@dataclass(frozen=True, slots=True)
class Texts:
    """What is to become vectors."""

    texts: tuple[str, ...]

    @property
    def data(self) -> str:
        """All of it."""
        return "\n".join(self.texts)

    @property
    def most_tokens_in(self) -> int:
        """There are never more tokens than bytes."""
        return len(self.data.encode()) + FRAME_TOKENS

    @property
    def most_tokens_out(self) -> int:
        """Vectors are not counted."""
        return 0


class Embedding(BaseModel):
    """One vector, and which text it is of."""

    index: int
    embedding: list[float]


class Reply(BaseModel):
    """The answer to `/embeddings`, as far as we read it."""

    data: list[Embedding]
    usage: Usage | None = None


def embed(texts: Sequence[str], profile: EmbeddingProfile, *, seconds: float) -> list[list[float]]:
    """Return a vector for each text, within so many seconds. Raises NoUseError.

    Not inside a transaction: the call is written down before it is made.
    """
    asked, deadline = Texts(tuple(texts)), Deadline.after(seconds)

    def ask(endpoint: Endpoint, meter: Meter) -> list[list[float]]:
        client = Client(endpoint, deadline, meter)
        return watched(endpoint, lambda: _asked(client, asked, profile.size))

    return paid(asked, profile, Purpose.EMBEDDING, ask)


def _asked(client: Client, texts: Texts, size: int) -> list[list[float]]:
    """Ask until the vectors have the size; one that can choose is told it."""
    known = sends_size = recall_sends_size(client.endpoint)
    for number in range(MOST_TRIES):
        try:
            found = _vectors(client, texts, size, sends_size=sends_size)
        except PassingError as passing:
            client.wait(passing, number)
            continue
        if all(len(vector) == size for vector in found):
            if sends_size != known:
                remember_sends_size(client.endpoint)
            return found
        if sends_size:
            break
        sends_size = True
    raise NoUseError("wrong_size")


def _vectors(client: Client, texts: Texts, size: int, *, sends_size: bool) -> list[list[float]]:
    body = {
        "model": client.endpoint.model,
        "input": list(texts.texts),
        "encoding_format": "float",
        **({"dimensions": size} if sends_size else {}),
    }
    most = len(texts.texts) * (max(size, 4096) * BYTES_EACH + BYTES_AROUND)
    answer = client.post(PATH, body, texts, most_bytes=most)
    check_status(answer, PLAIN, client.endpoint)
    try:
        reply = Reply.model_validate_json(answer.body)
    except ValidationError as error:
        client.meter.count(texts.most_tokens_in, 0)
        raise NoUseError("wrong_reply") from error
    counted = reply.usage.prompt_tokens if reply.usage else 0
    client.meter.count(counted or len(texts.data.encode()) // BYTES_PER_TOKEN, 0)
    found = {each.index: each.embedding for each in reply.data}
    if len(reply.data) != len(found) or found.keys() != set(range(len(texts.texts))):
        raise NoUseError("wrong_reply")
    if not all(any(each) and all(map(isfinite, each)) for each in found.values()):
        raise NoUseError("wrong_reply")
    return [found[number] for number in range(len(texts.texts))]
