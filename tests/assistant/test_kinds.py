"""What an app that is not known here can have the assistant do: made after a yes, taken back."""

import pytest

from accounts.permissions import Permission
from assistant import kinds
from assistant.actions import confirm_action, decline_action, make_thing, undo_action
from assistant.kinds import Change, Changing, Kind, register_kind
from common.errors import ConflictError, InvalidError, RefusedError
from messaging.models import Contact


def _check(change, thing, by):
    if not by.may(Permission.ADMIN_SETTINGS):
        raise RefusedError("You may not link telephones.")


def _state(pk):
    return Contact.objects.filter(pk=pk).values("address", "closed_why").first()


def _do(change, thing, by):
    if thing is None:
        thing = Contact(person=by, channel="sms")
    for name, value in change.values.items():
        setattr(thing, name, value)
    thing.save()
    return thing.pk


def _waits(change, thing, by):
    return change.values["address"].startswith("+")


def _delete(thing, by):
    thing.delete()


def _put_back(thing, before, after, by):
    _do(Change("", before), thing, by)


@pytest.fixture(autouse=True)
def telephones(monkeypatch):
    """A kind whose numbers abroad wait for a yes."""
    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))
    changing = Changing(
        check=_check,
        waits=_waits,
        do=_do,
        update=Permission.ADMIN_SETTINGS,
        put_back=_put_back,
    )
    kind = Kind(
        plural="telephones",
        create=Permission.ADMIN_SETTINGS,
        rows=lambda by: Contact.objects.filter(person=by) if by else Contact.objects.all(),
        state=_state,
        delete=_delete,
        changing=changing,
    )
    register_kind("telephone", kind)


def make(by, address="+49301234"):
    change = Change("create_telephone", {"address": address})
    return make_thing(change=change, title="A telephone", by=by, kind="telephone")


def test_what_touches_others_is_made_after_a_yes_and_taken_back(ada):
    action = make(ada)
    assert (action.status, Contact.objects.exists()) == ("proposed", False)
    action = confirm_action(by=ada, token=action.pk)
    contact = Contact.objects.get()
    assert (action.status, action.object_id, contact.address) == ("done", contact.pk, "+49301234")
    undo_action(token=action.pk, by=ada)
    assert not Contact.objects.exists()


def test_what_touches_nobody_is_made_at_once(ada):
    assert make(ada, "110").status == "done"
    assert Contact.objects.get().address == "110"


def test_a_no_is_the_end_of_it(ada):
    action = make(ada)
    decline_action(by=ada, token=action.pk)
    with pytest.raises(ConflictError) as refused:
        confirm_action(by=ada, token=action.pk)
    assert refused.value.code == "already_answered"
    assert not Contact.objects.exists()


def test_a_yes_of_somebody_else_is_none(ada, eve):
    action = make(ada)
    with pytest.raises(InvalidError):
        confirm_action(by=eve, token=action.pk)


def test_the_app_says_who_may(eve):
    with pytest.raises(RefusedError):
        make(eve)
