"""What a request needs, and whom of the world it is about: the person who asks."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import jwt

from accounts.models import User
from tests.conftest import Api
from tests.isolation.world import World

STRONG = "a rather long pass phrase"


@dataclass
class Sample:
    """What to send: ids for the path, a query, a body."""

    ids: dict[str, Any] = field(default_factory=dict)
    query: dict[str, Any] = field(default_factory=dict)
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def search(self) -> str:
        """The query as it stands in an address."""
        return f"?{urlencode(self.query)}" if self.query else ""


# By method and name of the route.
Samples = dict[tuple[str, str], Callable[[World, Api | None], Sample]]


def nothing(world: World, api: Api | None) -> Sample:
    return Sample()


def with_body(**body: Any) -> Callable[..., Sample]:
    return lambda _world, _api: Sample(body=body)


def askers(things: dict[str, str], world: World, api: Api | None) -> str:
    """Return what is the asker's among the things by person; anybody's for others."""
    asker = str(world.ada.pk)
    if token := api and api.tokens["access_token"]:
        asker = jwt.decode(token, options={"verify_signature": False})["sub"]
    if asker not in things:
        asker = str(world.ada.pk) if str(world.ada.pk) in things else next(iter(things))
    return things[asker]


def who_asks(api: Api | None) -> User | None:
    """Return who asks, if it is somebody of the office in force."""
    token = api and api.tokens["access_token"]
    if not token:
        return None
    claims = jwt.decode(token, options={"verify_signature": False})
    return User.objects.filter(pk=claims["sub"]).first()
