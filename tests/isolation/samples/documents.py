"""Documents and their files: a good request for each operation."""

from typing import Any

from tests.conftest import Api
from tests.isolation.samples.sample import Sample, Samples, askers, nothing, with_body
from tests.isolation.world import World


def _document(world: World, api: Api | None, **body: Any) -> Sample:
    """Look at what the person who asks has taken in, or change it."""
    return Sample({"pk": askers(world.documents, world, api)}, body=body or None)


def _of_document(world: World, api: Api | None, **body: Any) -> Sample:
    return Sample({"document_id": askers(world.documents, world, api)}, body=body or None)


def _of_revision(world: World, api: Api | None) -> Sample:
    document = askers(world.documents, world, api)
    return Sample({"document_id": document, "pk": world.revisions[document]})


DOCUMENTS: Samples = {
    ("GET", "documents"): nothing,
    ("POST", "documents"): with_body(filename="leave.md", text="# Leave\n\nThirty days a year."),
    ("POST", "documents-ask"): with_body(question="Who waters the plants?"),
    ("GET", "document"): _document,
    ("PATCH", "document"): lambda world, api: _document(world, api, title="The plants"),
    ("DELETE", "document"): _document,
    ("GET", "document-download"): _document,
    ("GET", "document-revisions"): _of_document,
    ("POST", "document-revisions"): lambda world, api: _of_document(
        world, api, filename="plants.txt", text="On Mondays as well."
    ),
    ("GET", "revision-download"): _of_revision,
    ("GET", "document-sign-offs"): _of_document,
    ("POST", "document-sign-offs"): lambda world, api: _of_document(world, api, revision=1),
    ("POST", "sign-offs-remind"): _of_document,
}
