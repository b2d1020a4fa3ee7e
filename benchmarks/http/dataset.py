"""The rows that every server is loaded with: the same each time, by the number of the tenant."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

PASSWORD = "bench-Passw0rd!"
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
USERS = 20
HAVE_A_DATE, HAVE_SOMEBODY = 0.8, 0.9
WORDS = [
    "review",
    "prepare",
    "send",
    "invoice",
    "contract",
    "meeting",
    "report",
    "client",
    "budget",
    "draft",
    "call",
    "update",
    "plan",
    "order",
    "team",
]
STATUSES = ("pending", "in_progress", "done")
PRIORITIES = ("low", "medium", "high", "urgent")


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody who works there."""

    id: UUID
    email: str
    full_name: str


@dataclass(frozen=True, slots=True)
class TaskRow:
    """Something to do."""

    id: UUID
    title: str
    description: str
    status: str
    priority: str
    due_date: datetime | None
    assignee_id: UUID | None
    creator_id: UUID
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Office:
    """One tenant."""

    id: UUID
    slug: str
    people: list[PersonRow]
    tasks: list[TaskRow]

    @property
    def speaker(self) -> PersonRow:
        """Who sends the requests."""
        return self.people[1]


def offices(first: int, end: int, *, tasks: int) -> Iterator[Office]:
    """Yield the tenants with the numbers from `first` up to `end`, which is left out."""
    for number in range(first, end):
        dice = Random(number)
        slug = f"tenant{number:04d}"
        people = [
            PersonRow(_id(dice), f"user{n}@{slug}.example.com", f"User {n} Of {slug}")
            for n in range(USERS)
        ]
        yield Office(_id(dice), slug, people, [_task(dice, n, people) for n in range(tasks)])


def _task(dice: Random, number: int, people: list[PersonRow]) -> TaskRow:
    at = EPOCH + timedelta(minutes=37 * number + dice.randrange(30))
    return TaskRow(
        id=_id(dice),
        title=" ".join(dice.choices(WORDS, k=5)),
        description=" ".join(dice.choices(WORDS, k=25)),
        status=dice.choice(STATUSES),
        priority=dice.choice(PRIORITIES),
        due_date=at + timedelta(days=dice.randrange(1, 30))
        if dice.random() < HAVE_A_DATE
        else None,
        assignee_id=dice.choice(people).id if dice.random() < HAVE_SOMEBODY else None,
        creator_id=dice.choice(people).id,
        created_at=at,
    )


def _id(dice: Random) -> UUID:
    return UUID(int=dice.getrandbits(128), version=4)
