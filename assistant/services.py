"""From a sentence to a task: every door that takes office language comes through here."""

from typing import Any, NamedTuple, get_args
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Team, User
from accounts.permissions import Permission
from assistant.actions import record_creation
from assistant.habits import office_habits
from assistant.interpreter import (
    AssigneeStatus,
    Candidate,
    Context,
    Directory,
    Draft,
    Intent,
    Interpreter,
    Person,
    RoleEntry,
    TeamEntry,
)
from assistant.llm.engine import OfficeInterpreter
from assistant.local.engine import LocalInterpreter
from assistant.shown import Shown, as_shown
from common.errors import InvalidError, UnprocessableError
from tasks.errors import MayNotAssignError
from tasks.models import Task
from tasks.services import NewTask, create_task
from tenants.context import atomic

# What the text says about time and cannot be meant: better a question than a task on a wrong day.
BLOCKING_WARNINGS = frozenset({"past_date", "impossible_date"})

# Who writes into the field for tasks wants a task, also of a meeting or of a note.
TASK_INTENTS: frozenset[Intent] = frozenset({"create_task", "create_event", "create_note"})
# What changes, lists or answers has doors of its own.
OTHER_INTENTS: frozenset[Intent] = frozenset(get_args(Intent)) - TASK_INTENTS - {"unclear"}

rules: Interpreter = LocalInterpreter()
interpreter: Interpreter = OfficeInterpreter(rules)


def read_text(*, text: str, by: User) -> Draft:
    """Return what the office understands of a sentence that a person wrote now.

    Not inside a transaction, since a language model may be asked: raises RuntimeError there.
    """
    with atomic(durable=True):
        context = context_of(by)
    return interpreter.interpret(text, context)


def glance_at_text(*, text: str, by: User) -> Draft:
    """Return what the rules alone understand of a sentence that is still being written."""
    return rules.interpret(text, context_of(by))


def context_of(by: User) -> Context:
    """Return who speaks, when, and whom they may name."""
    return Context(
        now=timezone.now(),
        timezone=ZoneInfo(by.timezone),
        speaker=_person(by),
        directory=office_directory(),
        locale=by.locale,
        office=office_habits(),
    )


def check_draft(draft: Draft, *, by: User) -> None:
    """Raise what keeps a draft from becoming a task, in words that ask an honest question.

    UnprocessableError `unclear`, `past_date`, `impossible_date`, `assignee_not_found` or
    `assignee_ambiguous`, the last two with the candidates; MayNotAssignError.
    """
    if draft.intent in OTHER_INTENTS:
        raise UnprocessableError(
            _("That does not ask for a new task; say what there is to do."),
            code="unclear",
            attr="text",
        )
    if draft.intent not in TASK_INTENTS:
        raise UnprocessableError(
            _("It is not clear what there is to do."), code="unclear", attr="text"
        )
    for warning in draft.warnings:
        if warning.code in BLOCKING_WARNINGS:
            raise UnprocessableError(warning.sentence, code=warning.code, attr="text")
    names_other = draft.assignee_status not in {AssigneeStatus.NONE, AssigneeStatus.SELF}
    if draft.assignee is not None and draft.assignee.user_id == by.pk:
        names_other = False
    if names_other and not by.may(Permission.TASK_ASSIGN):
        raise MayNotAssignError(_("You may not give work to others."), attr="text")
    check_assignee(draft)


def check_assignee(draft: Draft) -> None:
    """Raise when the named person is not known, or could be several."""
    candidates = [candidate_data(candidate) for candidate in draft.assignee_candidates]
    if draft.assignee_status == AssigneeStatus.NOT_FOUND:
        raise UnprocessableError(
            _("There is nobody here called “{assignee_text}”.").format(
                assignee_text=draft.assignee_text
            ),
            code="assignee_not_found",
            attr="text",
            extra={"assignee_candidates": candidates},
        )
    if draft.assignee_status == AssigneeStatus.AMBIGUOUS:
        raise UnprocessableError(
            _("“{assignee_text}” can be several people; write the full name.").format(
                assignee_text=draft.assignee_text
            ),
            code="assignee_ambiguous",
            attr="text",
            extra={"assignee_candidates": candidates},
        )


class Written(NamedTuple):
    """A task that a sentence became, how it was understood, and the token that takes it back."""

    task: Task
    draft: Draft
    undo_token: UUID


def create_from_text(*, text: str, by: User, source: str) -> Written:
    """Store the task that a sentence asks for, with a reminder when it names a time.

    Raises as `read_text`, `check_draft` and `create_task`; nothing is stored then.
    """
    return write_draft(read_text(text=text, by=by), text=text, by=by, source=source)


def create_as_shown(*, text: str, was_seen: bool, shown: Shown, by: User, source: str) -> Written:
    """Store the task of a sentence with what its writer chose and left out of the reading.

    What was seen while it was written is what the rules understood; anything else, and what they
    did not understand then, is read as any other sentence.
    """
    draft = None
    if was_seen:
        with atomic(durable=True):
            draft = glance_at_text(text=text, by=by)
    if draft is None or draft.intent not in TASK_INTENTS:
        draft = read_text(text=text, by=by)
    with atomic():
        draft = as_shown(draft, shown, by=by)
        return write_draft(draft, text=text, by=by, source=source, remind=shown.reminds)


@atomic()
def write_draft(draft: Draft, *, text: str, by: User, source: str, remind: bool = True) -> Written:
    """Store the task of a sentence that was read, so that it can be taken back."""
    task = create_from_draft(draft, text=text, by=by, source=source, remind=remind)
    return Written(task, draft, record_creation(thing=task, by=by).pk)


@atomic()
def create_from_draft(
    draft: Draft, *, text: str, by: User, source: str, remind: bool = True
) -> Task:
    """Store the task of a sentence that was read. Raises as `check_draft` and `create_task`."""
    check_draft(draft, by=by)
    minutes = None
    if draft.due is not None and remind:
        before = draft.reminder_offset
        minutes = int(before.total_seconds() // 60) if before else 0
    new = new_task(draft, text=text, by=by, source=source)
    try:
        return create_task(new=new, by=by, remind_minutes_before=minutes)
    except InvalidError as error:
        # The one field that people filled in here is the text.
        raise UnprocessableError(error.sentence, code=error.code, attr="text") from error


def new_task(draft: Draft, *, text: str, by: User, source: str) -> NewTask:
    """Return the task that a draft describes; a sentence that names nobody is the speaker's own."""
    assignee = draft.assignee
    return NewTask(
        title=draft.title,
        description=text,
        assignee_id=assignee.user_id if assignee else by.pk,
        team_id=assignee.team_id if assignee else None,
        due_date=draft.due,
        timezone=by.timezone,
        priority=draft.priority,
        recurrence=draft.recurrence or "",
        labels=list(draft.labels),
        source=source,
    )


def office_directory() -> Directory:
    """Return the active people, the teams and the roles of the office; three queries."""
    users = list(User.objects.active().select_related("role"))
    active = {user.pk for user in users}
    teams = Team.objects.prefetch_related("memberships")
    in_role: dict[str, list[UUID]] = {}
    for user in users:
        in_role.setdefault(user.role.name, []).append(user.pk)
    return Directory(
        people=tuple(_person(user) for user in users),
        teams=tuple(
            TeamEntry(id=team.pk, name=team.name, member_ids=_members(team, active))
            for team in teams
        ),
        roles=tuple(RoleEntry(name=name, member_ids=tuple(ids)) for name, ids in in_role.items()),
    )


def _members(team: Team, active: set[UUID]) -> tuple[UUID, ...]:
    return tuple(item.user_id for item in team.memberships.all() if item.user_id in active)


def _person(user: User) -> Person:
    return Person(id=user.pk, full_name=user.full_name, email=user.email)


def candidate_data(candidate: Candidate) -> dict[str, Any]:
    """Return a candidate as the API shows it."""
    return {
        "user_id": str(candidate.user_id),
        "full_name": candidate.full_name,
        "team_id": str(candidate.team_id) if candidate.team_id else None,
        "team_name": candidate.team_name,
        "score": candidate.score,
    }
