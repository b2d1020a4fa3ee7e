"""Whatever is said and taken back, in any order that is legal, leaves the office as it was."""

from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from assistant.actions import undo_action
from assistant.chat import answer
from assistant.kinds import kind_of
from assistant.models import Action
from assistant.states import successor_of
from notes.models import Note
from tasks.models import Task
from tasks.services import NewTask, create_task
from tenants.context import home_alias
from tests.conftest import outermost

THINGS = st.sampled_from(("the invoice", "the plants", "Bob", "the badges"))
TIMES = st.sampled_from(("Friday", "tomorrow at 4pm", "Monday at noon"))
NEW = (
    *("call Bob tomorrow at 3pm", "water the palms every Monday at 9am", "order new badges"),
    *("remind Eve to count the badges", "note: the door code is 4711", "note: Bob is on leave"),
)


@pytest.fixture
def office(ada):
    with time_machine.travel("2024-05-14T10:00:00Z", tick=False) as clock:
        create_task(new=NewTask(title="Pay the invoice", assignee_id=ada.pk), by=ada)
        due = timezone.now() + timedelta(hours=2)
        plants = NewTask(
            title="Water the plants", assignee_id=ada.pk, due_date=due, recurrence="FREQ=DAILY"
        )
        create_task(new=plants, by=ada, remind_minutes_before=30)
        yield clock


def everything():
    """All tasks and notes, as undo compares them."""
    rows = {"task": Task.objects, "note": Note.objects}
    return {
        (kind, pk): kind_of(kind).state(pk)
        for kind, found in rows.items()
        for pk in found.values_list("pk", flat=True)
    }


def touched(token):
    """What an action is about: an undo must wait for that of a later one about the same."""
    thing = Action.objects.get(pk=token).object_id
    return {thing, successor_of(thing)}


class Conversation(RuleBasedStateMachine):
    """The machine that talks and takes back; `person` and `clock` are those of the test."""

    def __init__(self):
        super().__init__()
        self.block = outermost()
        self.block.__enter__()
        self.began_at = timezone.now()
        self.before = everything()
        # The tokens of what stands, the oldest first.
        self.standing = []

    def say(self, text):
        said = answer(text=text, by=self.person, source="api")
        self.standing += [one.undo_token for one in said.actions if one.undo_token]

    @rule(text=st.sampled_from(NEW))
    def make(self, text):
        self.say(text)

    @rule(thing=THINGS)
    def complete(self, thing):
        self.say(f"done with {thing}")

    @rule(thing=THINGS, time=TIMES)
    def move(self, thing, time):
        self.say(f"move {thing} to {time}")

    @rule(thing=THINGS, name=st.sampled_from(("Eve", "Max", "me")))
    def reassign(self, thing, name):
        self.say(f"give {thing} to {name} instead")

    @rule(word=st.sampled_from(("yes", "yes", "no")))
    def settle(self, word):
        self.say(word)

    @rule(minutes=st.integers(1, 40))
    def wait(self, minutes):
        self.clock.shift(timedelta(minutes=minutes))

    @precondition(lambda self: self.standing)
    @rule(data=st.data())
    def undo_what_nothing_newer_is_about(self, data):
        token = data.draw(st.sampled_from([*filter(self.is_free, self.standing)]))
        undo_action(token=token, by=self.person)
        self.standing.remove(token)

    @precondition(lambda self: self.standing)
    @rule()
    def undo_the_last_by_word(self):
        last = Action.objects.last_done(self.person).first()
        if self.is_free(last.pk):
            said = answer(text="undo", by=self.person, source="api")
            assert said.actions[0].token == last.pk
            self.standing.remove(last.pk)

    def is_free(self, token):
        """Whether nothing newer that still stands is about the same."""
        newer = self.standing[self.standing.index(token) + 1 :]
        return touched(token).isdisjoint(set().union(*map(touched, newer)))

    def teardown(self):
        try:
            for token in reversed(self.standing):
                undo_action(token=token, by=self.person)
            assert everything() == self.before
        finally:
            # The next example begins with the same office, at the same time.
            transaction.set_rollback(True, using=home_alias())
            self.block.__exit__(None, None, None)
            self.clock.move_to(self.began_at)


def test_writes_and_undos_in_any_legal_order_end_where_they_began(office, ada):
    class Here(Conversation):
        person, clock = ada, office

    run_state_machine_as_test(
        Here, settings=settings(max_examples=15, stateful_step_count=12, deadline=None)
    )
