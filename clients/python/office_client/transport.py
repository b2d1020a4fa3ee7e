"""Asking: one request by the standard library, its answer or its refusal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import Request, urlopen
from uuid import uuid4

File = tuple[str, bytes]
JSON = "application/json"


class OfficeError(Exception):
    """A refusal: its status, and the API's own codes, sentences and fields."""

    def __init__(self, status: int, body: Any) -> None:
        self.status, self.body = status, body
        self.errors: list[dict[str, Any]] = body.get("errors", []) if isinstance(body, dict) else []
        words = "; ".join(str(error.get("detail", "")) for error in self.errors)
        super().__init__(f"{status}: {words or 'no words'}")

    @property
    def code(self) -> str:
        """The first code, as `not_found`."""
        return str(self.errors[0].get("code", "")) if self.errors else ""


class Transport:
    """An office at an address, asked with somebody's access token or API key."""

    def __init__(self, address: str, token: str = "", *, timeout: float = 30) -> None:
        if urlsplit(address).scheme not in {"http", "https"}:
            raise ValueError("the address must start with https:// or http://")
        self.address, self.token, self.timeout = address.rstrip("/"), token, timeout

    def ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str | None] | None = None,
        body: Any = None,
        files: Mapping[str, File] | None = None,
    ) -> Any:
        """Return the answer: what its JSON says, bytes of other kinds, None without one."""
        content, kind = _content(body, files)
        sent = {name: value for name, value in (headers or {}).items() if value is not None}
        sent |= {"Content-Type": kind} if content is not None else {}
        sent |= {"Authorization": f"Bearer {self.token}"} if self.token else {}
        given = {name: _word(value) for name, value in (query or {}).items() if value is not None}
        url = f"{self.address}{path}" + (f"?{urlencode(given)}" if given else "")
        request = Request(url, data=content, method=method, headers={"Accept": JSON, **sent})  # noqa: S310
        try:
            with urlopen(request, timeout=self.timeout) as answer:  # noqa: S310  looked at above
                return _read(answer)
        except HTTPError as error:
            with error:
                raise OfficeError(error.code, _read(error)) from None


def part(value: str) -> str:
    """Return a value as a part of an address."""
    return quote(str(value), safe="")


def _read(answer: Any) -> Any:
    content: bytes = answer.read()
    if not content:
        return None
    is_json = answer.headers.get_content_type().endswith("json")
    return json.loads(content) if is_json else content


def _word(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ",".join(map(_word, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _content(body: Any, files: Mapping[str, File] | None) -> tuple[bytes | None, str]:
    if not files:
        return (None, "") if body is None else (json.dumps(body).encode(), JSON)
    line = uuid4().hex
    fields = [(f'name="{name}"', _word(value).encode()) for name, value in (body or {}).items()]
    fields += [
        (f'name="{name}"; filename="{quote(filename)}"', data)
        for name, (filename, data) in files.items()
    ]
    pieces = [
        b"--%b\r\nContent-Disposition: form-data; %b\r\n\r\n%b\r\n"
        % (line.encode(), head.encode(), data)
        for head, data in fields
    ]
    return b"".join(pieces) + f"--{line}--\r\n".encode(), f"multipart/form-data; boundary={line}"
