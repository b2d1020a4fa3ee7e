"""A Microsoft mailbox that is connected, without the way through the browser."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

from connections.flows import keep_account
from connections.models import Connection
from connections.providers import PROVIDERS, Beginning
from tests.peers.microsoft import Microsoft


def mailbox(peer: Microsoft, person: Any = None, **values: Any) -> Connection:
    """Return a mailbox that the peer knows; without a person it is the office's."""
    vendor = PROVIDERS["microsoft"]
    way = vendor.begin(Beginning("state", "http://localhost/callback"))
    code = peer.agree(dict(parse_qsl(urlsplit(way.url).query)))
    account = vendor.finish(way.flow, {"code": code, "state": "state"})
    connection = keep_account(provider="microsoft", account=account, person=person)
    if values:
        connection.change(**values)
    return connection
