"""How far a document is, in words and in percent, and what is missing from it."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from common.languages import said
from documents.models import Status
from documents.reading.kinds import PDF

# Waiting, being read, found by its words, found by its meaning too.
WAITING, READING, FOUND, ALL = 0, 20, 50, 100
MOST_RANGES = 10


def progress_of(document: Any) -> int:
    """Return how far the newest file is, in percent."""
    if document.status == Status.FAILED:
        return WAITING
    if document.status == Status.PROCESSING:
        return READING if document.attempts else WAITING
    if document.wakes_at is None:
        return ALL
    return FOUND + int((ALL - FOUND) * document.embedded / max(document.chunks, 1))


def state_of(document: Any) -> str:
    """Return the same as a sentence."""
    match document.status:
        case Status.FAILED:
            return _("It could not be read and was not kept: {reason}").format(
                reason=said(document.reason)
            )
        case Status.PROCESSING if not document.attempts:
            return _("It waits to be read. {reason}").format(reason=said(document.reason)).strip()
        case Status.PROCESSING:
            return (
                _("It is being read.")
                if document.attempts == 1
                else _("It is being read once more.")
            )
    if document.wakes_at is not None or document.embedded < document.chunks:
        share = 100 * document.embedded // max(document.chunks, 1)
        return _("It is found by its words, and {share} % of it by its meaning.").format(
            share=share
        )
    return _("It is found by its words and its meaning.")


def notice_of(document: Any) -> str:
    """Return what a reader should know of a file that could be read: pages without text."""
    is_found = document.status == Status.READY and document.revision == document.newest
    if not is_found or document.format != PDF:
        return ""
    silent = set(range(1, (document.pages or 0) + 1)) - set(document.text_pages)
    if not silent:
        return ""
    if len(silent) == 1:
        return _("Page {page} has no text: if it is a picture, it needs OCR.").format(
            page=min(silent)
        )
    return _("Pages {pages} have no text: those that are pictures need OCR.").format(
        pages=_ranges(silent)
    )


def _ranges(numbers: Iterable[int]) -> str:
    runs = []
    for _key, found in groupby(enumerate(sorted(numbers)), key=lambda pair: pair[1] - pair[0]):
        run = [number for _place, number in found]
        runs.append(f"{run[0]}–{run[-1]}" if len(run) > 1 else f"{run[0]}")
    more = len(runs) - MOST_RANGES
    return ", ".join(runs[:MOST_RANGES]) + (
        _(" and {number} more").format(number=more) if more > 0 else ""
    )
