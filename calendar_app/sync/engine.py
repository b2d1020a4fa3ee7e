"""One sync, from the vendor's news to ours.

    what was asked for and not answered ─▶ news of the vendor ─▶ taken in ─▶ news of ours ─▶ sent

What both sides last agreed on is each link's `base`. The vendor's news are merged with what is
here, field by field, and become the new `base` in the same transaction as the cursor; then whatever
differs from `base` here is sent. So a worker may die anywhere, and the next one goes on.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from time import sleep
from typing import Any
from uuid import UUID

from calendar_app.importing import HeldBackError
from calendar_app.sync.documents import Doc
from calendar_app.sync.providers.base import Remote
from calendar_app.sync.running import (
    Pause,
    Run,
    SupersededError,
    begin,
    finish,
    hold,
)
from calendar_app.sync.sending import Work, finish_pending, plan, send
from calendar_app.sync.taking import ask, take_in
from connections.errors import IntegrationError
from tenants.context import atomic, attempt

logger = logging.getLogger(__name__)

MOST_NAMED = 20


def sync_calendar(sync_id: UUID, *, pause: Pause = sleep) -> None:
    """Bring both sides together. Asks the vendor: in no transaction. Harmless when run twice."""
    run = begin(sync_id, pause)
    if run is None:
        return
    try:
        _sync(run)
    except SupersededError:
        logger.warning("sync was overtaken", extra={"sync": str(sync_id)})


def _sync(run: Run) -> None:
    try:
        finish_pending(run)
        take_in(run, ask(run))
        send(run, plan(run))
    except HeldBackError as error:
        hold(run, error.number, str(error))
    except IntegrationError as error:
        finish(run, str(error))
    else:
        finish(run)


@dataclass(slots=True)
class Preview:
    """What a sync would do: how many of each kind, and some by their titles."""

    counts: Mapping[str, int]
    titles: Mapping[str, list[str]]
    # What would be left alone on either side, and why.
    left_out: list[dict[str, str]]


class _TakenBackError(Exception):
    """What a dry run wrote is not kept."""


@contextmanager
def taken_back() -> Iterator[None]:
    """Take back what the block writes."""
    with suppress(_TakenBackError), attempt():
        yield
        raise _TakenBackError


def preview(run: Run) -> Preview:
    """Tell what the first sync would do; writes nothing on either side. Raises IntegrationError.

    It does what a sync does, up to where the vendor would be asked to change something, and takes
    it back.
    """
    news = ask(run)
    known = _names(run)
    works: list[Work] = []
    left_out: list[dict[str, str]] = []
    try:
        with atomic(), taken_back():
            take_in(run, news)
            works = plan(run)
            left_out = _left_out(run)
    except HeldBackError as error:
        run.counts["deleted_here"] = error.number
    titles = _titles_here(news.delta.items, known)
    for work in works:
        kind = _kind_of(work)
        run.counts[kind] += 1
        titles.setdefault(kind, []).append((work.doc or work.link.base)["title"])
    named = {kind: each[:MOST_NAMED] for kind, each in titles.items()}
    return Preview(dict(run.counts), named, left_out[:MOST_NAMED])


def _names(run: Run) -> dict[str, Doc]:
    with atomic():
        return dict(run.sync.links.values_list("external_id", "base"))


def _titles_here(items: Mapping[str, Remote | None], known: dict[str, Doc]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, remote in items.items():
        if remote is None and name in known:
            found.setdefault("deleted_here", []).append(str(known[name].get("title", "")))
        elif remote is not None and not remote.problem:
            kind = "changed_here" if known.get(name) else "created_here"
            found.setdefault(kind, []).append(remote.doc["title"])
    return found


def _kind_of(work: Work) -> str:
    if work.doc is None:
        return "deleted_there"
    return "created_there" if work.link.is_pending else "changed_there"


def _left_out(run: Run) -> list[dict[str, str]]:
    rows: Any = run.sync.links.exclude(trouble="").select_related("event")
    return [{"title": row.event.title if row.event else "", "reason": row.trouble} for row in rows]
