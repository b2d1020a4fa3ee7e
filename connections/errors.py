"""What can go wrong with an account at a vendor: one tree, whoever the vendor is.

The text of each is for people: it names no token and quotes no body.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the call that failed; enough to ask the vendor about it."""

    provider: str
    operation: str
    status: int = 0
    vendor_code: str = ""
    # The vendor's name for the request, else ours.
    request_id: str = ""
    # For how many seconds the vendor wants to be left alone, if it says so.
    retry_after: float | None = None
    # Whether the request may have reached the vendor: what it asked for may be done.
    sent: bool = True


class IntegrationError(Exception):
    """A vendor did not do what it was asked for."""

    def __init__(self, words: str, facts: Facts) -> None:
        super().__init__(words)
        self.facts = facts

    @property
    def retry_after(self) -> float | None:
        """For how many seconds to wait, where that is known."""
        return self.facts.retry_after


class AuthExpiredError(IntegrationError):
    """The token is good no longer, and a new one was refused as well (401)."""


class ConsentRevokedError(IntegrationError):
    """The person has to sign in and agree again; nothing else helps."""


class ForbiddenError(IntegrationError):
    """The account may not do this (403)."""


class NotFoundError(IntegrationError):
    """It is not there, or not any more (404, 410)."""


class CursorExpiredError(IntegrationError):
    """What was remembered of the last sync is good no longer: begin anew."""


class ConflictError(IntegrationError):
    """It is not the state that we know, or it is there already (409, 412)."""


class RateLimitedError(IntegrationError):
    """We are too quick for the vendor."""


class TransientError(IntegrationError):
    """It did not work now and may work later."""


class PermanentError(IntegrationError):
    """It will never work like this."""
