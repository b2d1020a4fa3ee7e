"""Tasks, with comments, files and reminders: a good request for each operation."""

from collections.abc import Callable
from typing import Any

from tests.conftest import Api
from tests.isolation.samples.sample import Sample, Samples, askers, nothing, with_body
from tests.isolation.world import World


def _of_task(name: str, **body: Any) -> Callable[..., Sample]:
    return lambda world, _api: Sample({name: world.task.pk}, body=body or None)


def _of_reminder(**body: Any) -> Callable[..., Sample]:
    return lambda world, _api: Sample({"pk": world.reminder.pk}, body=body or None)


def _assign(world: World, api: Api | None) -> Sample:
    return Sample({"pk": world.task.pk}, body={"assignee_id": str(world.max.pk)})


def _own_comment(world: World, api: Api | None) -> Sample:
    """Say in other words what the person who asks has said."""
    return Sample({"pk": askers(world.comments, world, api)}, body={"body": "On Monday."})


def _file(world: World, api: Api | None) -> Sample:
    """Look at what the person who asks has put beside a task."""
    return Sample({"task_id": world.task.pk, "pk": askers(world.files, world, api)})


TASKS: Samples = {
    ("GET", "tasks"): nothing,
    ("POST", "tasks"): with_body(title="Order new badges"),
    ("POST", "tasks-bulk"): lambda world, _api: Sample(
        body={
            "items": [
                {"op": "update", "id": str(world.task.pk), "task": {"priority": "low"}},
                {"op": "create", "task": {"title": "Order new badges"}},
            ]
        }
    ),
    ("GET", "task"): _of_task("pk"),
    ("PUT", "task"): lambda world, _api: Sample(
        {"pk": world.task.pk}, body={"title": "Repot them", "assignee_id": str(world.eve.pk)}
    ),
    ("PATCH", "task"): _of_task("pk", title="Water the palms"),
    ("DELETE", "task"): _of_task("pk"),
    ("POST", "task-assign"): _assign,
    ("POST", "task-complete"): _of_task("pk"),
    ("GET", "comments"): _of_task("task_id"),
    ("POST", "comments"): _of_task("task_id", body="Done on Friday."),
    ("PATCH", "comment"): _own_comment,
    ("GET", "task-files"): _of_task("task_id"),
    ("POST", "task-files"): _of_task("task_id", filename="a.csv", text="plant,day\n"),
    ("DELETE", "task-file"): _file,
    ("GET", "task-file-content"): _file,
    ("GET", "mentions"): nothing,
    ("POST", "mention-read"): lambda world, api: Sample({"pk": askers(world.mentions, world, api)}),
    ("GET", "task-reminders"): _of_task("task_id"),
    ("POST", "task-reminders"): _of_task("task_id", minutes_before=5),
    ("PATCH", "reminder"): _of_reminder(minutes_before=10),
    ("DELETE", "reminder"): _of_reminder(),
}
