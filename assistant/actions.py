"""What the assistant writes for somebody: done, or proposed until a yes; taken back once.

It knows no kind of thing itself: each is registered with `assistant.kinds`.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import User
from assistant.kinds import Change, Changing, State, kind_of
from assistant.models import DELETE, PATIENCE, REGRET, Action, ActionStatus
from common.errors import ConflictError, InvalidError, MissingError, RefusedError
from tenants.context import atomic

# What an answer to a proposal that is none any more is told.
SETTLED = {
    ActionStatus.DONE: _lazy("“{}”: this is done already."),
    ActionStatus.UNDONE: _lazy("“{}”: this was done and taken back."),
    ActionStatus.DECLINED: _lazy("“{}”: this was left as it is. Say it again if you want it now."),
}


@atomic()
def record_creation(
    *, thing: Model, by: User, kind: str = "task", conversation: str = ""
) -> Action:
    """Write down that a sentence became this thing, so that it can be taken back."""
    return Action.objects.create(
        person=by,
        conversation=conversation,
        kind=kind,
        type=f"create_{kind}",
        status=ActionStatus.DONE,
        object_id=thing.pk,
        title=_title(str(thing)),
        after=kind_of(kind).state(thing.pk) or {},
        ends_at=timezone.now() + REGRET,
    )


@atomic()
def record_change(
    *, thing: Model, change: str, by: User, work: Callable[[], object], kind: str = "task"
) -> Action:
    """Do the work that somebody asked for in a form, and keep how it is taken back."""
    dealings, pk = kind_of(kind), thing.pk
    read_before = dealings.whole if change == DELETE and dealings.whole else dealings.state
    before = read_before(pk) or {}
    work()
    after = dealings.state(pk) or {}
    return Action.objects.create(
        person=by,
        kind=kind,
        type=change if after else DELETE,
        status=ActionStatus.DONE,
        object_id=pk,
        title=_title(str(thing)),
        before=before,
        after=after,
        ends_at=timezone.now() + REGRET,
    )


@atomic()
def forget_states() -> int:
    """Empty the states of what can no longer be taken back or done; return how many had any.

    What was deleted must not stay here for good: that it was done, and by whom, does.
    """
    empty: dict[str, dict[str, Any]] = {"values": {}, "before": {}, "after": {}}
    over = Action.objects.filter(ends_at__lt=timezone.now())
    return over.exclude(**empty).update(**empty)


def keep_change(kind: str, thing: Model, what: str, by: User, work: Callable[[], object]) -> UUID:
    """Do the work of a page on a thing, and return the token that undoes it."""
    return record_change(thing=thing, change=what, by=by, work=work, kind=kind).pk


def keep_creation(kind: str, thing: Model, by: User) -> UUID:
    """Return the token that takes back what was made on a page."""
    return record_creation(thing=thing, by=by, kind=kind).pk


@atomic()
def change_thing(
    *, thing: Model, change: Change, by: User, kind: str = "task", conversation: str = ""
) -> Action:
    """Do it at once to what is one's own business, propose it where it touches others' work.

    Raises RefusedError, MissingError, and what the thing's own service refuses.
    """
    action = _new(change, kind, by, conversation)
    action.object_id, action.title = thing.pk, _title(str(thing))
    return _propose_or_do(action, thing, by)


@atomic()
def make_thing(
    *, change: Change, title: str, by: User, kind: str, conversation: str = ""
) -> Action:
    """Make it at once, or propose it where it touches others, as an invitation does.

    Raises as `change_thing`.
    """
    action = _new(change, kind, by, conversation)
    # A name for what is not there yet.
    action.object_id, action.title = uuid4(), _title(title)
    return _propose_or_do(action, None, by)


@atomic()
def confirm_action(*, by: User, conversation: str = "", token: UUID | None = None) -> Action:
    """Do what waits for this person's yes: what the token names, or the newest in a conversation.

    Raises ConflictError if nothing waits, or not any more, and InvalidError for a token that is
    not this person's.
    """
    return _carry_out(_waiting(by, conversation, token), by)


@atomic()
def decline_action(*, by: User, conversation: str = "", token: UUID | None = None) -> Action:
    """Leave it. Raises as `confirm_action`."""
    action = _waiting(by, conversation, token)
    action.status = ActionStatus.DECLINED
    action.save()
    return action


@atomic()
def undo_action(*, token: UUID, by: User) -> Action:
    """Take a write back, once, while nobody has changed the thing since.

    Raises InvalidError for a token that is not this person's, and ConflictError `already_undone`,
    `undo_expired` or `changed_meanwhile`.
    """
    action = _own(token, by)
    if action is None or action.status in {ActionStatus.PROPOSED, ActionStatus.DECLINED}:
        sentence = _("There is nothing to undo with this token.")
        raise InvalidError(sentence, code="unknown_token", attr="undo_token")
    if action.status == ActionStatus.UNDONE:
        raise ConflictError(_("This is undone already."), code="already_undone")
    if action.ends_at <= timezone.now():
        raise ConflictError(_("This can no longer be undone."), code="undo_expired")
    _take_back(action, by)
    action.status = ActionStatus.UNDONE
    action.save()
    return action


def undo_last(*, by: User) -> Action:
    """Take back what this person did last through the assistant. Raises as `undo_action`."""
    last = Action.objects.last_done(by).first()
    if last is None:
        raise ConflictError(_("There is nothing to undo."), code="nothing_to_undo")
    return undo_action(token=last.pk, by=by)


def _new(change: Change, kind: str, by: User, conversation: str) -> Action:
    return Action(
        person=by,
        conversation=conversation,
        kind=kind,
        type=change.type,
        status=ActionStatus.PROPOSED,
        values=change.values,
        ends_at=timezone.now() + PATIENCE,
    )


def _propose_or_do(action: Action, thing: Any, by: User) -> Action:
    change, changing = Change(action.type, action.values), _changing(action)
    changing.check(change, thing, by)
    if not changing.waits(change, thing, by):
        return _carry_out(action, by)
    Action.objects.waiting(by, action.conversation).update(status=ActionStatus.DECLINED)
    action.save(force_insert=True)
    return action


def _own(token: UUID, by: User) -> Action | None:
    rows = Action.objects.visible_to(by).select_for_update(of=("self",))
    found: Action | None = rows.filter(pk=token).first()
    return found


def _waiting(by: User, conversation: str, token: UUID | None) -> Action:
    if token is None:
        rows = Action.objects.waiting(by, conversation).select_for_update(of=("self",))
        action: Action | None = rows.first()
        if action is None:
            raise ConflictError(
                _("There is nothing that waits for a yes."), code="nothing_proposed"
            )
        return action
    action = _own(token, by)
    if action is None:
        raise InvalidError(
            _("There is nothing to answer here."), code="unknown_token", attr="token"
        )
    if action.status in SETTLED:
        sentence = str(SETTLED[ActionStatus(action.status)]).format(action.title)
        raise ConflictError(sentence, code="already_answered")
    if action.ends_at <= timezone.now():
        raise ConflictError(_("This waited too long. Say it once more."), code="proposal_expired")
    return action


def _carry_out(action: Action, by: User) -> Action:
    """Do it to the thing as it is now, and keep both states."""
    kind, changing = kind_of(action.kind), _changing(action)
    change, thing = Change(action.type, action.values), None
    if not action.is_creation:
        rows = kind.rows(by).select_for_update(of=("self",))
        thing = rows.filter(pk=action.object_id).first()
        if thing is None:
            raise MissingError(_("“{title}” is not there any more.").format(title=action.title))
        action.before = kind.state(action.object_id) or {}
    changing.check(change, thing, by)
    action.object_id = changing.do(change, thing, by)
    action.after = kind.state(action.object_id) or {}
    action.status = ActionStatus.DONE
    action.ends_at = timezone.now() + REGRET
    action.save()
    return action


def _take_back(action: Action, by: User) -> None:
    kind = kind_of(action.kind)
    makes = action.is_creation or action.is_deletion
    if not by.may(kind.create if makes else _changing(action).update):
        raise RefusedError(_("You may not change {plural}.").format(plural=kind.plural))
    if action.is_deletion:
        _bring_back(action, by)
        return
    # What was handed on may be out of the person's sight by now.
    rows = kind.rows(None).select_for_update(of=("self",))
    thing = rows.filter(pk=action.object_id).first()
    now = kind.state(action.object_id) if thing else None
    if now is None or not _is_as_left(action, now):
        raise ConflictError(
            _("“{title}” was changed meanwhile; undoing would overwrite that.").format(
                title=action.title
            ),
            code="changed_meanwhile",
        )
    if action.is_creation:
        kind.delete(thing, by)
    else:
        _changing(action).put_back(thing, action.before, action.after, by)


def _bring_back(action: Action, by: User) -> None:
    """Make again what was deleted, if nobody has yet."""
    kind = kind_of(action.kind)
    if kind.bring_back is None:
        raise LookupError(f"{action.kind} is not brought back")
    if kind.rows(None).filter(pk=action.object_id).exists():
        raise ConflictError(_("This is undone already."), code="already_undone")
    kind.bring_back(action.before, by)


def _is_as_left(action: Action, now: State) -> bool:
    """Whether what the undo would overwrite or delete is as the action left it."""
    before, after = action.before, action.after
    if action.is_creation:
        return all(now.get(name) == value for name, value in after.items())
    overwritten = [name for name in after if before.get(name) != after[name]]
    watched = _changing(action).watched
    return all(now.get(name) == after[name] for name in [*overwritten, *watched])


def _changing(action: Action) -> Changing:
    changing = kind_of(action.kind).changing
    if changing is None:
        raise LookupError(f"{action.kind} is not changed by sentences")
    return changing


def _title(text: str) -> str:
    longest: int = Action._meta.get_field("title").max_length or 0
    return text[:longest]
