"""Mail, telephones, chats and mailboxes that take what they are given, badly, and remember it."""

import asyncio
import json
import re
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from time import sleep
from typing import Any

from aiosmtpd.controller import Controller

from config.embedded.mailbox import Keeper
from config.embedded.mailstore import MailStore
from tests.peers.loopback import Asked, Told, serving
from tests.peers.twilio import ACCOUNT, NUMBER
from tests.peers.twilio import TOKEN as TWILIO_TOKEN

BOT = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
NUMBERED = re.compile(r"invoice F(\d+)")
# How often a vendor does each, out of a hundred times.
BAD_DAYS = {"error": 3, "too many": 2, "cut before": 2, "cut after": 2, "hang": 1}
# The same in an order in which every channel comes through all of them with three messages.
FIRST_DAYS = ["error", "too many", "cut before", "hang", "cut after"]
# Within what our clients wait for, and beyond that of each of them.
HANG_SECONDS = {"hang": 3, "hang for long": 45}
# How often of a hundred times in a long run: each holds up a worker for half a minute.
LONG_HANGS = 0.1


@dataclass
class Record:
    """What arrived: by channel, how often each reminder."""

    arrived: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    faults: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)
    is_long: bool = False
    # What each channel meets first, so that even a small run meets every kind of fault.
    _first: dict[str, list[str]] = field(default_factory=lambda: defaultdict(FIRST_DAYS.copy))

    def note(self, channel: str, text: str) -> None:
        """Note that a reminder came; other messages are not counted."""
        found = NUMBERED.search(text)
        if found:
            with self.lock:
                self.arrived[channel][int(found[1])] += 1

    def mood(self, channel: str, chance: Random, **called: str) -> str:
        """Return what the vendor does now; empty for what it should."""
        with self.lock:
            first = self._first[channel]
            name = first.pop(0) if first else self._dice(chance)
            if name:
                self.faults[f"{channel}: {called.get(name, name)}"] += 1
            return name

    def never_met(self, channels: Sequence[str]) -> set[str]:
        """Return the kinds of fault that a channel had no message for."""
        return {f"{channel}: {what}" for channel in channels for what in self._first[channel]}

    def _dice(self, chance: Random) -> str:
        dice = chance.uniform(0, 100)
        for name, percent in (
            BAD_DAYS | ({"hang for long": LONG_HANGS} if self.is_long else {})
        ).items():
            dice -= percent
            if dice < 0:
                return name
        return ""


class Chats:
    """Telegram."""

    port = 0

    def __init__(self, record: Record, seed: int) -> None:
        self.record, self.chance, self.sent = record, Random(seed), 0

    def answer(self, asked: Asked) -> Told | None:
        mood = self.record.mood("telegram", self.chance)
        if mood == "cut before":
            return None
        if mood in {"error", "too many"}:
            code = 500 if mood == "error" else 429
            told = {"ok": False, "error_code": code, "description": mood}
            return Told(code, json.dumps({**told, "parameters": {"retry_after": 2}}).encode())
        values = json.loads(asked.body)
        self.record.note("telegram", values["text"])
        self.sent += 1
        sleep(HANG_SECONDS.get(mood, 0))
        result = {"message_id": self.sent, "date": 0, "chat": {"id": values["chat_id"]}}
        good = Told(200, json.dumps({"ok": True, "result": result}).encode())
        return None if mood == "cut after" else good


class Telephones:
    """Twilio."""

    port = 0

    def __init__(self, record: Record, seed: int) -> None:
        self.record, self.chance = record, Random(seed)
        self.messages: list[dict[str, Any]] = []

    def answer(self, asked: Asked) -> Told | None:
        if asked.method == "GET":
            to = asked.query["To"][0]
            rows = [row for row in self.messages if row["to"] == to]
            return Told(200, json.dumps({"messages": rows[::-1]}).encode())
        mood = self.record.mood("sms", self.chance)
        if mood == "cut before":
            return None
        if mood in {"error", "too many"}:
            code = 500 if mood == "error" else 429
            return Told(code, json.dumps({"code": 20000 + code, "message": mood}).encode())
        made = self._take({name: values[0] for name, values in asked.form.items()})
        sleep(HANG_SECONDS.get(mood, 0))
        return None if mood == "cut after" else Told(201, json.dumps(made).encode())

    def _take(self, form: dict[str, str]) -> dict[str, Any]:
        from email.utils import formatdate

        self.record.note("sms", form["Body"])
        made = {
            "sid": f"SM{len(self.messages):032x}",
            "status": "queued",
            "to": form["To"],
            "from": form["From"],
            "body": form["Body"],
            "date_created": formatdate(localtime=False, usegmt=False),
        }
        self.messages.append(made)
        return made


class Workspaces:
    """Slack."""

    port = 0

    def __init__(self, record: Record, seed: int) -> None:
        self.record, self.chance, self.sent = record, Random(seed), 0

    def answer(self, asked: Asked) -> Told | None:
        mood = self.record.mood("slack", self.chance)
        if mood == "cut before":
            return None
        if mood == "error":
            return Told(500, b"oops", "text/plain")
        if mood == "too many":
            body = json.dumps({"ok": False, "error": "ratelimited"}).encode()
            return Told(429, body, headers=(("Retry-After", "2"),))
        values = json.loads(asked.body)
        self.record.note("slack", values["text"])
        self.sent += 1
        sleep(HANG_SECONDS.get(mood, 0))
        message = {"channel": values["channel"], "ts": f"{1_700_000_000 + self.sent}.000100"}
        good = Told(200, json.dumps({"ok": True, **message}).encode())
        return None if mood == "cut after" else good


class Mailboxes:
    """Microsoft Graph: one mailbox for each token, and what was sent from it to look through."""

    port = 0

    def __init__(self, record: Record, seed: int) -> None:
        self.record, self.chance = record, Random(seed)
        self.letters: dict[str, list[dict[str, Any]]] = defaultdict(list)

    def answer(self, asked: Asked) -> Told | None:
        letters = self.letters[asked.headers["authorization"]]
        if asked.method == "GET":
            return Told(200, json.dumps({"value": letters[::-1]}).encode())
        mood = self.record.mood("graph", self.chance)
        if mood == "cut before":
            return None
        if mood in {"error", "too many"}:
            code = 500 if mood == "error" else 429
            body = json.dumps({"error": {"code": "generalException", "message": mood}}).encode()
            return Told(code, body, headers=(("Retry-After", "2"),) if code == 429 else ())
        message = json.loads(asked.body)["message"]
        self.record.note("graph", message["subject"])
        name = f"<{len(letters)}@outlook.example>"
        letters.append({**message, "id": f"AAMk{len(letters)}", "internetMessageId": name})
        sleep(HANG_SECONDS.get(mood, 0))
        return None if mood == "cut after" else Told(202)


class FullDisk(MailStore):
    """A disk without a byte left: the kernel itself refuses the write."""

    def __init__(self) -> None:
        pass

    def save(self, sender: str, recipients: Sequence[str], content: bytes) -> Any:
        """Fail. Raises OSError."""
        with Path("/dev/full").open("wb", buffering=0) as file:
            file.write(content)


class Mail:
    """A mail server; now and then its disk is full, and the product's own sink says so."""

    def __init__(self, record: Record, seed: int) -> None:
        self.record, self.chance = record, Random(seed)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Take a letter, or not; the name is aiosmtpd's."""
        mood = self.record.mood("email", self.chance, error="disk full")
        if mood == "cut before":
            server.transport.abort()
            return "421 gone"
        if mood == "error":
            return await Keeper(FullDisk()).handle_DATA(server, session, envelope)
        if mood == "too many":
            return "451 4.7.1 Try again later"
        self.record.note("email", _text_of(envelope.content))
        await asyncio.sleep(HANG_SECONDS.get(mood, 0))
        if mood == "cut after":
            server.transport.abort()
        return "250 OK"


def _text_of(content: bytes) -> str:
    from email import message_from_bytes, policy

    letter: Any = message_from_bytes(content, policy=policy.default)
    return str(letter["Subject"])


@contextmanager
def vendors(record: Record, seed: int, smtp_port: int) -> Iterator[dict[str, str]]:
    """Run all of them; yield the settings by which the office finds them."""
    mail = Controller(Mail(record, seed), hostname="127.0.0.1", port=smtp_port)
    mail.start()
    with ExitStack() as running:
        running.callback(mail.stop)
        chats = running.enter_context(serving(Chats(record, seed + 1)))
        telephones = running.enter_context(serving(Telephones(record, seed + 2)))
        workspaces = running.enter_context(serving(Workspaces(record, seed + 3)))
        mailboxes = running.enter_context(serving(Mailboxes(record, seed + 4)))
        yield {
            "SLACK_API_BASE_URL": f"http://127.0.0.1:{workspaces.port}",
            **dict.fromkeys(("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET"), "faults"),
            "SLACK_SIGNING_SECRET": "faults",
            "MSGRAPH_BASE_URL": f"http://127.0.0.1:{mailboxes.port}",
            "MS_LOGIN_BASE_URL": f"http://127.0.0.1:{mailboxes.port}",
            **dict.fromkeys(("MICROSOFT_CLIENT_ID", "MICROSOFT_CLIENT_SECRET"), "faults"),
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(smtp_port),
            "TELEGRAM_API_BASE_URL": f"http://127.0.0.1:{chats.port}",
            "TELEGRAM_BOT_TOKEN": BOT,
            "TELEGRAM_BOT_NAME": "faults_bot",
            "TWILIO_API_BASE_URL": f"http://127.0.0.1:{telephones.port}",
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TWILIO_TOKEN,
            "TWILIO_PHONE_NUMBER": NUMBER,
        }
