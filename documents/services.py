"""Everything that changes documents."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from common.errors import MissingError, RefusedError
from documents import storage
from documents.index.lexical import drop_chunks
from documents.jobs import read_revision, remove_files
from documents.models import Document, Kind, Revision, Status, Visibility
from documents.policies import require_sense, review_instant
from documents.reading.kinds import kind_of
from documents.reading.sections import UnreadableError
from tenants.context import atomic, home_alias
from tenants.plans import require_room
from tenants.stores import StoreAwayError
from tenants.uploads import Upload, received, unfit

# When the sweep takes over if the job that is queued at once got lost.
WAKE_AFTER = timedelta(seconds=15)


# What is to be written together with a document.
Settle = Callable[[Document], None]


def create_document(
    *,
    upload: Upload,
    by: User,
    title: str = "",
    kind: str = Kind.DOCUMENT,
    visibility: str = Visibility.PRIVATE,
    settle: Settle = lambda _document: None,
) -> Document:
    """Take a file in; a job reads it. Raises InvalidError that names `file`, PlanLimitError.

    `settle` is called in the transaction that writes the document.
    """
    name = upload.name
    document = Document(
        title=title or name.rpartition(".")[0] or name, kind=kind, visibility=visibility, owner=by
    )
    # The store may be slow: no transaction is open meanwhile.
    with _stored(upload, name) as revision, atomic():
        document.save(force_insert=True)
        _keep(revision, document, by)
        require_room("documents")
        settle(document)
    return document


def add_revision(
    *, document: Document, upload: Upload, by: User, settle: Settle = lambda _document: None
) -> Document:
    """Take in a newer file of a document; `settle` as above.

    Until it has been read, the old one is found and quoted. Raises RefusedError, InvalidError,
    MissingError.
    """
    with atomic():
        require_change(document, by)
    with _stored(upload, upload.name) as revision, atomic():
        document = _locked(document)
        require_change(document, by)
        document.newest += 1
        document.status, document.reason = Status.PROCESSING, ""
        document.save()
        _keep(revision, document, by)
        settle(document)
    return document


@atomic()
def update_document(*, document: Document, changes: Mapping[str, Any], by: User) -> Document:
    """Change the given fields of a document that the caller has locked.

    Raises RefusedError, and InvalidError naming the field.
    """
    require_change(document, by)
    before = document.owner_id, document.review_on
    for name, value in changes.items():
        setattr(document, name, list(dict.fromkeys(value)) if isinstance(value, list) else value)
    require_sense(document, changes, by)
    if before != (document.owner_id, document.review_on):
        document.review_due_at = review_instant(document)
    document.save()
    return document


@atomic()
def delete_document(*, document: Document, by: User) -> None:
    """Delete the document with its files, its text and its vectors. Raises RefusedError."""
    require_change(document, by)
    revisions = list(document.revisions.values_list("pk", flat=True))
    drop_chunks(revisions)
    document.delete()
    transaction.on_commit(partial(_remove_files, revisions), using=home_alias())


def require_change(document: Document, by: User) -> None:
    """Raise RefusedError unless the person may change the document."""
    if not Document.objects.changeable_by(by).filter(pk=document.pk).exists():
        raise RefusedError(_("Only its owner may change this document."))


def wake_revisions(ids: Sequence[UUID], now: datetime) -> None:
    """Queue those that are due once more; what the sweep calls."""
    rows = Revision.objects.select_for_update(skip_locked=True, of=("self",))
    for revision in rows.filter(pk__in=ids, wake_at__lte=now):
        revision.change(wake_at=now + WAKE_AFTER)
        read_revision.delay_on_commit(str(revision.pk))


@contextmanager
def _stored(upload: Upload, name: str) -> Iterator[Revision]:
    """Give a new revision whose file lies in its place; a failure takes that away again."""
    revision = Revision(pk=uuid4(), filename=name)
    try:
        with received(upload.pieces) as file:
            revision.size, revision.sha256 = file.size, file.sha256
            revision.format = kind_of(filename=name, head=file.head)
            storage.store(revision.pk, file)
    except UnreadableError as error:
        raise unfit(str(error)) from error
    try:
        yield revision
    except BaseException:
        _remove_files([revision.pk])
        raise


def _locked(document: Document) -> Document:
    found = Document.objects.select_for_update(of=("self",)).filter(pk=document.pk).first()
    if found is None:
        raise MissingError(_("This document was deleted meanwhile."))
    return found


def _remove_files(revisions: list[UUID]) -> None:
    """Remove files that no row needs; a job does it later where the store is away."""
    try:
        storage.remove(revisions)
    except StoreAwayError:
        remove_files.delay_on_commit([str(pk) for pk in revisions])


def _keep(revision: Revision, document: Document, by: User) -> None:
    revision.document, revision.number, revision.author = document, document.newest, by
    revision.wake_at = timezone.now() + WAKE_AFTER
    revision.save(force_insert=True)
    require_room("storage_bytes", added=revision.size)
    read_revision.delay_on_commit(str(revision.pk))
