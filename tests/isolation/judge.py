"""Fires one attack and says what is wrong with the answer, if anything."""

from dataclasses import dataclass, field
from random import Random

from django.db import connection, transaction

from tests.isolation.arena import GLOBEX, ROLES, Arena, Member
from tests.isolation.asks import Answer, Ask, send
from tests.isolation.doors import DOORS_BY_NAME
from tests.isolation.targets import targets
from tests.isolation.watch import Watch, fingerprint
from tests.isolation.ways import WAYS_BY_NAME, Pair, Shot

WAYS = {**WAYS_BY_NAME, **DOORS_BY_NAME}
# A schema is made or described in each of these, a hundred times the work of the others.
SLOW = {"/api/v1/auth/register", "/open-office", "/api/schema"}
OFTEN_ENOUGH = 0.2
REFUSED = 400
BROKEN = 500
# Replaying a spent refresh token ends its family: a refusal that is meant to be written down.
WRITTEN_ALL_THE_SAME = {"accounts_refreshfamily"}
# What a stranger at their door may read: the name of the office.
PUBLIC_WORDS = {"globex", "Globex"}


@dataclass(frozen=True)
class Seen:
    """An answer, and what it did to the database."""

    answer: Answer
    written: frozenset[tuple[str, str]]
    inside: int
    changed: frozenset[tuple[str, str]]


@dataclass
class Attack:
    """Everything that one run has found out."""

    arena: Arena
    seed: int
    cells: set[tuple[str, str, str]] = field(default_factory=set)
    findings: list[str] = field(default_factory=list)
    _twins: dict[str, Seen] = field(default_factory=dict)

    def __post_init__(self) -> None:
        theirs, ours = self.arena.globex.schema_name, self.arena.acme.schema_name
        self.watch = Watch(theirs, (theirs, ours))
        self.schemas = [theirs, ours, "public"]
        self.before = fingerprint(self.schemas)

    def fire(self, number: int) -> None:
        """Make the attack of this number; the seed and the number say which one it is."""
        rng = Random(f"{self.seed}:{number}")
        target = targets()[number % len(targets())]
        if target.path in SLOW and rng.random() > OFTEN_ENOUGH:
            target = rng.choice(targets())
        member = self.arena.members[rng.choice(ROLES)]
        shot = Shot(self.arena, member, target, rng)
        for name in rng.sample(sorted(WAYS), len(WAYS)):
            found = WAYS[name](shot)
            if found is not None:
                self.cells.add((target.name, member.role, name))
                where = f"number {number}: {target.name}, as {member.role}, by {name}"
                self.findings += [
                    f"{where}: {problem}\n    {found.hostile.shown}"
                    for problem in self.judge(found, member)
                ]
                return

    def judge(self, pair: Pair, member: Member) -> list[str]:
        """Return what is wrong: a leak, a difference, a write, a mistake of ours."""
        hostile, innocent = self._seen(pair.hostile), self._twin(pair.innocent)
        found = [self._difference(pair, hostile.answer, innocent.answer)]
        found.append(self._leak(pair, hostile.answer, member))
        if hostile.answer.status >= BROKEN:
            found.append(f"broken: {hostile.answer.status}")
        if hostile.written != innocent.written:
            found.append(f"writes {set(hostile.written ^ innocent.written)} more or less")
        if any(schema == self.arena.globex.schema_name for schema, _table in hostile.changed):
            found.append(f"changed their rows: {set(hostile.changed)}")
        kept = {table for _schema, table in hostile.changed} - WRITTEN_ALL_THE_SAME
        if hostile.answer.status >= REFUSED and kept:
            found.append(f"refused and written all the same: {kept}")
        if hostile.inside > innocent.inside and not pair.enters:
            found.append(f"{hostile.inside} statements in their schema")
        return [problem for problem in found if problem]

    def _difference(self, pair: Pair, hostile: Answer, innocent: Answer) -> str:
        known = self.arena.known
        likeness = hostile.likeness(known, pair.probes[0]), innocent.likeness(known, pair.probes[1])
        for one, other in zip(*likeness, strict=True):
            if one != other:
                return f"difference: {_where(str(one), str(other))}"
        return ""

    def _leak(self, pair: Pair, answer: Answer, member: Member) -> str:
        sent = pair.hostile.text + " ".join(pair.probes[0])
        text = answer.text
        words = self.arena.secrets_from(member)
        if "globex" in sent.lower():
            words = words - PUBLIC_WORDS
        found = {word for word in words if word in text and word not in sent}
        return f"leak: {sorted(found)}" if found else ""

    def _twin(self, ask: Ask) -> Seen:
        key = ask.text
        if key not in self._twins:
            self._twins[key] = self._seen(ask)
        return self._twins[key]

    def _seen(self, ask: Ask) -> Seen:
        """Send it, and take back what it wrote, so that the next one finds the same world."""
        sid = transaction.savepoint()
        self.watch.begin()
        with connection.execute_wrapper(self.watch):
            answer = send(ask)
        written, inside = frozenset(self.watch.written), self.watch.inside
        changed = self._changed() if written else frozenset()
        (transaction.savepoint_rollback if written else transaction.savepoint_commit)(sid)
        return Seen(answer, written, inside, changed)

    def _changed(self) -> frozenset[tuple[str, str]]:
        now = fingerprint(self.schemas)
        return frozenset(place for place, digest in now.items() if self.before[place] != digest)

    def check_all_rows(self) -> None:
        """Find what was written past the eyes of the watch."""
        if changed := self._changed():
            self.findings.append(f"rows changed unseen: {set(changed)}")


def _where(one: str, other: str) -> str:
    start = next(
        (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )
    begin = max(0, start - 60)
    return f"…{one[begin : start + 120]!r} against …{other[begin : start + 120]!r}"


__all__ = ["GLOBEX", "WAYS", "Attack"]
