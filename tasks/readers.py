"""Who may see a task, and whom of them somebody may name there."""

from collections.abc import Collection, Iterable
from functools import reduce
from operator import or_
from typing import NamedTuple

from django.db.models import F, Q, QuerySet

from accounts.models import Team, TeamMembership, User
from accounts.permissions import Permission
from tasks.models import Comment, Mention, Task

SEES_ALL = [Permission.ADMIN_SETTINGS.value]
READS = [Permission.TASK_READ.value]


class Nameable(NamedTuple):
    """The people and the teams of some first words."""

    people: list[User]
    teams: list[Team]


def readers_of(task: Task) -> QuerySet[User]:
    """Return the active people who may see the task: the other side of `visible_to`."""
    own = [pk for pk in (task.creator_id, task.assignee_id) if pk]
    leads = Team.objects.filter(tasks=task, lead__isnull=False).values("lead")
    see = Q(pk__in=own) | Q(pk__in=leads) | Q(role__permissions__contains=SEES_ALL)
    people: QuerySet[User] = User.objects.active().filter(see, is_service=False)
    return people.filter(role__permissions__contains=READS)


def still_readable() -> QuerySet[Mention]:
    """Return the mentions whose person may see the task now."""
    task = "comment__task"
    own = Q(**{f"{task}__assignee": F("person")}) | Q(**{f"{task}__creator": F("person")})
    leads = Q(**{f"{task}__team__lead": F("person")})
    see = own | leads | Q(person__role__permissions__contains=SEES_ALL)
    rows: QuerySet[Mention] = Mention.objects.filter(
        see, person__is_active=True, person__role__permissions__contains=READS
    )
    return rows


def known_to(by: User, task: Task) -> QuerySet[User]:
    """Return the active people whose names somebody may know at a task.

    All for who may read people; for the others those whom the task's page shows.
    """
    people: QuerySet[User] = User.objects.active().filter(is_service=False)
    if by.may(Permission.USER_READ):
        return people
    at_task = [pk for pk in (task.assignee_id, task.creator_id, by.pk) if pk]
    said = Comment.objects.filter(task=task, author__isnull=False).values("author")
    return people.filter(Q(pk__in=at_task) | Q(pk__in=said))


def nameable(words: Collection[str], *, task: Task, by: User) -> Nameable:
    """Return the people and teams known to somebody whose names begin with one of the words."""
    people = _any(Q(full_name__istartswith=word) | Q(email__istartswith=word) for word in words)
    teams = _any(Q(name__istartswith=word) for word in words)
    return Nameable(
        list(known_to(by, task).filter(people)),
        list(Team.objects.visible_to(by).filter(teams)),
    )


def members_of(teams: Collection[Team]) -> dict[Team, set[User]]:
    """Return who is in each of the teams, or leads it; two queries."""
    seats = TeamMembership.objects.filter(team__in=teams).select_related("user")
    leads = User.objects.in_bulk([team.lead_id for team in teams if team.lead_id])
    found: dict[Team, set[User]] = {
        team: {leads[team.lead_id]} if team.lead_id in leads else set() for team in teams
    }
    for seat in seats:
        found[seat.team].add(seat.user)
    return found


def _any(conditions: Iterable[Q]) -> Q:
    return reduce(or_, conditions, Q(pk__in=[]))
