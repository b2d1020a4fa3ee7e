"""Which task is meant by a few words."""

import re

from django.db.models.functions import Length
from django.utils.translation import gettext as _

from accounts.models import User
from assistant.local.language import spoken_words
from assistant.local.text import fold
from common.errors import MissingError, UnprocessableError
from tasks.models import Task

MOST_WORDS = 8
MOST_SHOWN = 5
_WORD = re.compile(r"[^\W_]+")


def find_task(words: str, *, by: User) -> Task:
    """Return the one open task in the person's scope that has all the words; one query.

    Raises MissingError `task_not_found`, or UnprocessableError `task_ambiguous` with those that
    fit. Several that fit are not guessed among, unless one is called just so.
    """
    wanted = _meant(words, by.locale)
    if not wanted:
        raise UnprocessableError(_("Which task do you mean?"), code="task_not_named")
    fitting = Task.objects.visible_to(by).open()
    for word in wanted:
        # A word of letters and digits alone: nothing in it means something to the expression.
        fitting = fitting.filter(title__iregex=rf"\m{word}")
    found = list(fitting.order_by(Length("title"), "-created_at", "id")[: MOST_SHOWN + 1])
    exact = [task for task in found if _meant(task.title, by.locale) == wanted]
    if len(exact) == 1 or len(found) == 1:
        return (exact or found)[0]
    if not found:
        sentence = _("There is no open task called “{words}”.").format(words=words)
        raise MissingError(sentence, code="task_not_found")
    raise _ambiguous(words, found)


def _meant(words: str, locale: str) -> list[str]:
    """The words that tell tasks apart, in lower case; without "the" and "task"."""
    nameless = spoken_words("nameless", locale)
    spoken = [word for word in _WORD.findall(words.lower()) if fold(word) not in nameless]
    return spoken[:MOST_WORDS]


def _ambiguous(words: str, found: list[Task]) -> UnprocessableError:
    names = ", ".join(f"“{task.title}”" for task in found[:MOST_SHOWN])
    if len(found) > MOST_SHOWN:
        names = _("{names} and more").format(names=names)
    return UnprocessableError(
        _("Several tasks fit “{words}”: {names}. Which one do you mean?").format(
            words=words, names=names
        ),
        code="task_ambiguous",
        extra={"candidates": [str(task.pk) for task in found[:MOST_SHOWN]]},
    )
