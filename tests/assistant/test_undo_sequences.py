"""Whatever is said and then undone, step by step, leaves the tasks as they were."""

from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.actions import undo_action
from assistant.chat import answer
from assistant.states import state_of
from tasks.models import Task
from tasks.services import NewTask, create_task
from tenants.context import home_alias
from tests.conftest import outermost

SENTENCES = (
    *("call Bob tomorrow at 3pm", "water the palms every Monday at 9am", "order new badges"),
    *("done with the invoice", "done with the plants", "done with the badges", "done with Bob"),
    *("move the invoice to Friday", "move the plants to tomorrow at 4pm", "move Bob to Friday"),
    *("give the invoice to Eve instead", "give the plants to Max instead", "yes", "no"),
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


def all_states():
    return {pk: state_of(pk) for pk in Task.objects.values_list("pk", flat=True)}


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(said=st.lists(st.sampled_from(SENTENCES), max_size=6))
def test_any_sequence_of_writes_is_undone_by_its_undos(said, office, ada):
    with outermost():
        before = all_states()
        answers = [answer(text=text, by=ada, source="api") for text in said]
        done = [one.undo_token for each in answers for one in each.actions if one.undo_token]
        for token in reversed(done):
            undo_action(token=token, by=ada)
        after = all_states()
        # The next example begins with the same office.
        transaction.set_rollback(True, using=home_alias())
    assert after == before
