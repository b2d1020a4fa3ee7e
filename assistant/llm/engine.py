"""The office's interpreter: the rules, and a language model where an office wants one."""

from dataclasses import dataclass, replace

from assistant.interpreter import AssigneeStatus, Context, Draft, Interpreter, ParseWarning
from assistant.llm.consulting import consult
from assistant.llm.endpoints import Profile, profile_of
from assistant.llm.errors import NoUseError
from assistant.llm.models import Purpose
from assistant.llm.prompt import prompt_for
from assistant.llm.words import Hearing, Sentence
from tenants.context import current_tenant

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
        prompt = prompt_for(hearing.sentence.text)
        try:
            return consult(prompt, profile, Purpose.SENTENCE, judge=hearing.draft)
        except NoUseError as error:
            return _with_word(draft, error)


def _with_word(draft: Draft, error: NoUseError) -> Draft:
    """Return the rules' draft; what people can mend, as a plan that is used up, is said in it."""
    if not error.sentence:
        return draft
    said = ParseWarning(error.reason, f"{error.sentence} Until then sentences are read by rules.")
    return replace(draft, warnings=(*draft.warnings, said))


def is_wanted(profile: Profile, draft: Draft, text: str) -> bool:
    """Tell whether a model may know better: always, or where the rules are at a loss.

    Several people who fit are no riddle for a model: it does not know them.
    """
    if len(text.split()) < FEWEST_WORDS:
        return False
    if profile.mode == "always":
        return True
    return draft.confidence < UNSURE and draft.assignee_status is not AssigneeStatus.AMBIGUOUS
