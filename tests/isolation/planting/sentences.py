"""Canaries in what the assistant did, and in what a language model was asked."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from assistant.llm.models import ModelCall
from assistant.models import Action, ActionStatus
from tasks.models import Task
from tests.isolation.canaries import CANARY


def plant_an_action(mia: User, task: Task) -> Action:
    return Action.objects.create(
        person=mia,
        conversation=CANARY,
        type=CANARY,
        status=ActionStatus.DONE,
        object_id=task.pk,
        title=f"{CANARY} title",
        values={"title": CANARY},
        before={"title": CANARY},
        after={"title": CANARY},
        ends_at=timezone.now() + timedelta(days=1),
    )


def plant_a_call() -> ModelCall:
    return ModelCall.objects.create(
        purpose="sentence",
        host=f"{CANARY}.example",
        model=f"{CANARY} model",
        prompt_hash=f"{CANARY} hash",
        tokens_in=1,
        tokens_out=1,
        cost=1,
        reason=CANARY,
    )
