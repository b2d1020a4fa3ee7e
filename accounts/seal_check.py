"""Looking whether the audit trail is what was sealed; names the first thing that is not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.models import AuditEntry
from accounts.seal_models import AuditSeal
from accounts.seals import FORM, MARGIN, NOTHING, ask, digests, entries_of, seal_of
from tenants.context import current_tenant, public_context
from tenants.models import SealNote

# So many seals are read at once, each with up to a thousand digests.
AT_ONCE = 20
TIMES = "SELECT id, timestamp FROM accounts_auditentry WHERE id = ANY(%s)"
# What a seal holds as long as nothing was touched: PostgreSQL hashes and packs it, row by row along
# the index, and one value comes back for a thousand entries.
PACKED = f"""
    SELECT string_agg(uuid_send(id) || {FORM}, ''::bytea ORDER BY timestamp, id),
        count(*) FILTER (WHERE timestamp < %(horizon)s)
    FROM accounts_auditentry
    WHERE (timestamp, id) >= (%(start)s, %(first)s) AND (timestamp, id) <= (%(end)s, %(last)s)
"""  # noqa: S608  no text of others
OLDER = "SELECT count(*) FROM accounts_auditentry WHERE timestamp < %s"


@dataclass(frozen=True, slots=True)
class Broken:
    """The first thing that is not as it was sealed."""

    what: str
    sentence: str
    entry_id: UUID | None = None
    seal: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of looking at the trail of an office."""

    seals: int
    entries: int
    last: AuditSeal | None
    broken: Broken | None


class BrokenError(Exception):
    """Carries what was found out of the depth of the search."""

    def __init__(self, found: Broken) -> None:
        super().__init__(found.sentence)
        self.found = found


def verify_trail(*, held: Sequence[str] = ()) -> Verdict:
    """Compare the trail of the office in force with its seals, the oldest first.

    `held` are seals that somebody wrote down: they must still stand in the chain. What was written
    since the last seal is not looked at.
    """
    # Read before the chain, which may only grow meanwhile.
    note = _note()
    last = AuditSeal.objects.defer("digests").last()
    walk = Walk(last)
    try:
        walk.go()
        _look_at_the_end(note, last)
        _look_for_the_held(held)
    except BrokenError as error:
        return Verdict(walk.seals, walk.entries, last, error.found)
    return Verdict(walk.seals, walk.entries, last, None)


class Walk:
    """The way along the chain up to the seal that was the last one when it began."""

    def __init__(self, last: AuditSeal | None) -> None:
        self._last = last
        self._horizon = last.until - MARGIN if last else None
        self._settled = 0
        self.seals = 0
        self.entries = 0

    def go(self) -> None:
        """Look at each seal and each entry. Raises BrokenError."""
        previous = NOTHING
        for row, times in _timed_seals():
            if self._last is None or row.number > self._last.number:
                break
            _look_at_the_seal(row, self.seals + 1, previous)
            if not self._is_whole(row, times):
                self._look_at_the_entries(row)
            self.entries += row.count
            self.seals, previous = row.number, row.seal
        if self._horizon is not None:
            self._look_for_more(self._horizon)

    def _is_whole(self, row: AuditSeal, times: dict[UUID, datetime]) -> bool:
        """Tell whether what lies between its first and its last entry is what was sealed.

        It is not where something was touched, nor where an entry came late, which is in another
        seal: then each entry is looked at by itself.
        """
        if row.first_id not in times or row.last_id not in times:
            return False
        place = {"first": row.first_id, "start": times[row.first_id], "horizon": self._horizon}
        place |= {"last": row.last_id, "end": times[row.last_id]}
        ((packed, settled),) = ask(PACKED, place)
        if packed is None or bytes(packed) != bytes(row.digests):
            return False
        self._settled += settled
        return True

    def _look_at_the_entries(self, row: AuditSeal) -> None:
        """Look at each by itself. Raises BrokenError."""
        sealed = list(digests(row))
        there = entries_of([pk for pk, _digest in sealed])
        for pk, digest in sealed:
            if pk not in there:
                raise BrokenError(_of_entry("entry_missing", "is gone", pk, row))
            now, timestamp = there[pk]
            if now != digest:
                raise BrokenError(_of_entry("entry_changed", "was changed", pk, row))
            self._settled += self._horizon is not None and timestamp < self._horizon

    def _look_for_more(self, horizon: datetime) -> None:
        ((found,),) = ask(OLDER, [horizon])
        if found == self._settled:
            return
        sealed = {pk for row in _seals() for pk, _digest in digests(row)}
        old = AuditEntry.objects.filter(timestamp__lt=horizon).order_by("timestamp", "id")
        for pk in old.values_list("pk", flat=True).iterator():
            if pk not in sealed:
                sentence = f"The entry {pk} was slipped in: it is older than its absence."
                raise BrokenError(Broken("entry_inserted", sentence, pk))


def _seals() -> Iterator[AuditSeal]:
    """Return the chain, some seals at a time."""
    return (row for rows in _pages() for row in rows)


def _timed_seals() -> Iterator[tuple[AuditSeal, dict[UUID, datetime]]]:
    """Return the chain, and when the first and the last entry of each seal were written."""
    for rows in _pages():
        ends = [pk for row in rows for pk in (row.first_id, row.last_id)]
        times = dict(ask(TIMES, [ends]))
        yield from ((row, times) for row in rows)


def _pages() -> Iterator[list[AuditSeal]]:
    number = 0
    while rows := list(AuditSeal.objects.filter(number__gt=number)[:AT_ONCE]):
        yield rows
        number = rows[-1].number


def _look_at_the_seal(row: AuditSeal, number: int, previous: str) -> None:
    if row.number != number:
        raise BrokenError(Broken("seal_missing", f"The seal {number} is gone.", seal=number))
    if row.previous != previous or row.seal != seal_of(row):
        sentence = f"The seal {number} was changed; it covers the entries from {row.first_id} on."
        raise BrokenError(Broken("seal_changed", sentence, row.first_id, number))


def _look_at_the_end(note: SealNote | None, last: AuditSeal | None) -> None:
    """Compare the end of the chain with what was noted outside. Raises BrokenError."""
    if note is None:
        if last is not None:
            raise BrokenError(Broken("note_missing", "The note of the last seal is gone."))
        return
    if last is None or note.number > last.number:
        number = last.number + 1 if last else 1
        sentence = f"The end is cut off: the seals from {number} to {note.number} are gone."
        raise BrokenError(Broken("tail_cut", sentence, last.last_id if last else None, number))
    if not AuditSeal.objects.filter(number=note.number, seal=note.seal).exists():
        sentence = f"The seal {note.number} is not the one that was noted."
        raise BrokenError(Broken("seal_changed", sentence, seal=note.number))


def _look_for_the_held(held: Sequence[str]) -> None:
    known = AuditSeal.objects.filter(seal__in=held).values_list("seal", flat=True) if held else ()
    missing = {*held}.difference(known)
    for seal in held:
        if seal in missing:
            sentence = f"The seal {seal} that you hold is not in the chain."
            raise BrokenError(Broken("seal_unknown", sentence))


def _note() -> SealNote | None:
    tenant = current_tenant()
    with public_context():
        return SealNote.objects.using(tenant.db_alias).filter(tenant=tenant.pk).first()


def _of_entry(what: str, words: str, pk: UUID, row: AuditSeal) -> Broken:
    return Broken(what, f"The entry {pk} {words} after it was sealed.", pk, row.number)
