"""What a note says in short, and what follows from it: its own words, or a model's that it proves.

Making a summary takes no lock: the text is read, thought about outside of every transaction, and
what came of it is written if no newer one stands there.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from assistant.habits import office_habits
from assistant.interpreter import Context, Directory, Person
from assistant.services import office_directory
from notes.language.summary import summary_of
from notes.language.tone import tone_of
from notes.language.topics import topics_of
from notes.language.transcript import Sentence, sentences_in
from notes.minutes import ActionItem, action_items_of
from notes.models import Note, SummaryStatus
from notes.wording import place_of, worded
from tenants.context import atomic

Told = Callable[[int], None]
# What the parts of the work are, in percent: reading for action items, then a model's reading.
READ, ALL = 40, 100


@dataclass(frozen=True, slots=True)
class Work:
    """A note as it was when somebody asked, and all that is needed to summarise it."""

    note_id: UUID
    body: str
    version: int
    length: str
    context: Context


@dataclass(frozen=True, slots=True)
class Made:
    """What came of it."""

    key_points: list[dict[str, Any]]
    action_items: list[dict[str, Any]]
    key_topics: list[str]
    sentiment: str
    mode: str = "local"
    degraded: bool = field(default=False)


def work_of(note: Note, length: str) -> Work:
    """Read what is needed; in a transaction."""
    return Work(note.pk, note.body, note.version, length, _context_of(note))


def make_summary(work: Work, told: Told = lambda _percent: None) -> Made:
    """Summarise; not inside a transaction. `told` hears how far it is, in percent."""
    items = action_items_of(work.body, work.context, lambda share: told(int(share * READ)))
    told(READ)
    said = worded(work.body, work.length, lambda share: told(READ + int(share * (ALL - READ))))
    return Made(
        key_points=_worded_points(said.points, work.body) if said.points else _own_points(work),
        action_items=[_shown(item) for item in items],
        key_topics=topics_of(work.body),
        sentiment=tone_of(work.body),
        mode="llm" if said.points else "local",
        degraded=said.failed,
    )


@atomic()
def keep_summary(work: Work, made: Made) -> None:
    """Write it down, unless a newer text has been summarised meanwhile.

    Action items that became tasks before stay linked where the same sentence still says them.
    """
    note = Note.objects.select_for_update().filter(pk=work.note_id).first()
    if note is None:
        return
    note.summary_status, note.summary_wake_at = SummaryStatus.READY, None
    note.summary_progress, note.summary_attempts = ALL, 0
    if note.summarized_version <= work.version:
        links = {(old["evidence"], old["task"]): old["task_id"] for old in note.action_items}
        for item in made.action_items:
            item["task_id"] = links.get((item["evidence"], item["task"]))
        note.summary = " ".join(_closed(point["text"]) for point in made.key_points)
        note.key_points, note.action_items = made.key_points, made.action_items
        note.key_topics, note.sentiment = made.key_topics, made.sentiment
        note.summary_mode, note.summary_degraded = made.mode, made.degraded
        note.summary_length, note.summarized_version = work.length, work.version
    note.save()


def _context_of(note: Note) -> Context:
    """Return the moment of the note and those who may be meant: who was there, else the office."""
    directory = office_directory()
    if note.attendee_ids:
        there = {*note.attendee_ids, note.author_id}
        people = tuple(person for person in directory.people if person.id in there)
        directory = Directory(people=people, teams=())
    author = note.author
    return Context(
        now=note.held_at or note.created_at,
        timezone=ZoneInfo(author.timezone),
        speaker=Person(id=author.pk, full_name=author.full_name, email=author.email),
        directory=directory,
        locale=author.locale,
        office=office_habits(),
    )


def _own_points(work: Work) -> list[dict[str, Any]]:
    return [
        _point(each.text, each.source.text, each.source)
        for each in summary_of(work.body, work.length)
    ]


def _worded_points(points: Any, body: str) -> list[dict[str, Any]]:
    sentences = sentences_in(body)
    found = []
    for point in points:
        start = place_of(point.quote, body)
        before = [each for each in sentences if each.start <= start] or [Sentence("", 0)]
        spoken = before[-1]
        found.append({**_point(point.text, point.quote, spoken), "start": start})
    return found


def _point(text: str, evidence: str, source: Sentence) -> dict[str, Any]:
    return {
        "text": text,
        "evidence": evidence,
        "start": source.start,
        "speaker": source.speaker,
        "section": source.section,
    }


def _shown(item: ActionItem) -> dict[str, Any]:
    person = item.assignee
    return {
        "task": item.task,
        "assignee": person.full_name if person else None,
        "assignee_id": str(person.id) if person else None,
        "due_date": f"{item.due_date:%Y-%m-%dT%H:%M:%SZ}" if item.due_date else None,
        "evidence": item.evidence,
        "start": item.start,
        "confidence": item.confidence,
        "task_id": None,
    }


def _closed(sentence: str) -> str:
    return sentence if sentence.endswith((".", "!", "?", "…")) else f"{sentence}."
