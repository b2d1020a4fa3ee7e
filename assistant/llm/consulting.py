"""One question to a model: paid for before it is asked, judged, and written down."""

import logging
from collections.abc import Callable
from time import monotonic
from traceback import extract_tb
from typing import TypeVar

from django.conf import settings

from assistant.llm.client import Client, Meter
from assistant.llm.endpoints import Endpoint, Profile
from assistant.llm.errors import EndpointDownError, NotAskedError, NoUseError, RefusedAnswerError
from assistant.llm.ledger import Reserved, reserve, settle
from assistant.llm.memory import Breaker
from assistant.llm.models import Outcome, Purpose
from assistant.llm.prompt import Payable, Prompt, S
from common.http import Deadline

logger = logging.getLogger(__name__)
R = TypeVar("R")


def consult(prompt: Prompt[S], profile: Profile, purpose: Purpose, *, judge: Callable[[S], R]) -> R:
    """Return what `judge` makes of the model's answer. Raises NoUseError, whatever goes wrong.

    `judge` raises RefusedAnswerError for an answer that does not follow from what was asked. Not
    inside a transaction: the call is written down before it is made.
    """
    deadline = Deadline.after(settings.LLM_TIMEOUT)

    def ask(endpoint: Endpoint, meter: Meter) -> R:
        client = Client(endpoint, deadline, meter)
        return judge(watched(endpoint, lambda: client.ask(prompt)))

    return paid(prompt, profile, purpose, ask)


def paid(
    asked: Payable, profile: Profile, purpose: Purpose, ask: Callable[[Endpoint, Meter], R]
) -> R:
    """Return what `ask` returns, whose tries the meter counts. Raises NoUseError.

    The call is paid for before, and written down with what it used however it ends. Not inside a
    transaction.
    """
    try:
        return _settled(_admitted(asked, profile, purpose), ask)
    except NoUseError as error:
        extra = {"reason": error.reason, "host": profile.endpoint.host}
        logger.info("language model not used", extra=extra)
        raise
    except Exception as error:
        # Neither the message nor the trace: both may quote what somebody wrote.
        where = extract_tb(error.__traceback__)[-1]
        extra = {"error": type(error).__name__, "at": f"{where.filename}:{where.lineno}"}
        logger.error("language model failed", extra=extra)  # noqa: TRY400  the same
        raise NoUseError("our_mistake") from error


def _admitted(asked: Payable, profile: Profile, purpose: Purpose) -> Reserved:
    """Return the call as it is paid for. Raises NotAskedError."""
    if not Breaker(profile.endpoint).lets_through():
        raise NotAskedError("breaker_open")
    return reserve(profile=profile, prompt=asked, purpose=purpose)


def _settled(reserved: Reserved, ask: Callable[[Endpoint, Meter], R]) -> R:
    """Ask. However it ends, the ledger has what it used and why it ended so."""
    start, meter = monotonic(), Meter()
    call, outcome, reason = reserved.call, Outcome.FAILED, "our_mistake"
    try:
        result = ask(reserved.endpoint, meter)
    except NoUseError as error:
        is_refused = isinstance(error, RefusedAnswerError)
        outcome = Outcome.REFUSED if is_refused else Outcome.FAILED
        reason = error.reason
        raise
    else:
        outcome, reason = Outcome.USED, ""
        return result
    finally:
        call.ms, call.reason = round((monotonic() - start) * 1000), reason
        settle(call, meter=meter, cost_of=reserved.endpoint, outcome=outcome)


def watched(endpoint: Endpoint, ask: Callable[[], R]) -> R:
    """Ask; an answer of no use still shows that the endpoint is up."""
    breaker = Breaker(endpoint)
    try:
        answer = ask()
    except EndpointDownError as error:
        breaker.note_failure(error)
        raise
    except NoUseError:
        breaker.note_success()
        raise
    breaker.note_success()
    return answer
