"""Channels that do as they are told, and remember everything."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from messaging.channels import Letter, Sender


@dataclass
class Pretend:
    """A channel of the tests: what `does` raises or returns is how each letter fares."""

    name: str
    idempotent: bool = False
    shared: bool = False
    does: Callable[[Letter], Any] = lambda letter: f"<{letter.message_id}>"
    looks: Callable[[Letter, Any], Any] = lambda _letter, _since: None
    sent: list[Letter] = field(default_factory=list)
    asked: list[Any] = field(default_factory=list)

    @property
    def sender(self) -> Sender:
        return Sender(self.name, shared=self.shared)

    def send(self, letter: Letter) -> str:
        name = self.does(letter)
        self.sent.append(letter)
        return name

    def find(self, letter: Letter, since: Any) -> str | None:
        self.asked.append(since)
        return self.looks(letter, since)

    def close(self) -> None:
        """There is nothing to give back."""


def raising(error: Exception) -> Callable[[Letter], Any]:
    """Return what makes each letter end with this error."""

    def fail(_letter: Letter) -> Any:
        raise error

    return fail
