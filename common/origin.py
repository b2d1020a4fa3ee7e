"""Who writes, from where, and in which request: the marks on audit entries, logs and jobs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Origin:
    """Where the writes of one request, job or command come from."""

    source: str
    request_id: str = ""
    # The name of the job at work.
    job: str = ""
    ip: str | None = None
    user_agent: str = ""
    actor: Any = field(default=None)
    # Asked when something is written: a closer word for the source, or an empty one.
    closer: Callable[[], str] | None = None


_origin: ContextVar[Origin | None] = ContextVar("origin", default=None)


def current_origin() -> Origin:
    """Return the origin of what runs now; outside requests and jobs it is the shell."""
    return _origin.get() or Origin(source="shell")


def set_actor(actor: Any) -> None:
    """Name the person behind all further writes of this request or job."""
    origin = _origin.get()
    if origin is not None:
        origin.actor = actor


@contextmanager
def origin_of_writes(origin: Origin) -> Iterator[Origin]:
    """Everything written inside is recorded as coming from `origin`."""
    token = _origin.set(origin)
    try:
        yield origin
    finally:
        _origin.reset(token)


def fill_in_origin(sender: Any, instance: Any, **kwargs: Any) -> None:
    """Complete an audit entry before it is written; connected to its `pre_save`."""
    origin = current_origin()
    actor = origin.actor
    if instance.actor_id is None and getattr(actor, "pk", None) is not None:
        instance.actor_id, instance.actor_email = actor.pk, actor.email
    instance.cid = origin.request_id or None
    instance.remote_addr = origin.ip
    instance.user_agent = origin.user_agent[:255]
    instance.source = (origin.closer() if origin.closer else "") or origin.source
