"""Notes and what they said before: a good request for each operation."""

from typing import Any

from tests.conftest import Api
from tests.isolation.samples.sample import Sample, Samples, askers, nothing, with_body
from tests.isolation.world import World


def _note(world: World, api: Api | None, **body: Any) -> Sample:
    """Look at what the person who asks has written, or change it."""
    return Sample({"pk": askers(world.notes, world, api)}, body=body)


def _of_note(world: World, api: Api | None) -> Sample:
    return Sample({"note_id": askers(world.notes, world, api)})


def _of_version(world: World, api: Api | None) -> Sample:
    """Look at what it said first."""
    note = askers(world.notes, world, api)
    return Sample({"note_id": note, "pk": world.first_versions[note]})


NOTES: Samples = {
    ("GET", "notes"): nothing,
    ("POST", "notes"): with_body(title="Kick-off", body="We **begin** on Monday.", tags=["acme"]),
    ("GET", "note"): _note,
    ("PATCH", "note"): lambda world, api: _note(world, api, title="Kick-off, again"),
    ("DELETE", "note"): _note,
    ("POST", "note-summarize"): _note,
    ("POST", "note-qa"): lambda world, api: _note(world, api, question="What was agreed?"),
    ("POST", "note-task"): lambda world, api: Sample(
        {"pk": askers(world.notes, world, api), "index": 0}
    ),
    ("GET", "note-versions"): _of_note,
    ("GET", "note-version"): _of_version,
    ("POST", "note-restore"): _of_version,
}
