"""Asking a vendor in the name of a connected account.

    reply = Client(connection).ask(Ask("list_calendars", "GET", "/me/calendars"))

It gets the token, refreshes it once after a 401, waits as long as the vendor says, keeps to as many
requests at once as the vendor bears, and leaves alone what does not answer. It is called outside
any transaction.
"""

import random
from collections.abc import Callable
from time import monotonic, sleep

from django.conf import settings

from connections.asking import Ask, Reply, put, read_object
from connections.errors import (
    AuthExpiredError,
    ConsentRevokedError,
    Facts,
    IntegrationError,
    RateLimitedError,
    TransientError,
)
from connections.models import Connection, ProviderName
from connections.providers import PROVIDERS
from connections.providers.slack import check_ok
from connections.states import note_good, note_lost, note_revoked, note_trouble
from connections.tokens import access_token
from connections.words import name_of
from tenants.breaker import Breaker
from tenants.seats import NoSeatError, seat

MOST_TRIES = 5
SHORTEST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
# How long all tries of one question may take.
PATIENCE_SECONDS = 45
SEAT_SECONDS = 60
SEAT_PATIENCE = 20
# A mailbox that is not there for programs, or an API that is switched off.
OUT_OF_REACH = frozenset(
    {"MailboxNotEnabledForRESTAPI", "ErrorAccessDenied", "accessNotConfigured"}
)
LEFT_ALONE = "{} did not answer the last times; it is left alone for a while."
CROWD = "Too many requests to {} at once; this one waited in vain."


class Client:
    """One account at its vendor; may be kept for a run of questions."""

    def __init__(self, connection: Connection, *, pause: Callable[[float], None] = sleep) -> None:
        self.pk = connection.pk
        self.provider = connection.provider
        self.account_key = connection.account_key
        self._pause = pause
        self._breaker = Breaker(f"connection:{connection.pk}", shared=False)

    def ask(self, ask: Ask) -> Reply:
        """Return the vendor's good answer. Raises an IntegrationError."""
        end = monotonic() + PATIENCE_SECONDS
        for number in range(MOST_TRIES):
            try:
                reply = self._ask_with_token(ask)
            except (RateLimitedError, TransientError) as error:
                wait = self._wait_for(error, number)
                is_last = number == MOST_TRIES - 1 or monotonic() + wait > end
                if is_last or not (ask.may_repeat or _was_refused(error)):
                    self._note(error)
                    raise
                self._pause(wait)
            except IntegrationError as error:
                if error.facts.status:
                    # It said no, so it does answer.
                    self._breaker.succeed()
                self._note(error)
                raise
            else:
                self._breaker.succeed()
                note_good(self.pk)
                return reply
        raise AssertionError

    def _ask_with_token(self, ask: Ask) -> Reply:
        if wait := self._breaker.wait():
            words = LEFT_ALONE.format(name_of(self.provider))
            facts = Facts(self.provider, ask.operation, retry_after=wait, sent=False)
            raise TransientError(words, facts)
        token = access_token(self.pk)
        try:
            return self._ask_once(ask, token)
        except AuthExpiredError:
            fresh = access_token(self.pk, refused=token)
            return self._ask_once(ask, fresh)

    def _ask_once(self, ask: Ask, token: str) -> Reply:
        base = PROVIDERS[self.provider].base_url()
        most = settings.CONNECTION_REQUESTS_AT_ONCE
        asked = ask.with_headers(Authorization=f"Bearer {token}")
        try:
            with seat(
                f"{self.provider}:{self.account_key}",
                most=most,
                hold=SEAT_SECONDS,
                patience=SEAT_PATIENCE,
            ):
                reply = put(self.provider, base, asked)
        except NoSeatError:
            facts = Facts(self.provider, ask.operation, retry_after=1, sent=False)
            raise RateLimitedError(CROWD.format(name_of(self.provider)), facts) from None
        except RateLimitedError as error:
            # The others of this account wait as well; no other account does.
            if error.retry_after:
                self._breaker.pause(error.retry_after)
            raise
        except TransientError:
            self._breaker.fail()
            raise
        if self.provider == ProviderName.SLACK:
            told = read_object(reply.body)
            code = str(told.get("error", ""))[:80]
            check_ok(told, Facts(self.provider, ask.operation, reply.status, code))
        return reply

    def _wait_for(self, error: IntegrationError, number: int) -> float:
        """Return for how many seconds: what the vendor says, else full jitter (rule 3)."""
        if error.retry_after is not None:
            return error.retry_after
        longest = min(LONGEST_PAUSE, SHORTEST_PAUSE * 2**number)
        return random.uniform(0, longest)  # noqa: S311  no secret

    def _note(self, error: IntegrationError) -> None:
        """Write down what the trouble says about the account."""
        if isinstance(error, ConsentRevokedError) and self.provider == ProviderName.SLACK:
            note_revoked(self.pk, str(error))
        elif isinstance(error, ConsentRevokedError | AuthExpiredError):
            note_lost(self.pk, str(error))
        elif isinstance(error, TransientError | RateLimitedError) or _is_of_account(error):
            note_trouble(self.pk, str(error))


def _is_of_account(error: IntegrationError) -> bool:
    """Tell whether the whole account is out of reach, not the one thing that was asked for."""
    return error.facts.vendor_code in OUT_OF_REACH


def _was_refused(error: IntegrationError) -> bool:
    """Tell whether the vendor surely did nothing, so that asking again makes no copy."""
    return not error.facts.sent or isinstance(error, RateLimitedError)
