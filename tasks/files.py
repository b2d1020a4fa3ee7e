"""The files beside a task as people get them: in a list, and as downloads."""

from dataclasses import dataclass

from django.http import FileResponse
from django.utils.translation import gettext as _

from common.errors import MissingError
from tasks.models import Task, TaskFile
from tasks.shelf import SHELF
from tasks.words import Reader
from tenants.uploads import file_response


@dataclass(frozen=True, slots=True)
class Attached:
    """A file as its reader sees it."""

    file: TaskFile
    when: str


def files_of(task: Task, reader: Reader) -> list[Attached]:
    """Return what stands beside a task, the oldest first: one query, however much it is."""
    rows = task.files.select_related("author")
    return [Attached(each, reader.when(each.created_at)) for each in rows]


def opened(file: TaskFile) -> FileResponse:
    """Return a file as a download that no page can show. Raises MissingError, StoreAwayError."""
    try:
        content = SHELF.opened(file.pk)
    except FileNotFoundError as error:
        raise MissingError(_("The content of this file is missing.")) from error
    return file_response(content, filename=file.filename, media_type=file.media_type)
