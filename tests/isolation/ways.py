"""The ways in: each turns a good request into a hostile one, and names its innocent twin.

The twin asks the same of an object, a person or a token that never existed: whoever compares the
two answers must learn nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from tests.isolation.arena import NOBODYS_WORD, THEIR_KEY, Arena, Secrets
from tests.isolation.asks import Ask
from tests.isolation.canaries import CANARY
from tests.isolation.members import Member
from tests.isolation.promises import TELL_OF_OFFICES
from tests.isolation.targets import Target

UNKNOWN_NAMES = (
    *("id", "tenant", "tenant_id", "office", "schema", "creator_id", "user_id", "owner", "pk"),
    *("created_by", "comments", "reminders", "_method", "ids", "fields", "expand", "include"),
)
NOBODYS_KEY = "key-of-zoq"
# Words that a sentence is made of for whoever reads sentences.
SENTENCES = {"text", "message", "question"}
# Fields of forms that hold no words: what opens the door, and what a console is told to do.
FIXED_WORDS = {"csrfmiddlewaretoken", "refresh_token", "action", "_selected_action", "post"}
# A new password is compared with the person's own words, letter by letter.
FIXED_WORDS |= {"password", "new_password", "new_password1", "new_password2"}
THEIR_WORDS = (CANARY, "globex", "mia@globex.example", f"{CANARY} label", "Mia", "Globex")


@dataclass(frozen=True)
class Pair:
    """A hostile request and its innocent twin; `probes` is what either of them asked for."""

    hostile: Ask
    innocent: Ask
    probes: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    enters: bool = False
    """Whether the hostile request names their office's host or people, and so looks into it."""
    poisons: bool = False
    """Whether it is meant for those who ask the same afterwards: their answers are looked at."""


@dataclass(frozen=True)
class Shot:
    """One attack before it is fired: who attacks what, and the dice."""

    arena: Arena
    member: Member
    target: Target
    rng: Random

    @property
    def good(self) -> Ask:
        return self.target.ask(self.member)

    def prey(self) -> Secrets:
        """Return whose ids to try: the other office's, or hidden ones of the own office."""
        hidden = self.arena.hidden_from(self.member)
        return self.rng.choice([self.arena.theirs, hidden if hidden.ids else self.arena.theirs])

    def ids(self, kind: str, prey: Secrets | None = None) -> tuple[str, str]:
        """Return a foreign id and a random one, both written in the same odd or plain way."""
        ids = (prey or self.prey()).ids
        known = kind if kind in ids else self.rng.choice(sorted(ids))
        foreign, nobodys = ids[known], self.arena.nobodys.ids.get(known, "0")
        spell = self.rng.choice(SPELLINGS) if self.rng.random() < 0.2 else str
        return spell(foreign), spell(nobodys)


Way = Callable[[Shot], Pair | None]
SPELLINGS: tuple[Callable[[str], str], ...] = (
    *(str.upper, lambda id_: id_.replace("-", ""), lambda id_: f"{{{id_}}}"),
    *(lambda id_: f"urn:uuid:{id_}", lambda id_: f" {id_} ", lambda id_: f"{id_}\x00"),
    *(lambda id_: f"{id_}'--", lambda id_: f"../{id_}"),
)


def pair(change: Callable[[Any], Ask], values: tuple[Any, Any]) -> Pair:
    """Return both requests, with what they asked for as texts of every spelling."""
    return Pair(
        change(values[0]), change(values[1]), (_spellings(values[0]), _spellings(values[1]))
    )


def _spellings(value: Any) -> tuple[str, ...]:
    return tuple({str(value), *_plain(str(value))})


def _plain(value: str) -> set[str]:
    found = value.strip(" {}\x00").removeprefix("urn:uuid:").removeprefix("../").removesuffix("'--")
    bare = found.lower().replace("-", "")
    parts = (bare[:8], bare[8:12], bare[12:16], bare[16:20], bare[20:])
    return {found, found.lower(), bare, "-".join(parts)} if len(bare) == 32 else {found}


def id_in_the_address(shot: Shot) -> Pair | None:
    """Make one of them theirs, or several: a child of theirs below a parent of one's own, too."""
    kinds, good, prey = shot.target.path_ids, shot.good, shot.prey()
    if not kinds:
        return None
    names = shot.rng.sample(sorted(kinds), shot.rng.randint(1, len(kinds)))
    tried = {name: shot.ids(kinds[name], prey) for name in names}
    own = shot.target.own_ids(shot.member)
    asks, probes = [], []
    for side in (0, 1):
        there = {name: both[side] for name, both in tried.items()}
        asks.append(good.but(path=shot.target.at({**own, **there})))
        probes.append(sum(map(_spellings, there.values()), ()))
    return Pair(asks[0], asks[1], (probes[0], probes[1]))


def id_in_the_query(shot: Shot) -> Pair | None:
    names = {**dict.fromkeys(UNKNOWN_NAMES, "task"), **shot.target.query_ids}
    good, name = shot.good, shot.rng.choice(sorted(shot.target.query_ids) or sorted(names))
    values = shot.ids(names[name])
    return pair(lambda id_: good.but(query=(*good.query, (name, id_))), values)


def id_given_twice(shot: Shot) -> Pair | None:
    good, names = shot.good, {"id": "task", **shot.target.query_ids}
    name = shot.rng.choice(sorted(names))
    own = shot.member.own.get(names[name], "1")
    first = shot.rng.random() < 0.5

    def twice(id_: str) -> Ask:
        both = ((name, id_), (name, own)) if first else ((name, own), (name, id_))
        return good.but(query=(*good.query, *both))

    return pair(twice, shot.ids(names[name]))


def id_in_the_body(shot: Shot) -> Pair | None:
    good = shot.good
    if good.body is None and good.form is None:
        return None
    kinds = shot.target.body_ids or dict.fromkeys(UNKNOWN_NAMES, "task")
    if shot.rng.random() < 0.15:
        kinds = dict.fromkeys(UNKNOWN_NAMES, "tenant")
    name = shot.rng.choice(sorted(kinds))
    return pair(lambda id_: good.with_field(name, id_), shot.ids(kinds[name]))


def ids_mixed_in_bulk(shot: Shot) -> Pair | None:
    """Own and foreign ids in one list: the own ones must not carry the others through."""
    good, target = shot.good, shot.target
    if target.action:
        kind = target.page.kind  # type: ignore[union-attr]
        own = dict(good.form or ())["_selected_action"]
        name, values = "_selected_action", shot.ids(kind)
    elif good.body is not None or target.body_ids:
        place = shot.rng.choice(sorted(target.body_ids) or ["ids"])
        kind, name = target.body_ids.get(place, "task"), place.removesuffix("[]")
        own, values = shot.member.own.get(kind, "1"), shot.ids(kind)
    elif "id__in" in target.query_ids:
        kind = target.query_ids["id__in"]
        own = shot.member.own.get(kind, "1")
        return pair(lambda id_: good.but(query=(("id__in", f"{own},{id_}"),)), shot.ids(kind))
    else:
        return None
    orders: list[Callable[[str], Any]] = [
        lambda id_: [own, id_],
        lambda id_: [id_, own],
        lambda id_: [id_],
    ]
    if good.form is None:
        orders += [lambda id_: {"id": id_}, lambda id_: [{"id": own}, {"id": id_}]]
    order = shot.rng.choice(orders)
    return pair(lambda id_: good.with_field(name, order(id_)), values)


def another_method(shot: Shot) -> Pair | None:
    """What an operation does not know by name it must not let through either."""
    found = id_in_the_address(shot) or id_in_the_query(shot)
    method = shot.rng.choice(["head", "options", "trace", "put", "patch", "delete", "propfind"])
    return found and replace(
        found, hostile=found.hostile.but(method=method), innocent=found.innocent.but(method=method)
    )


def words_of_theirs(shot: Shot) -> Pair | None:
    """Search, label, sentence, e-mail: words that stand in their rows only."""
    good, word = shot.good, shot.rng.choice(THEIR_WORDS)
    if word.lower() == "globex" and shot.target.path in TELL_OF_OFFICES:
        word = CANARY
    twin = word.replace(CANARY, NOBODYS_WORD).replace("globex", "zoqlex").replace("Mia", "Zoq")
    twin = twin.replace("mia@", "zoq@").replace("Globex", "Zoqlex")
    if shot.target.takes_words:
        name = shot.rng.choice(shot.target.takes_words)
        query = tuple(found for found in good.query if found[0] != name)
        found = pair(lambda text: good.but(query=(*query, (name, text))), (word, twin))
    else:
        texts = sorted(_texts_of(good))
        if not texts:
            return None
        name = shot.rng.choice(texts)
        wrap = "remind {} to call tomorrow at 3pm" if name in SENTENCES else "{}"
        place = f"{name}[]" if isinstance(_fields_of(good)[name], list) else name
        found = pair(lambda text: good.with_field(place, wrap.format(text)), (word, twin))
    return Pair(found.hostile, found.innocent, found.probes, enters="@" in word)


def _texts_of(good: Ask) -> set[str]:
    """Return which fields of the body take words: those that hold some, but no ids."""
    known = {*FIXED_WORDS}
    return {
        name
        for name, value in _fields_of(good).items()
        if name not in known and all(isinstance(one, str) for one in _many(value))
    }


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _fields_of(good: Ask) -> dict[str, Any]:
    fields = dict(good.form) if good.form is not None else good.body or {}
    return fields if isinstance(fields, dict) else {}


def page_of_theirs(shot: Shot) -> Pair | None:
    """Their cursor is a place in time: with it one reads on in one's own trail, or nowhere."""
    if shot.target.method != "get" or not (shot.target.query_ids or shot.target.takes_words):
        return None
    good, cursor = shot.good, shot.arena.theirs.cursor
    name = shot.rng.choice(["cursor", "page", "p", "page_size"])
    value = cursor if name == "cursor" else "2"
    ask = good.but(query=(*good.query, (name, value)))
    return Pair(ask, ask, ((value,), (value,)))


def tag_of_theirs(shot: Shot) -> Pair | None:
    """An ETag tells the state of a row: theirs must be as wrong as one of nothing."""
    prey, name = shot.prey(), shot.rng.choice(["If-Match", "If-None-Match"])
    ask, tags = shot.good, (prey.tag, shot.arena.nobodys.tag)
    if shot.target.path_ids and shot.rng.random() < 0.5:
        inner = id_in_the_address(shot)
        assert inner is not None
        return Pair(
            inner.hostile.with_header(name, tags[0]),
            inner.innocent.with_header(name, tags[1]),
            inner.probes,
        )
    return pair(lambda tag: ask.with_header(name, tag), tags)


def key_of_theirs(shot: Shot) -> Pair | None:
    """No answer of theirs comes back under their Idempotency-Key."""
    name = shot.rng.choice(["Idempotency-Key", "X-Idempotency-Key", "X-Request-ID"])
    return pair(lambda key: shot.good.with_header(name, key), (THEIR_KEY, NOBODYS_KEY))


WAYS_BY_NAME: dict[str, Way] = {
    "id in the address": id_in_the_address,
    "id in the query": id_in_the_query,
    "id given twice": id_given_twice,
    "id in the body": id_in_the_body,
    "ids mixed in bulk": ids_mixed_in_bulk,
    "another method": another_method,
    "words of theirs": words_of_theirs,
    "page or cursor of theirs": page_of_theirs,
    "tag of theirs": tag_of_theirs,
    "idempotency key of theirs": key_of_theirs,
}
