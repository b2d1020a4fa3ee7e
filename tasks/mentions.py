"""Whom a comment names: told once, by whichever way they chose, and never who may not see it."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import Team, User
from common.languages import speaking
from common.models import add_records
from messaging.digests import Line, Section, SectionsOf
from messaging.due import Owed
from messaging.services import owe_messages
from tasks.models import Comment, Mention, Task
from tasks.naming import first_words, key_of, names_in
from tasks.readers import Nameable, members_of, nameable, readers_of, still_readable
from tenants.context import current_tenant
from tenants.directory import address_of

KIND = "task_mention"
# A message tells what it is about; the whole stands on the page.
LONGEST = 1_000
# A digest is read, a list of everything stands on the page.
MOST_LINES = 20


@dataclass(slots=True)
class Named:
    """Whom a text names: those to be told with the words that name them, and why not others."""

    told: dict[User, str] = field(default_factory=dict)
    untold: list[str] = field(default_factory=list)


# --- Writing them down


def name_people(comment: Comment, *, by: User) -> list[str]:
    """Keep whom the comment names, tell those who were not named before; the task is locked.

    Return in sentences who is not told although the comment names them.
    """
    there = {each.person_id: each for each in comment.mentions.all()}
    named = _named(comment.body, comment.task, by)
    words = {person.pk: said for person, said in named.told.items()}
    if gone := there.keys() - words.keys():
        comment.mentions.filter(person__in=gone).delete()
    changed = [each for pk, each in there.items() if words.get(pk, each.words) != each.words]
    for each in changed:
        each.words = words[each.person_id]
    if changed:
        Mention.objects.bulk_update(changed, ["words"])
    fresh = [
        Mention(comment=comment, person=person, words=said)
        for person, said in named.told.items()
        if person.pk not in there
    ]
    if fresh:
        add_records(fresh)
        owe_messages([_owed(each, by) for each in fresh])
    return named.untold


def _named(text: str, task: Task, by: User) -> Named:
    named, words = Named(), first_words(text)
    if not words:
        return named
    known = nameable(words, task=task, by=by)
    teams = {key_of(team.name): team for team in known.teams}
    people = _by_name(known)
    said = names_in(text, [*teams, *people])
    members = members_of([teams[key] for key in said if key in teams and key not in people])
    readers = set(readers_of(task)) if said else set()
    barred: list[User] = []
    for key, piece in said.items():
        if key in people:
            barred += _name_person(named, people[key], piece, readers)
        else:
            _name_team(named, teams[key], piece, members[teams[key]], readers)
    named.told.pop(by, None)
    if barred:
        names = ", ".join(dict.fromkeys(person.full_name for person in barred))
        sentence = _("Not told, because they may not see this task: {names}.")
        named.untold.append(sentence.format(names=names))
    return named


def _by_name(known: Nameable) -> dict[str, list[User]]:
    """Return the people by what they may be called; a first name gives way to whole names."""
    whole, first = defaultdict(list), defaultdict(list)
    for person in known.people:
        for name in {key_of(person.full_name), person.email}:
            whole[name].append(person)
        first[key_of(person.full_name.split()[0])].append(person)
    taken = {*whole, *(key_of(team.name) for team in known.teams)}
    return {**{name: people for name, people in first.items() if name not in taken}, **whole}


def _name_person(named: Named, people: list[User], said: str, readers: set[User]) -> list[User]:
    """Add the one who is meant; return who is meant and may not see the task."""
    may = [person for person in people if person in readers]
    if len(may) == 1:
        named.told.setdefault(may[0], said)
    elif len(people) > 1:
        sentence = _("“{name}” can be several people; write the full name or the address.")
        named.untold.append(sentence.format(name=said))
    else:
        return people
    return []


def _name_team(named: Named, team: Team, said: str, members: set[User], readers: set[User]) -> None:
    for person in sorted(members & readers, key=lambda person: person.full_name):
        named.told.setdefault(person, said)
    if members - readers:
        sentence = _("Of “{team}” only those are told who may see this task.")
        named.untold.append(sentence.format(team=team.name))


# --- Telling them


def _owed(mention: Mention, by: User) -> Owed:
    person, comment, office = mention.person, mention.comment, current_tenant()
    url = address_of(office)
    link = f"{url}/tasks/{comment.task_id}#comment-{comment.pk}"
    with speaking(person.locale):
        subject = _("{by} mentions you: {title}").format(by=by.full_name, title=comment.task.title)
        words = {
            "person": person,
            "office": office,
            "by": by,
            "task": comment.task,
            "body": Truncator(comment.body).chars(LONGEST),
            "subject": subject,
            "link": link,
        }
        return Owed(
            recipient=person,
            subject=subject,
            text=render_to_string("emails/mention.txt", words),
            html=render_to_string("emails/mention.html", words),
            brief=f"{subject} {link}",
            kind=KIND,
            about_id=mention.pk,
            due_at=timezone.now(),
            # Whoever is left out and named again has been told.
            occasion=f"mention:{comment.pk}",
        )


def objections(ids: Collection[UUID]) -> Mapping[UUID, str]:
    """Tell of which of these mentions nobody is to be told any more, and why."""
    rows = dict(Mention.objects.filter(pk__in=ids).values_list("pk", "read_at"))
    may = set(still_readable().filter(pk__in=ids).values_list("pk", flat=True))
    read = [pk for pk, read_at in rows.items() if read_at is not None]
    return {
        **dict.fromkeys(rows.keys() - may, _("The mentioned person may no longer see the task.")),
        **dict.fromkeys(read, _("It was read before.")),
        **dict.fromkeys(set(ids) - rows.keys(), _("The comment no longer mentions this person.")),
    }


def unread_mentions(people: Collection[User], until: datetime) -> SectionsOf:
    """Load for digests what names these people and was not read yet."""
    rows = still_readable().filter(person__in=people, read_at=None, created_at__lt=until)
    lines: dict[UUID, list[Line]] = defaultdict(list)
    columns = ("person", "comment__task", "comment__task__title", "created_at")
    for person, task, title, at in rows.order_by("-created_at", "pk").values_list(*columns):
        lines[person].append(Line(title, at, f"/tasks/{task}"))
    return lambda person, at: [_section([line for line in lines[person.pk] if line.when <= at])]


def _section(lines: list[Line]) -> Section:
    more = max(len(lines) - MOST_LINES, 0)
    return Section(_lazy("Mentioned"), lines[:MOST_LINES], more=more)
