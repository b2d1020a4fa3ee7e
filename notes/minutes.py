"""What follows from a note: who is to do what until when, with the sentence that says so."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from assistant.interpreter import Candidate, Context, Draft, Person
from assistant.services import rules
from notes.language.actions import chance_of_action, is_marked, unmarked
from notes.language.promises import promise_in
from notes.language.speech import as_written
from notes.language.transcript import Sentence, sentences_in

MOST = 30
# How many sentences are read before somebody hears of it.
TOLD_EACH = 500
# From here on a sentence counts as one that asks for work. Spoken questions need more than mails.
SURE = 0.8
LONGEST_TITLE = 200
SHORTEST = 3


@dataclass(frozen=True, slots=True)
class ActionItem:
    """What somebody is to do; `evidence` stands in the note from `start` on."""

    task: str
    evidence: str
    start: int
    confidence: float
    assignee: Person | None = None
    due_date: datetime | None = None


def action_items_of(
    body: str, context: Context, told: Callable[[float], None] = lambda _share: None
) -> list[ActionItem]:
    """Return them in the order of the note.

    `context` says when the note was written and who may be meant: people outside of its directory
    are nobody's assignees. `told` hears how much of the note has been read.
    """
    found: list[ActionItem] = []
    sentences = sentences_in(body)
    for place, sentence in enumerate(sentences):
        if place % TOLD_EACH == 0:
            told(place / len(sentences))
        item = None if sentence.is_heading else _item_in(sentence, body, context)
        if item and item.task.lower() not in {other.task.lower() for other in found}:
            found.append(item)
    return found[:MOST]


def _item_in(sentence: Sentence, body: str, context: Context) -> ActionItem | None:
    line = body[body.rfind("\n", 0, sentence.start) + 1 :]
    marked = is_marked(line) and is_marked(sentence.text)
    text = as_written(unmarked(sentence.text) if marked else sentence.text)
    promise = promise_in(text)
    person = _whose(promise.name if promise else None, sentence.speaker, context)
    chance = 1.0 if marked else chance_of_action(text)
    if promise and person and not text.endswith("?"):
        chance = max(chance, SURE)
    what = promise.what if promise and person else text
    if chance < SURE or len(what.split()) < SHORTEST:
        return None
    return _read(what, _unread(sentence, chance, person), context)


def _unread(sentence: Sentence, chance: float, person: Person | None) -> ActionItem:
    return ActionItem("", sentence.text, sentence.start, round(chance, 2), person)


def _read(what: str, item: ActionItem, context: Context) -> ActionItem:
    """Return the item with what the interpreter makes of its words."""
    draft = rules.interpret(what, context)
    title = draft.title if draft.intent.startswith("create_") and draft.title else what
    title = title.rstrip(" .!,;")
    return replace(
        item,
        task=(title[:1].upper() + title[1:])[:LONGEST_TITLE],
        due_date=draft.due,
        assignee=item.assignee or _named_in(draft, context.directory.people),
    )


def _named_in(draft: Draft, people: Sequence[Person]) -> Person | None:
    """Return the person that the sentence itself gives the work to, if there is just one."""
    named: Candidate | None = draft.assignee
    return _by_id(named.user_id, people) if named and named.team_id is None else None


def _whose(name: str | None, speaker: str, context: Context) -> Person | None:
    """Return the one person that is meant: named, or speaking where no name is given."""
    if name is None:
        return None
    wanted = (name or speaker).casefold().strip()
    people = context.directory.people
    fitting = [
        person
        for person in people
        if wanted
        and wanted in {person.full_name.casefold(), person.full_name.casefold().split()[0]}
    ]
    if not name and not speaker:
        return _by_id(context.speaker.id, people)
    return fitting[0] if len(fitting) == 1 else None


def _by_id(user_id: UUID, people: Sequence[Person]) -> Person | None:
    return next((person for person in people if person.id == user_id), None)
