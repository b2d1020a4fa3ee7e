"""What each vendor's calendar promises to the engine."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

from calendar_app.sync.documents import Doc


@dataclass(frozen=True, slots=True)
class Window:
    """From when until when a sync looks."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class RemoteCalendar:
    """A calendar of the account."""

    id: str
    name: str
    is_default: bool
    read_only: bool
    timezone: str = ""


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody who is asked to it at the vendor's, and what they said."""

    email: str
    name: str
    answer: str


@dataclass(slots=True)
class Remote:
    """An event or series as it is at the vendor's."""

    id: str
    etag: str
    ical_uid: str
    modified: datetime
    doc: Doc
    # It is somebody else's, or a change of it would write to others.
    read_only: bool = False
    # Whether instances outside the window may differ in ways that were not told.
    is_windowed: bool = False
    # Digests of the vendor's names of its occurrences, as far as they were told.
    parts: list[str] = field(default_factory=list)
    guests: list[Guest] = field(default_factory=list)
    conference_url: str = ""
    # Why the office cannot keep it, in words.
    problem: str = ""


@dataclass(slots=True)
class Delta:
    """What is new at the vendor's; None for what is gone there."""

    items: dict[str, Remote | None]
    cursor: str
    # Everything that there is, not what is new.
    is_full: bool


@dataclass(frozen=True, slots=True)
class Known:
    """What the engine knows already: versions, and whose the vendor's names of occurrences are."""

    etags: Mapping[str, str]
    owners: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be changed, and the version that it must still have; empty for any."""

    id: str
    etag: str


@dataclass(frozen=True, slots=True)
class Watch:
    """A vendor's promise to tell of changes."""

    id: str
    resource_id: str
    ends_at: datetime


def untouched(target: Target, doc: Doc) -> Remote:
    """Return what is to be changed as it was known."""
    return Remote(target.id, target.etag, "", datetime.min.replace(tzinfo=UTC), {**doc})


class CalendarProvider(Protocol):
    """One calendar at a vendor. Raises IntegrationErrors; asks in no transaction.

    No call ever has the vendor write to guests.
    """

    def plain(self, doc: Doc) -> Doc:
        """Return how the vendor would say it. Raises NoCounterpartError for what it cannot."""
        ...

    def calendars(self) -> list[RemoteCalendar]:
        """Return the calendars of the account."""
        ...

    def changes(self, cursor: str, known: Known) -> Delta:
        """Return what changed since the cursor; without one all that there is.

        Raises CursorExpiredError.
        """
        ...

    def read(self, remote_id: str) -> Remote | None:
        """Return one event as it is now, or None where it is gone."""
        ...

    def create(self, key: UUID, doc: Doc) -> Remote | None:
        """Make an event, once for each key; None where it was made and is gone again."""
        ...

    def change(self, target: Target, before: Doc, after: Doc) -> Remote:
        """Change what differs. Raises ConflictError for another version, NotFoundError."""
        ...

    def delete(self, remote_id: str) -> None:
        """Delete it; what is gone already is good."""
        ...

    def watch(self, *, token: str, url: str) -> Watch:
        """Ask to be told of changes at the address, with this word."""
        ...

    def renew(self, watch: Watch) -> Watch | None:
        """Let it last longer; None where a new one is needed. Raises NotFoundError."""
        ...

    def stop(self, watch: Watch) -> None:
        """Be told no more; what is over already is good."""
        ...
