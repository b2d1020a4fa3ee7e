"""The office's interpreter: the rules, and a language model where an office wants one."""

import logging
from dataclasses import dataclass
from time import monotonic
from traceback import extract_tb

from django.conf import settings

from assistant.interpreter import AssigneeStatus, Context, Draft, Interpreter
from assistant.llm.client import Client, Meter
from assistant.llm.endpoints import Profile, profile_of
from assistant.llm.errors import (
    EndpointDownError,
    NotAskedError,
    NoUseError,
    RefusedAnswerError,
)
from assistant.llm.ledger import Reserved, reserve, settle
from assistant.llm.memory import Breaker
from assistant.llm.models import Outcome, Purpose
from assistant.llm.prompt import Prompt, Reading, prompt_for
from assistant.llm.words import Hearing, Sentence
from common.http import Deadline
from tenants.context import current_tenant

logger = logging.getLogger(__name__)

# Below it the rules themselves say that they did not understand.
UNSURE = 0.6
FEWEST_WORDS = 2
# The rules read no further, so the model need not.
READ_LIMIT = 2_000


@dataclass(frozen=True, slots=True)
class OfficeInterpreter:
    """Reads by rules, and asks the model that the office in force has chosen, if any.

    Not inside a transaction: the call is written down before it is made.
    """

    rules: Interpreter

    def interpret(self, text: str, context: Context) -> Draft:
        """Return the rules' draft, or the model's where it is wanted, in time and follows."""
        draft = self.rules.interpret(text, context)
        profile = profile_of(current_tenant())
        if profile is None or not is_wanted(profile, draft, text):
            return draft
        hearing = Hearing(Sentence.of(text[:READ_LIMIT]), context, draft, self.rules)
        try:
            return consult(hearing, profile)
        except NoUseError as error:
            extra = {"reason": error.reason, "host": profile.endpoint.host}
            logger.info("language model not used", extra=extra)
        except Exception as error:  # noqa: BLE001  the outer edge: people get the rules' draft
            # Neither the message nor the trace: both may quote the sentence.
            where = extract_tb(error.__traceback__)[-1]
            extra = {"error": type(error).__name__, "at": f"{where.filename}:{where.lineno}"}
            logger.error("language model failed", extra=extra)  # noqa: TRY400  the same
        return draft


def is_wanted(profile: Profile, draft: Draft, text: str) -> bool:
    """Tell whether a model may know better: always, or where the rules are at a loss.

    Several people who fit are no riddle for a model: it does not know them.
    """
    if len(text.split()) < FEWEST_WORDS:
        return False
    if profile.mode == "always":
        return True
    return draft.confidence < UNSURE and draft.assignee_status is not AssigneeStatus.AMBIGUOUS


def consult(hearing: Hearing, profile: Profile) -> Draft:
    """Ask the model what the words mean. Raises NoUseError."""
    deadline = Deadline.after(settings.LLM_TIMEOUT)
    prompt = prompt_for(hearing.sentence.text)
    if not Breaker(profile.endpoint).lets_through():
        raise NotAskedError("breaker_open")
    reserved = reserve(profile=profile, prompt=prompt, purpose=Purpose.SENTENCE)
    return Consultation(hearing, prompt, reserved, deadline, Meter()).settled()


@dataclass(frozen=True, slots=True)
class Consultation:
    """One call: made, judged and written down."""

    hearing: Hearing
    prompt: Prompt[Reading]
    reserved: Reserved
    deadline: Deadline
    meter: Meter

    def settled(self) -> Draft:
        """Return the draft. However it ends, the ledger has what it used and why it ended so."""
        start = monotonic()
        call, outcome, reason = self.reserved.call, Outcome.FAILED, "our_mistake"
        try:
            draft = self.hearing.draft(self._answer())
        except NoUseError as error:
            is_refused = isinstance(error, RefusedAnswerError)
            outcome = Outcome.REFUSED if is_refused else Outcome.FAILED
            reason = error.reason
            raise
        else:
            outcome, reason = Outcome.USED, ""
            return draft
        finally:
            call.ms, call.reason = round((monotonic() - start) * 1000), reason
            settle(call, meter=self.meter, cost_of=self.reserved.endpoint, outcome=outcome)

    def _answer(self) -> Reading:
        """Ask; an answer of no use still shows that the endpoint is up."""
        endpoint = self.reserved.endpoint
        breaker = Breaker(endpoint)
        try:
            answer = Client(endpoint, self.deadline, self.meter).ask(self.prompt)
        except EndpointDownError as error:
            breaker.note_failure(error)
            raise
        except NoUseError:
            breaker.note_success()
            raise
        breaker.note_success()
        return answer
