"""The assistant's chat on a Tuesday morning, and a task of Ada's and one of Eve's to speak of."""

import pytest
import time_machine

from tasks.models import Task
from tasks.services import NewTask, create_task


@pytest.fixture
def clock():
    with time_machine.travel("2024-05-14T10:00:00Z", tick=False) as clock:
        yield clock


@pytest.fixture
def say(api, ada):
    def call(message, *, by=ada, **more):
        answer = api(by).post("/api/v1/assistant/chat", {"message": message, **more})
        assert answer.status_code == 200, answer.content
        return answer.json()

    return call


@pytest.fixture
def undo(api, ada):
    def call(token, *, by=ada):
        return api(by).post("/api/v1/assistant/undo", {"undo_token": token})

    return call


@pytest.fixture
def own(ada):
    """A task of Ada's own."""
    return create_task(new=NewTask(title="Pay the Acme invoice", assignee_id=ada.pk), by=ada)


@pytest.fixture
def eves(ada, eve):
    """A task of Eve's."""
    return create_task(new=NewTask(title="Pay the Acme invoice", assignee_id=eve.pk), by=ada)


def token_of(answer):
    [action] = answer["actions"]
    return action["undo_token"]


def fresh(task):
    return Task.objects.get(pk=task.pk)
