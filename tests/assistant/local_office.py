"""The office in which the local engine's tests take place."""

from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from assistant.interpreter import Context, Directory, Draft, Office, Person, RoleEntry, TeamEntry
from assistant.local.engine import LocalInterpreter

NOW = datetime(2024, 5, 14, 10, tzinfo=UTC)  # a Tuesday


def _person(number, name, mailbox=""):
    mailbox = mailbox or name.split()[0].lower()
    return Person(UUID(int=number), name, f"{mailbox}@acme.example")


ADA = _person(1, "Ada Lovelace")
MAX = _person(2, "Max Weber", "weber")
EVE = _person(3, "Eve Stone")
SARAH = _person(4, "Sarah Finance")
OMAR = _person(5, "Omar Haddad")
ZOE = _person(6, "Zoë Müller", "zoe")
OTHER_MAX = _person(7, "Max Schmidt", "schmidt")
OFFICE = Office()
GONE = UUID(int=99)

FINANCE = TeamEntry(UUID(int=11), "Finance", (GONE, SARAH.id, OMAR.id))
SALES = TeamEntry(UUID(int=12), "Sales Team", (EVE.id, OMAR.id))
LEGAL = TeamEntry(UUID(int=13), "Legal", ())
ROLES = (
    RoleEntry("admin", (ADA.id,)),
    RoleEntry("manager", (MAX.id, OTHER_MAX.id)),
    RoleEntry("employee", (EVE.id, SARAH.id, OMAR.id)),
    RoleEntry("clerk", (ZOE.id,)),
)
DIRECTORY = Directory((ADA, MAX, EVE, SARAH, OMAR, ZOE, OTHER_MAX), (FINANCE, SALES, LEGAL), ROLES)


def read(text, *, now=NOW, zone="UTC", directory=DIRECTORY, locale="en", office=OFFICE) -> Draft:
    """What the engine makes of the text when Ada says it."""
    context = Context(now, ZoneInfo(zone), ADA, directory, locale, office)
    return LocalInterpreter().interpret(text, context)


def due(text, **context):
    """The due time as a local wall clock shows it, or None."""
    draft = read(text, **context)
    zone = ZoneInfo(context.get("zone", "UTC"))
    return f"{draft.due.astimezone(zone):%Y-%m-%d %H:%M}" if draft.due else None


def codes(text, **context):
    """The codes of the warnings."""
    return [warning.code for warning in read(text, **context).warnings]
