"""The catalogues of other languages: collected from code and templates, compiled for Python.

In the repository stands `locale/<language>/LC_MESSAGES/django.po`, which people write. What Python
reads is made of it when a process starts, if it is not there or older: no step to remember, and no
package of the system.
"""

import logging
import os
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

logger = logging.getLogger(__name__)

KEYWORDS = {
    **DEFAULT_KEYWORDS,
    **dict.fromkeys(("_lazy", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
# The consoles speak English, and what the theme brings has words of its own.
ENGLISH = ("templates/admin/", "templates/unfold/")


def catalogues() -> list[Path]:
    """Return the catalogues of all languages."""
    return sorted(path for root in settings.LOCALE_PATHS for path in Path(root).glob("*/*/*.po"))


def compile_catalogues() -> None:
    """Compile what is not compiled, or was changed since; where nobody may write, leave it."""
    for source in catalogues():
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        try:
            _compile(source, target)
        except OSError:
            logger.warning("catalogue not compiled", extra={"catalogue": str(source)})


def _compile(source: Path, target: Path) -> None:
    # Several processes start at once: whichever is last, the file is whole.
    with NamedTemporaryFile(dir=target.parent, suffix=".tmp", delete=False) as file:
        write_mo(file, read(source))
    Path(file.name).chmod(0o644)
    os.replace(file.name, target)  # noqa: PTH105  says that it takes the other's place


def read(path: Path) -> Catalog:
    """Return the catalogue in a file."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name, domain="django")


def collect(root: Path) -> Catalog:
    """Return everything that code and templates say, without a word of another language."""
    found = Catalog(domain="django", charset="utf-8")
    for path in _sources(root):
        text = path.read_text()
        if path.suffix != ".py":
            # Each line by itself: what is left of a template is no Python block.
            text = "\n".join(line.lstrip() for line in templatize(text).splitlines())
        for _line, message, comments, context in extract(
            "python", BytesIO(text.encode()), KEYWORDS, ("Translators:",)
        ):
            found.add(message, auto_comments=comments, context=context)
    return found


def _sources(root: Path) -> Iterator[Path]:
    for app in sorted(path.parent for path in root.glob("*/__init__.py")):
        if app.name not in {"tests", "benchmarks"}:
            yield from sorted(path for path in app.rglob("*.py") if "migrations" not in path.parts)
    for path in sorted((root / "templates").rglob("*")):
        if path.is_file() and not str(path.relative_to(root)).startswith(ENGLISH):
            yield path


def bring_up_to_date(path: Path, found: Catalog) -> None:
    """Add to a catalogue what is said since, without words yet, and take out what is not."""
    catalogue = read(path)
    catalogue.update(found, no_fuzzy_matching=True, update_creation_date=False)
    catalogue.obsolete.clear()
    with path.open("wb") as file:
        write_po(file, catalogue, no_location=True, sort_output=True, width=98)


def wordless(path: Path) -> list[str]:
    """Return what a catalogue has no words for yet, or only guessed ones."""
    return [
        str(each.id)
        for each in read(path)
        if each.id and (each.fuzzy or not all(_forms(each.string)))
    ]


def _forms(said: Any) -> Iterable[str]:
    return (said,) if isinstance(said, str) else said or ("",)
