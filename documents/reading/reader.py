"""Reading a file in a child process, so that a hostile one harms nobody."""

import json
import logging
import subprocess
import sys
from typing import IO, Any

from documents.reading import child
from documents.reading.limits import CHILD_PATIENCE
from documents.reading.sections import Section, UnreadableError

logger = logging.getLogger(__name__)

TOO_MUCH = "This file needs more memory or time than a document should."


def read_file(file: IO[bytes] | Any, kind: str) -> list[Section]:
    """Return the sections of a file. Raises UnreadableError with the sentence for its sender.

    The child gets the open file, which may have no name.
    """
    number = file.fileno()
    command = [sys.executable, "-I", child.__file__, kind, f"/dev/fd/{number}"]
    try:
        done = subprocess.run(  # noqa: S603  the command is ours
            command,
            capture_output=True,
            timeout=CHILD_PATIENCE,
            env={},
            check=False,
            pass_fds=[number],
        )
        told = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError) as error:
        raise UnreadableError(TOO_MUCH) from error
    if not told["is_fenced"]:
        logger.warning("a file was read without a barrier of the kernel")
    if "refused" in told:
        raise UnreadableError(told["refused"])
    return [Section(**section) for section in told["sections"]]
