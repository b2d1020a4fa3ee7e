"""The documents app."""

from django.apps import AppConfig

# So many files of the largest size may be on their way into one office without taking turns.
MOST_AT_ONCE = 40


class DocumentsConfig(AppConfig):
    """What the office keeps in writing, and answers out of it with citations."""

    name = "documents"
    verbose_name = "Documents"

    def ready(self) -> None:
        """Have questions answered, files read that are left over, and what is kept counted."""
        from accounts.finding import register_finder
        from assistant.llm.services import follow_vectors
        from documents import (
            chat,  # noqa: F401  answers questions
            duties,
        )
        from documents.finding import DOCUMENTS
        from documents.jobs import reembed_documents
        from documents.models import KIND, Document, Revision, Status
        from documents.reading.limits import MOST_BYTES
        from documents.reembedding import reembed
        from documents.services import wake_revisions
        from documents.storage import FOLDER
        from messaging.due import DueKind, MessageKind, register_due, register_message
        from tenants.plans import Use, register_use, sizes_of
        from tenants.stores import register_store
        from tenants.uploads import STORE

        register_store(FOLDER, STORE)
        follow_vectors(reembed)
        # Once more when the settings hold for all: some worker may just have read the old ones.
        follow_vectors(reembed_documents.delay_on_commit)
        register_due(KIND, DueKind(handle=wake_revisions))
        reviews = DueKind(handle=duties.owe_due_reviews, plan=duties.planned_reviews)
        register_finder(DOCUMENTS)
        register_due(duties.REVIEW, reviews)
        register_message(duties.REVIEW, MessageKind(objections=duties.review_objections))
        register_message(duties.SIGNING, MessageKind(objections=duties.signing_objections))
        documents = Use(
            count=lambda most: Document.objects.all()[:most].count(),
            one="document",
            many="documents",
            advice="Delete some",
        )
        storage = Use(
            # Files that could not be read are not kept.
            count=lambda _most: sizes_of(
                "storage_bytes", Revision.objects.exclude(status=Status.FAILED)
            ),
            one="byte",
            many="files",
            advice="Delete some documents or files",
            near=MOST_AT_ONCE * MOST_BYTES,
        )
        register_use("documents", documents)
        register_use("storage_bytes", storage)
