"""What the office refuses about calendars."""

from common.errors import ConflictError, InvalidError, RefusedError


class BadTimesError(InvalidError):
    """Start and end do not make a stretch of time."""

    code = "bad_times"


class NotYoursError(RefusedError):
    """Somebody else's event or calendar: to be seen and not to be changed."""

    code = "not_yours"


class RoomTakenError(ConflictError):
    """Somebody has the room at that time."""

    code = "room_taken"


class NoSuchOccurrenceError(InvalidError):
    """The series does not happen then."""

    code = "no_such_occurrence"
