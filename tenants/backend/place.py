"""Where the running code works: the one note that contexts write and connections read."""

from contextvars import ContextVar
from dataclasses import dataclass
from threading import current_thread, main_thread
from typing import TYPE_CHECKING, Union

if TYPE_CHECKING:
    from tenants.models import Tenant

PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class NoTenant:
    """A place that is no tenant's."""

    schema_name: str


# The shared directories.
SHARED = NoTenant(PUBLIC)
# Not even those: whoever has entered nothing reads nothing.
NOWHERE = NoTenant("")

Place = Union["Tenant", NoTenant]

in_force: ContextVar[Place | None] = ContextVar("place", default=None)


def here() -> Place:
    """Return the place in force: at first the main thread is in `public`, any other nowhere.

    Commands, the shell and beat work in the main thread. In any other somebody answers a request,
    runs a job, or forgot to enter a tenant.
    """
    place = in_force.get()
    if place is not None:
        return place
    return SHARED if current_thread() is main_thread() else NOWHERE
