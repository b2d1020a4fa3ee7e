"""Sentences, and the model that reads them: a good request for each operation."""

from tests.conftest import Api
from tests.isolation.samples.sample import Sample, Samples, askers, nothing, with_body
from tests.isolation.world import World


def _undo(world: World, api: Api | None) -> Sample:
    """Take back what the person who asks has had written down."""
    return Sample(body={"undo_token": askers(world.actions, world, api)})


ASSISTANT: Samples = {
    ("POST", "event-from-text"): with_body(text="Meeting tomorrow at 3pm"),
    ("POST", "task-from-text"): with_body(text="Order new badges tomorrow at 3pm"),
    ("POST", "assistant-chat"): with_body(message="Order new badges tomorrow at 3pm"),
    ("POST", "assistant-undo"): _undo,
    ("GET", "language-model"): nothing,
    ("PATCH", "language-model"): with_body(base_url="https://models.example/v1", key="sk-new"),
    ("GET", "assistant-usage"): nothing,
}
