"""Everything that changes the files beside tasks.

A content is written down as a leftover before it goes to the store, and struck out by the row that
needs it: whatever is killed in between, the sweep removes what nobody needs.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from common.errors import InvalidError, MissingError
from common.media import OtherContentError, media_type_of
from tasks.jobs import remove_files
from tasks.leftovers import remove_contents
from tasks.models import LeftoverFile, Task, TaskFile
from tasks.services import locked_task
from tasks.shelf import SHELF
from tenants.context import atomic
from tenants.plans import require_room
from tenants.stores import StoreAwayError
from tenants.uploads import Received, Upload, received, unfit

MOST_FILES = 100
# By then an upload has come to its end, one way or the other; the store may be slow.
ON_ITS_WAY = timedelta(hours=1)
# When the sweep looks again at what a job was to remove.
AGAIN_AFTER = timedelta(hours=1)
# What is to be written together with a file.
Settle = Callable[[TaskFile], None]


def add_file(
    *, task: Task, upload: Upload, by: User, settle: Settle = lambda _file: None
) -> TaskFile:
    """Put a file beside a task. Raises InvalidError naming `file`, MissingError, PlanLimitError.

    `settle` is called in the transaction that writes it; none is open while the store is written.
    """
    with _stored(upload, by) as file, atomic():
        file.task = locked_task(task)
        if file.task.files.count() >= MOST_FILES:
            sentence = _("A task has at most {most} files.").format(most=MOST_FILES)
            raise InvalidError(sentence, code="too_many", attr="file")
        file.save(force_insert=True)
        require_room("storage_bytes", added=file.size)
        settle(file)
    return file


@atomic()
def delete_file(*, file: TaskFile, by: User) -> None:
    """Take a file away from its task; its content stays as long as this can be undone."""
    file.delete()


@atomic()
def bring_back_file(*, file: TaskFile, by: User) -> None:
    """Put a file beside its task again. Raises MissingError, PlanLimitError."""
    if not Task.objects.visible_to(by).filter(pk=file.task_id).exists():
        raise MissingError(_("The task of this file was deleted meanwhile."))
    file.save(force_insert=True)
    require_room("storage_bytes", added=file.size)


def wake_leftovers(ids: Sequence[UUID], now: datetime) -> None:
    """Have those that are due removed; what the sweep calls."""
    rows = LeftoverFile.objects.select_for_update(skip_locked=True)
    due = list(rows.filter(pk__in=ids, remove_at__lte=now).values_list("pk", flat=True))
    if due:
        LeftoverFile.objects.filter(pk__in=due).update(remove_at=now + AGAIN_AFTER)
        remove_files.delay_on_commit([str(pk) for pk in due])


@contextmanager
def _stored(upload: Upload, by: User) -> Iterator[TaskFile]:
    """Give a new file whose content lies in its place; a failure takes that away again."""
    file = TaskFile(pk=uuid4(), filename=upload.name, author=by)
    with received(upload.pieces) as content:
        file.size, file.sha256 = content.size, content.sha256
        file.media_type = _media_type(file.filename, content)
        with atomic():
            LeftoverFile.objects.create(pk=file.pk, remove_at=timezone.now() + ON_ITS_WAY)
        SHELF.store(file.pk, content)
    try:
        yield file
    except BaseException:
        # Where the store is away by now, the sweep does it.
        with suppress(StoreAwayError):
            remove_contents([file.pk])
        raise


def _media_type(filename: str, content: Received) -> str:
    try:
        return media_type_of(filename=filename, head=content.head)
    except OtherContentError as error:
        sentence = _("The name ends in {suffix}, but the content is something else.")
        raise unfit(sentence.format(suffix=error.suffix)) from error
