"""The two ways in which OpenAI-compatible servers are spoken to."""

from dataclasses import dataclass, replace
from typing import Literal

from pydantic import BaseModel, Field

from assistant.llm.endpoints import Endpoint
from assistant.llm.prompt import MOST_TOKENS_OUT, Prompt, S, schema_of, schema_text

SCHEMA_NAME = "reading"
# More than any model takes or gives: what claims to be more is no count.
MOST_COUNTED = 10_000_000
PATHS = {"responses": "/responses", "chat": "/chat/completions"}


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a server understands: which API, and whether it takes a JSON schema."""

    api: Literal["responses", "chat"] = "responses"
    schema: bool = True

    @classmethod
    def first(cls, endpoint: Endpoint) -> "Dialect":
        """The most that a server of this setting may understand."""
        return cls("responses" if endpoint.api == "auto" else endpoint.api)

    def without_responses(self) -> "Dialect":
        """For a server that knows chat alone."""
        return replace(self, api="chat")

    def without_schema(self) -> "Dialect":
        """For a server that takes no schema: it stands in the prompt then."""
        return replace(self, schema=False)

    @property
    def path(self) -> str:
        """Where it is asked, below the base address."""
        return PATHS[self.api]


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answered: a text or the problem with it, and the tokens it counted."""

    text: str
    problem: str = ""
    tokens_in: int = 0
    tokens_out: int = 0


def body_for(prompt: Prompt[S], *, model: str, dialect: Dialect) -> dict[str, object]:
    """Return the request. No tools, nothing kept, and our words apart from somebody's."""
    told = prompt.instructions
    if not dialect.schema:
        told += f"\n\nAnswer with one JSON object of this JSON schema:\n{schema_text(prompt.shape)}"
    strict = {"name": SCHEMA_NAME, "schema": schema_of(prompt.shape), "strict": True}
    if dialect.api == "responses":
        form = {"type": "json_schema", **strict} if dialect.schema else {"type": "json_object"}
        return {
            "model": model,
            "instructions": told,
            "input": prompt.data,
            "text": {"format": form},
            "store": False,
            "max_output_tokens": MOST_TOKENS_OUT,
        }
    chat_form = {"type": "json_schema", "json_schema": strict}
    return {
        "model": model,
        "messages": [
            {"role": "system", "content": told},
            {"role": "user", "content": prompt.data},
        ],
        "response_format": chat_form if dialect.schema else {"type": "json_object"},
        "max_tokens": MOST_TOKENS_OUT,
    }


class Usage(BaseModel):
    """How many tokens a server counted, under either name."""

    input_tokens: int = Field(default=0, ge=0, le=MOST_COUNTED)
    output_tokens: int = Field(default=0, ge=0, le=MOST_COUNTED)
    prompt_tokens: int = Field(default=0, ge=0, le=MOST_COUNTED)
    completion_tokens: int = Field(default=0, ge=0, le=MOST_COUNTED)


class Part(BaseModel):
    """A piece of a message."""

    type: str
    text: str = ""


class Item(BaseModel):
    """A piece of a response: a message, or what the model thought before."""

    type: str
    content: list[Part] | None = None


class Incomplete(BaseModel):
    """Why a response stops."""

    reason: str = ""


class Response(BaseModel):
    """The answer to `/responses`, as far as we read it."""

    status: str = "completed"
    incomplete_details: Incomplete | None = None
    output: list[Item]
    usage: Usage | None = None

    def reply(self) -> Reply:
        """Return the text, or what is wrong with it."""
        parts = [
            part for item in self.output if item.type == "message" for part in item.content or ()
        ]
        text = "".join(part.text for part in parts if part.type == "output_text")
        return _reply(text, self._problem(parts), self.usage)

    def _problem(self, parts: list[Part]) -> str:
        if any(part.type == "refusal" for part in parts):
            return "model_refused"
        if self.status == "incomplete":
            reason = self.incomplete_details.reason if self.incomplete_details else ""
            return "filtered" if reason == "content_filter" else "truncated"
        return "" if self.status == "completed" else "not_completed"


class Message(BaseModel):
    """What the model says in a chat."""

    content: str | None = None
    refusal: str | None = None


class Choice(BaseModel):
    """One answer of a chat."""

    message: Message
    finish_reason: str | None = None


class Chat(BaseModel):
    """The answer to `/chat/completions`, as far as we read it."""

    choices: list[Choice]
    usage: Usage | None = None

    def reply(self) -> Reply:
        """Return the text, or what is wrong with it."""
        if not self.choices:
            return _reply("", "empty", self.usage)
        choice = self.choices[0]
        return _reply(choice.message.content or "", _chat_problem(choice), self.usage)


def _chat_problem(choice: Choice) -> str:
    if choice.message.refusal:
        return "model_refused"
    return {"length": "truncated", "content_filter": "filtered"}.get(choice.finish_reason or "", "")


def _reply(text: str, problem: str, usage: Usage | None) -> Reply:
    counted = usage or Usage()
    return Reply(
        text=text,
        problem=problem or ("" if text.strip() else "empty"),
        tokens_in=counted.input_tokens or counted.prompt_tokens,
        tokens_out=counted.output_tokens or counted.completion_tokens,
    )


def read_reply(body: bytes, dialect: Dialect) -> Reply:
    """Return what the server answered. Raises pydantic's ValidationError for another shape."""
    shape: type[Response | Chat] = Response if dialect.api == "responses" else Chat
    return shape.model_validate_json(body).reply()
