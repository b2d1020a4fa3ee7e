"""Messages as files: one `.eml` each, named so that their order is the order of arrival."""

import itertools
import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_binary_file, policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from pathlib import Path

NAME = re.compile(r"\d{8}T\d{6}\.\d{6}Z-\d+-[A-Za-z0-9@._+-]*\.eml")
SENDER, RECIPIENTS = "X-Envelope-From", "X-Envelope-To"


@dataclass(frozen=True)
class Summary:
    """One line of the list."""

    name: str
    sender: str
    recipients: str
    subject: str
    time: str


class MailStore:
    """The folder with the messages."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.counter = itertools.count(1)

    def save(self, sender: str, recipients: list[str], content: bytes) -> Path:
        """Write a message; afterwards the whole of it is there, or nothing."""
        first = re.sub(r"[^A-Za-z0-9@._+-]", "_", recipients[0] if recipients else "nobody")[:100]
        stamp = f"{datetime.fromtimestamp(time.time(), UTC):%Y%m%dT%H%M%S.%fZ}"
        path = self.folder / f"{stamp}-{next(self.counter)}-{first}.eml"
        envelope = (
            f"{SENDER}: {one_line(sender)}\r\n{RECIPIENTS}: {one_line(', '.join(recipients))}"
        )
        draft = path.with_suffix(".tmp")
        draft.write_bytes(envelope.encode() + b"\r\n" + content)
        draft.replace(path)
        return path

    def names(self) -> list[str]:
        """Return the names of all messages, newest first."""
        names = (path.name for path in self.folder.iterdir())
        return sorted(filter(NAME.fullmatch, names), reverse=True)

    def summaries(self, limit: int) -> list[Summary]:
        """Return the newest messages, newest first."""
        found = (self.summary(name) for name in self.names()[:limit])
        return [summary for summary in found if summary]

    def summary(self, name: str) -> Summary | None:
        """Read the headers of a message; None when it was deleted meanwhile."""
        try:
            with (self.folder / name).open("rb") as file:
                headers = BytesHeaderParser(policy=policy.default).parse(file)
        except FileNotFoundError:
            return None
        stamp = datetime.strptime(name.partition("-")[0], "%Y%m%dT%H%M%S.%fZ").replace(tzinfo=UTC)
        return Summary(
            name=name,
            sender=header(headers, "From") or header(headers, SENDER),
            recipients=header(headers, RECIPIENTS) or header(headers, "To"),
            subject=header(headers, "Subject"),
            time=stamp.isoformat(timespec="seconds"),
        )

    def path(self, name: str) -> Path | None:
        """Return the file of a message; None for any name that is not one of ours."""
        path = self.folder / name
        return path if NAME.fullmatch(name) and path.is_file() else None

    def read(self, name: str) -> EmailMessage | None:
        """Return a whole message; None when there is none of that name."""
        if not (path := self.path(name)):
            return None
        with path.open("rb") as file:
            return message_from_binary_file(file, EmailMessage, policy=policy.default)


def one_line(text: str) -> str:
    """Keep a value from becoming two headers."""
    return " ".join(text.split())


def header(message: EmailMessage, name: str) -> str:
    """Return a header's text, also of a header that the standard does not allow."""
    try:
        return str(message.get(name, ""))
    except (ValueError, IndexError, AttributeError):  # what the parser raises on nonsense
        return ""


def part_of(message: EmailMessage, kind: str) -> str:
    """Return the text of the `plain` or `html` part, empty when there is none."""
    part = message.get_body((kind,))
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except (LookupError, ValueError, KeyError):
        raw = part.get_payload(decode=True)
        return raw.decode("utf-8", "replace") if isinstance(raw, bytes) else ""
