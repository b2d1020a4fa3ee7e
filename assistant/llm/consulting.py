"""One question to a model: paid for before it is asked, judged, and written down."""

import logging
from collections.abc import Callable
from time import monotonic
from traceback import extract_tb
from typing import TypeVar

from django.conf import settings

from assistant.llm.client import Client, Meter
from assistant.llm.endpoints import Profile
from assistant.llm.errors import EndpointDownError, NotAskedError, NoUseError, RefusedAnswerError
from assistant.llm.ledger import Reserved, reserve, settle
from assistant.llm.memory import Breaker
from assistant.llm.models import Outcome, Purpose
from assistant.llm.prompt import Prompt, S
from common.http import Deadline

logger = logging.getLogger(__name__)
R = TypeVar("R")


def consult(prompt: Prompt[S], profile: Profile, purpose: Purpose, *, judge: Callable[[S], R]) -> R:
    """Return what `judge` makes of the model's answer. Raises NoUseError, whatever goes wrong.

    `judge` raises RefusedAnswerError for an answer that does not follow from what was asked. Not
    inside a transaction: the call is written down before it is made.
    """
    try:
        deadline = Deadline.after(settings.LLM_TIMEOUT)
        return _settled(prompt, _admitted(prompt, profile, purpose), deadline, judge)
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


def _admitted(prompt: Prompt[S], profile: Profile, purpose: Purpose) -> Reserved:
    """Return the call as it is paid for. Raises NotAskedError."""
    if not Breaker(profile.endpoint).lets_through():
        raise NotAskedError("breaker_open")
    return reserve(profile=profile, prompt=prompt, purpose=purpose)


def _settled(
    prompt: Prompt[S], reserved: Reserved, deadline: Deadline, judge: Callable[[S], R]
) -> R:
    """Ask. However it ends, the ledger has what it used and why it ended so."""
    start, meter = monotonic(), Meter()
    call, outcome, reason = reserved.call, Outcome.FAILED, "our_mistake"
    try:
        result = judge(_answer(prompt, Client(reserved.endpoint, deadline, meter)))
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


def _answer(prompt: Prompt[S], client: Client) -> S:
    """Ask; an answer of no use still shows that the endpoint is up."""
    breaker = Breaker(client.endpoint)
    try:
        answer = client.ask(prompt)
    except EndpointDownError as error:
        breaker.note_failure(error)
        raise
    except NoUseError:
        breaker.note_success()
        raise
    breaker.note_success()
    return answer
