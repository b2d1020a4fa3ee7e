"""Fires one attack and says what is wrong with the answer, if anything."""

from dataclasses import dataclass, field
from functools import cached_property
from random import Random

from django.db import connection, transaction

from tests.isolation.arena import ACME, GLOBEX, Arena
from tests.isolation.asks import Answer, Ask, send
from tests.isolation.deliveries import DELIVERIES_BY_NAME
from tests.isolation.doors import DOORS_BY_NAME
from tests.isolation.members import ROLES, Member
from tests.isolation.promises import KEPT_BY_PROXIES, LETTERS
from tests.isolation.targets import Target, targets
from tests.isolation.watch import Rows, Watch
from tests.isolation.ways import WAYS_BY_NAME, Pair, Shot

WAYS = {**WAYS_BY_NAME, **DOORS_BY_NAME, **DELIVERIES_BY_NAME}
# They cost a hundred times what others do: each role and way once is enough.
SLOW = {"/api/v1/auth/register", "/open-office", "/api/schema"}
REFUSED = 400
BROKEN = 500
MANY = 2000
# Replaying a spent refresh token ends its family: a refusal that is meant to be written down.
WRITTEN_ALL_THE_SAME = {"accounts_refreshfamily"}
# Whoever stands at their door is a stranger there, and may be given a session of their own.
OF_STRANGERS = {"django_session"}
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
    requests: int = 0
    cells: set[tuple[str, str, str]] = field(default_factory=set)
    findings: list[str] = field(default_factory=list)
    _twins: dict[str, Seen] = field(default_factory=dict)

    def __post_init__(self) -> None:
        theirs, ours = self.arena.globex.schema_name, self.arena.acme.schema_name
        self.watch = Watch(theirs, (theirs, ours))
        self.rows = Rows([theirs, ours, "public"])

    def fire(self, number: int) -> None:
        """Make the attack of this number; the seed and the number say which one it is."""
        shot, way, pair = self.aim(number)
        self.cells.add((shot.target.name, shot.member.role, way))
        where = f"number {number}: {shot.target.name}, as {shot.member.role}, by {way}"
        for problem in self.judge(pair, shot):
            self.findings.append(f"{where}: {problem}\n    {pair.hostile.shown}")

    def aim(self, number: int) -> tuple[Shot, str, Pair]:
        """Choose: each operation meets, in its turns, every role by every way that fits."""
        rng = Random(f"{self.seed}:{number}")
        turn, place = divmod(number, len(targets()))
        target = targets()[place]
        if target.path in SLOW and turn >= len(self.turns):
            target = rng.choice([other for other in targets() if other.path not in SLOW])
        role, wanted = self.turns[(turn + place) % len(self.turns)]
        shot = Shot(self.arena, self.arena.members[role], target, rng)
        for way in (wanted, *rng.sample(sorted(WAYS), len(WAYS))):
            if pair := WAYS[way](shot):
                return shot, way, pair
        raise AssertionError(f"no way leads to {target.name}: the game of headers always should")

    @cached_property
    def turns(self) -> list[tuple[str, str]]:
        """Every role by every way, mixed."""
        found = [(role, way) for role in ROLES for way in WAYS]
        Random(self.seed).shuffle(found)
        return found

    def judge(self, pair: Pair, shot: Shot) -> list[str]:
        """Return what is wrong: a leak, a difference, a write, a mistake of ours."""
        innocent, neighbour = self.twin(pair.innocent), self._neighbour(pair, shot.target)
        hostile = self.see(pair.hostile)
        answer = hostile.answer
        found = [
            self._difference(pair, answer, innocent.answer),
            self._leak(pair, answer, shot.member),
            f"broken: {answer.status}" if answer.status >= BROKEN else "",
            self._kept(pair.hostile, answer),
            *self._written(pair.hostile, hostile, innocent),
            *self._changed_theirs(pair.hostile, hostile),
        ]
        if hostile.inside > innocent.inside and not pair.enters:
            found.append(f"{hostile.inside} statements in their schema")
        if neighbour and self._likeness(neighbour[1]) != self._likeness(self.see(neighbour[0])):
            found.append("poisoned: afterwards they are answered differently themselves")
        return [problem for problem in found if problem]

    def _difference(self, pair: Pair, hostile: Answer, innocent: Answer) -> str:
        known, probes = self.arena.known, pair.probes
        likeness = hostile.likeness(known, probes[0]), innocent.likeness(known, probes[1])
        for one, other in zip(*likeness, strict=True):
            if one != other:
                return f"difference: {_where(str(one), str(other))}"
        return ""

    def _likeness(self, seen: Seen) -> tuple[object, ...]:
        return seen.answer.likeness(self.arena.known, ())

    def _leak(self, pair: Pair, answer: Answer, member: Member) -> str:
        sent = (pair.hostile.text + " ".join(pair.probes[0])).lower()
        text, words = answer.text.lower(), self.arena.secret_words(member)
        if "globex" in sent:
            words = words - PUBLIC_WORDS
        found = {word for word in words if word.lower() in text and word.lower() not in sent}
        asked = sent.replace("-", "")
        ids = answer.ids & self.arena.secret_keys(member)
        found |= {id_ for id_ in ids if id_.replace("-", "") not in asked}
        return f"leak: {sorted(found)}" if found else ""

    def _kept(self, ask: Ask, answer: Answer) -> str:
        """Nothing on the way may keep an answer for the next who asks."""
        policy = dict(answer.headers).get("cache-control", "")
        shared = "public" in policy or "s-maxage" in policy
        return f"may be kept: {policy}" if shared and ask.path not in KEPT_BY_PROXIES else ""

    def _changed_theirs(self, ask: Ask, hostile: Seen) -> list[str]:
        schema = self.arena.globex.schema_name
        theirs = {table for place, table in hostile.changed if place == schema}
        at_their_door = ask.host.lower().startswith(GLOBEX)
        changed = theirs - (OF_STRANGERS if at_their_door else set()) - LETTERS.get(ask.path, set())
        return [f"changed their rows: {changed}"] if changed else []

    def _written(self, ask: Ask, hostile: Seen, innocent: Seen) -> list[str]:
        found, letters = [], tuple(f'"{table}"' for table in LETTERS.get(ask.path, ()))
        unlike = {
            (schema, verb)
            for schema, verb in hostile.written ^ innocent.written
            if not (schema == self.arena.globex.schema_name and verb.endswith(letters))
        }
        if unlike:
            found.append(f"writes {unlike} more or less")
        kept = {table for _schema, table in hostile.changed} - WRITTEN_ALL_THE_SAME
        if hostile.answer.status >= REFUSED and kept:
            found.append(f"refused and written all the same: {kept}")
        return found

    def _neighbour(self, pair: Pair, target: Target) -> tuple[Ask, Seen] | None:
        """Return what somebody of the other office asks in good faith, answered before."""
        if not pair.poisons or target.method != "get":
            return None
        ask = target.ask(self.arena.mia)
        ask = ask.but(host=GLOBEX) if ask.host == ACME else ask
        return ask, self.twin(ask)

    def twin(self, ask: Ask) -> Seen:
        """Return what was seen of it before, or see it now: many ask the same in good faith."""
        if len(self._twins) > MANY:
            self._twins.clear()
        key = ask.text
        if key not in self._twins:
            self._twins[key] = self.see(ask)
        return self._twins[key]

    def see(self, ask: Ask) -> Seen:
        """Send it, and take back what it wrote, so that the next one finds the same world."""
        self.requests += 1
        sid = transaction.savepoint()
        self.watch.begin()
        with connection.execute_wrapper(self.watch):
            answer = send(ask)
        written, inside = frozenset(self.watch.written), self.watch.inside
        changed = self._changed() if written else frozenset()
        (transaction.savepoint_rollback if written else transaction.savepoint_commit)(sid)
        return Seen(answer, written, inside, changed)

    def _changed(self) -> frozenset[tuple[str, str]]:
        return self.rows.changed() if self.watch.written_uncounted else self.rows.changed_now()

    def check_all_rows(self) -> None:
        """Find what was written past the eyes of the watch."""
        if changed := self.rows.changed():
            self.findings.append(f"rows changed unseen: {set(changed)}")


def _where(one: str, other: str) -> str:
    start = next(
        (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )
    begin = max(0, start - 60)
    return f"…{one[begin : start + 120]!r} against …{other[begin : start + 120]!r}"
