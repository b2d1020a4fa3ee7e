"""One request, written down so that it can be sent again and compared, and the answer to it."""

import json
import re
from dataclasses import dataclass, replace
from functools import cache
from gzip import decompress as gunzip
from io import BytesIO
from typing import Any
from urllib.parse import quote, quote_plus, urlencode
from uuid import UUID
from zipfile import ZipFile

from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest
from django.test.client import ClientHandler
from django.utils.text import slugify

from tests.isolation.bodies import put

Pairs = tuple[tuple[str, str], ...]
# The field of a form that holds a file, the file's name, and what stands in it.
File = tuple[str, str, bytes]
BOUNDARY = "----between-the-parts"
# What differs between two answers to one question: the id of the request, and what is random.
VOLATILE = re.compile(
    rb'(?<=name="csrfmiddlewaretoken" value=")\w+'
    rb"|(?<=\?start=)[\w-]{43}"
    rb'|(?<="sha256":")[0-9a-f]{64}'
    rb"|aok_[\w-]+|whsec_[\w+/=]+|(?<=/feeds/)[0-9a-f]{32}-[\w-]{43}"
    rb'|(?<="recovery_codes":)\[[^\]]*\]'
    rb"|(?<=state=)[\w-]{43,}|(?<=nonce=)[\w-]{20,}|(?<=challenge=)[\w-]{43}"
    rb'|(?<="challenge": ")[\w-]+|(?<="challenge":")[\w-]+'
    rb'|(?<="secret":")[A-Z2-7]{16,}|(?<=secret=)[A-Z2-7]{16,}|(?<=<code>)[A-Z2-7]{32}'
    rb"|eyJ[\w-]+\.[\w-]+\.[\w-]*"
    rb'|(?<="milliseconds": )[\d.]+|[0-9a-f]{32}(?=@service\.invalid)'
)
TOKEN = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]*")
UUID_TEXT = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
ANY_UUID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)
GZIP = b"\x1f\x8b"
UNLIKE_HEADERS = frozenset({"x-request-id", "content-length", "content-encoding"})
# The tag of what was just written depends on its id and on the words that were sent.
UNLIKE_AFTER_A_WRITE = UNLIKE_HEADERS | {"etag"}
# Ids of content types and the like stand in every text.
SHORT = 2


@dataclass(frozen=True)
class Ask:
    """A request. The body is a JSON value, or the fields of a form, which may come twice."""

    method: str
    path: str
    host: str = "localhost"
    query: Pairs = ()
    body: Any = None
    form: Pairs | None = None
    file: File | None = None
    headers: Pairs = ()
    cookies: Pairs = ()

    def but(self, **changes: Any) -> "Ask":
        return replace(self, **changes)

    def with_header(self, name: str, value: str) -> "Ask":
        kept = tuple(pair for pair in self.headers if pair[0] != name)
        return replace(self, headers=(*kept, (name, value)))

    def with_token(self, token: str) -> "Ask":
        return self.with_header("Authorization", f"Bearer {token}")

    def with_field(self, name: str, value: Any) -> "Ask":
        """Put a value in its place in the body, whichever kind it is: `title`, `items[].id`."""
        if self.form is None:
            return replace(self, body=put(self.body, name, value))
        name = name.partition("[")[0]
        kept = tuple(pair for pair in self.form if pair[0] != name)
        values = value if isinstance(value, list) else [value]
        return replace(self, form=(*kept, *((name, str(one)) for one in values)))

    @property
    def text(self) -> str:
        """All that the asker sent."""
        return repr(self)

    @property
    def shown(self) -> str:
        """The same, short enough to read."""
        return TOKEN.sub("<token>", repr(self))

    def environ(self) -> dict[str, Any]:
        content, kind = self._content()
        found = {
            "REQUEST_METHOD": self.method.upper(),
            "PATH_INFO": self.path.encode().decode("latin-1"),
            "QUERY_STRING": urlencode(self.query),
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_LENGTH": str(len(content)),
            "CONTENT_TYPE": kind,
            "HTTP_HOST": self.host,
            "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in self.cookies),
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(content),
        }
        for name, value in self.headers:
            found["HTTP_" + name.upper().replace("-", "_")] = value
        return found

    def _content(self) -> tuple[bytes, str]:
        if self.file is not None:
            return _parts(self.form or (), self.file), f"multipart/form-data; boundary={BOUNDARY}"
        if self.form is not None:
            return urlencode(self.form).encode(), "application/x-www-form-urlencoded"
        if self.body is None:
            return b"", ""
        return json.dumps(self.body).encode(), "application/json"


def _parts(form: Pairs, file: File) -> bytes:
    field, name, content = file
    head = 'Content-Disposition: form-data; name="{}"'
    plain = [(head.format(key), value.encode()) for key, value in form]
    named = f'{head.format(field)}; filename="{name}"\r\nContent-Type: application/octet-stream'
    parts = [
        f"--{BOUNDARY}\r\n{about}\r\n\r\n".encode() + value + b"\r\n"
        for about, value in (*plain, *([(named, content)] if field else []))
    ]
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


@dataclass(frozen=True)
class Answer:
    """What came back, as far as anybody can see it."""

    status: int
    headers: tuple[tuple[str, str], ...]
    cookies: tuple[tuple[str, str], ...]
    content: bytes
    unlike: frozenset[str] = UNLIKE_HEADERS

    @property
    def text(self) -> str:
        parts = [self.content.decode(errors="replace"), repr(self.headers), repr(self.cookies)]
        return "\n".join(parts)

    @property
    def location(self) -> str:
        return dict(self.headers).get("location", "")

    @property
    def ids(self) -> set[str]:
        """Return the ids in it, however they are written."""
        return {str(UUID(found)) for found in ANY_UUID.findall(self.text)}

    def likeness(self, known: frozenset[str], probes: tuple[str, ...]) -> tuple[Any, ...]:
        """Return the answer without what may differ: what was asked for, what is new or random."""
        headers = [pair for pair in self.headers if pair[0] not in self.unlike]
        parts = (self.content, repr(headers).encode(), repr(self.cookies).encode())
        # First what is random: a short word that was asked for stands in many a token by chance.
        plain = (_without(VOLATILE.sub(b"<random>", part), probes) for part in parts)
        return (self.status, *(_settled(part, known) for part in plain))


def send(ask: Ask) -> Answer:
    """Ask the whole stack of middleware, forms' protection included."""
    response: Any = _handler()(ask.environ())
    content = b"".join(response.streaming_content) if response.streaming else response.content
    # Not `close`, which would end the connection that all of them share.
    for close in response._resource_closers:
        close()
    return Answer(
        status=response.status_code,
        headers=tuple(sorted((name.lower(), value) for name, value in response.items())),
        cookies=tuple(sorted(map(_cookie, response.cookies.values()))),
        content=_unpacked(content),
        unlike=UNLIKE_HEADERS if ask.method == "get" else UNLIKE_AFTER_A_WRITE,
    )


@cache
def _handler() -> ClientHandler:
    return ClientHandler(enforce_csrf_checks=True)


def _cookie(morsel: Any) -> tuple[str, str]:
    """Return name and attributes; of the random values only the messages are read."""
    names = ("path", "domain", "secure", "httponly", "samesite", "max-age")
    kept = {name: morsel[name] for name in names}
    return morsel.key, f"{_messages(morsel.value) if morsel.key == 'messages' else ''}{kept}"


def _messages(value: str) -> list[str] | None:
    storage: Any = CookieStorage(HttpRequest())
    found = storage._decode(value)
    return [str(one) for one in found] if found else None


def _without(content: bytes, probes: tuple[str, ...]) -> bytes:
    """Return the content without what was asked for, however it is quoted or capitalised."""
    forms: set[str] = set()
    for probe in probes:
        if len(probe) > SHORT:
            once, plus = quote(probe, safe=""), quote_plus(probe)
            forms |= {probe, quote(probe), once, quote(once), plus, quote(plus)}
            forms |= {slug} if len(slug := slugify(probe)) > SHORT else set()
    if not forms:
        return content
    longest_first = b"|".join(re.escape(form.encode()) for form in sorted(forms, key=len)[::-1])
    return re.sub(longest_first, b"<asked for>", content, flags=re.IGNORECASE)


def _settled(content: bytes, known: frozenset[str]) -> str:
    """Return the text with a word for each id that is new."""
    text = content.decode(errors="replace")
    return UUID_TEXT.sub(lambda id_: id_[0] if id_[0] in known else "<new>", text)


def _unpacked(content: bytes) -> bytes:
    """Return an archive as the texts in it, a packed page unpacked, and all else as it is."""
    if content.startswith(GZIP):
        return gunzip(content)
    if not content.startswith(b"PK"):
        return content
    with ZipFile(BytesIO(content)) as archive:
        return b"\n".join(name.encode() + archive.read(name) for name in archive.namelist())
