"""The process that reads one file: it has little memory and time, no network, and no secrets.

python -I child.py KIND PATH   prints the sections as JSON, or why there are none
"""

import json
import resource
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

# The environment is empty and the path is the interpreter's own.
sys.path.insert(0, str(Path(__file__).parents[2]))

from documents.reading.barrier import raise_barrier
from documents.reading.kinds import DOCX, MARKDOWN, PDF
from documents.reading.limits import CHILD_MEMORY, CHILD_SECONDS, MOST_BYTES, MOST_CHARACTERS
from documents.reading.sections import Section, UnreadableError

FORBIDDEN = ("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.system",
             "shutil.", "os.remove", "os.rename", "os.mkdir")  # fmt: skip


def main() -> None:
    """Read the file."""
    kind, path = sys.argv[1], Path(sys.argv[2])
    is_fenced = _limit()
    try:
        told: dict[str, Any] = {"sections": [asdict(each) for each in read(kind, path)]}
    except UnreadableError as error:
        told = {"refused": str(error)}
    except MemoryError:
        told = {"refused": "This file needs more memory than a document should."}
    except RecursionError:
        told = {"refused": "This file is nested too deeply."}
    except Exception as error:  # noqa: BLE001  whatever a parser raises at a broken file
        told = {"refused": "This file is damaged.", "error": type(error).__name__}
    json.dump({**told, "is_fenced": is_fenced}, sys.stdout)


def read(kind: str, path: Path) -> list[Section]:
    """Return the sections of a file. Raises UnreadableError, and whatever a parser raises."""
    if kind == PDF:
        from documents.reading.pdf import sections_of_pdf  # noqa: PLC0415  one parser is enough

        found = sections_of_pdf(path)
    elif kind == DOCX:
        from documents.reading.packages import require_harmless  # noqa: PLC0415
        from documents.reading.word import sections_of_word  # noqa: PLC0415

        require_harmless(path)
        found = sections_of_word(path)
    else:
        from documents.reading.plain import (  # noqa: PLC0415
            decoded,
            sections_of_markdown,
            sections_of_text,
        )

        text = decoded(path.read_bytes()[: MOST_BYTES + 1])
        found = (sections_of_markdown if kind == MARKDOWN else sections_of_text)(text)
    size = sum(len(each) for section in found for each in section.paragraphs)
    if size > MOST_CHARACTERS:
        raise UnreadableError("There is more text in this file than anybody reads.")
    if not size:
        raise UnreadableError("There is no text in this file.")
    return found


def _limit() -> bool:
    """Give up all that reading does not need; tell whether the kernel holds it too."""
    resource.setrlimit(resource.RLIMIT_AS, (CHILD_MEMORY, CHILD_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CHILD_SECONDS, CHILD_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    is_fenced = raise_barrier()
    sys.addaudithook(_forbid)
    return is_fenced


def _forbid(event: str, _details: Any) -> None:
    if event.startswith(FORBIDDEN):
        raise PermissionError(event)


if __name__ == "__main__":
    main()
