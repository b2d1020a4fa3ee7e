"""What the HTTP contract promises about every refusal, said once."""

import re
from typing import Any

BODY = {"type", "errors"}
ERROR = {"code", "detail", "attr"}
KINDS = {"validation_error", "client_error", "server_error"}
# Pieces of the inside that no client may ever read.
INSIDE = re.compile(r"Traceback|File |SELECT|INSERT|psycopg|accounts_|127\.0\.0\.1|t_[0-9a-f]{32}")


def assert_refused(answer: Any, status: int, *, code: str = "", attr: str | None = None) -> Any:
    """Check status, shape and silence of a refusal; return its body."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"].startswith("application/json")
    body = answer.json()
    assert body.keys() >= BODY
    assert body["type"] in KINDS
    assert body["type"] == "server_error" or status < 500
    assert body["errors"]
    assert all(error.keys() == ERROR for error in body["errors"])
    assert not INSIDE.search(answer.content.decode())
    if code:
        assert code in {error["code"] for error in body["errors"]}
    if attr:
        assert attr in {error["attr"] for error in body["errors"]}
        assert body["type"] == "validation_error" or status != 400
    if status == 401:
        assert answer["WWW-Authenticate"] == 'Bearer realm="office"'
    return body


def bearer(token: str) -> dict[str, str]:
    """Return the header that carries a token."""
    return {"HTTP_AUTHORIZATION": f"Bearer {token}"}
