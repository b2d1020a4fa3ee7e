"""What is left of an organisation: in the database, the queue, the files and the logs."""

import base64
import binascii
import json
import mmap
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connections
from psycopg import sql
from redis import Redis

from tenants.files import chunks_of, exports_folder, files_folder
from tenants.models import Tenant
from tenants.operation_models import Operation
from tenants.stores import stores

BODY = re.compile(rb'\\*"body\\*": ?\\*"([A-Za-z0-9+/=]+)')
CHUNK = 500


@dataclass(frozen=True)
class Words:
    """What must not be found: the id in its spellings, the schema, and texts that are known."""

    tenant_id: UUID
    schema: str
    canaries: tuple[str, ...] = ()

    @property
    def own(self) -> tuple[str, ...]:
        """Words that nobody else uses, so that what holds them can be removed."""
        return tuple(dict.fromkeys((str(self.tenant_id), self.schema, self.tenant_id.hex)))

    @property
    def all(self) -> tuple[str, ...]:
        """Everything that is looked for."""
        return (*self.own, *self.canaries)

    def stand_in(self, data: bytes) -> bool:
        """Tell whether one of them is in the bytes, also as JSON writes it."""
        return any(spelling in data for spelling in self._spellings)

    @property
    def _spellings(self) -> set[bytes]:
        plain = {word.encode() for word in self.all}
        return plain | {json.dumps(word)[1:-1].encode() for word in self.all}


def traces_of(words: Words, *, operation_id: UUID) -> dict[str, int]:
    """Return how often something is found, by place; empty when nothing is left.

    The operation that erases is not looked at: it forgets at the end.
    """
    found: Counter[str] = Counter()
    for alias in connections:
        found.update(_in_database(alias, words, operation_id))
    found.update(_in_queue(words))
    found.update(_in_files(words))
    found.update(_in_stores(words))
    found.update(_in_logs(words))
    return dict(found)


def _in_database(alias: str, words: Words, operation_id: UUID) -> Iterator[str]:
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND relkind IN ('r', 'p', 'm') ORDER BY relname"
        )
        looked_for = [json.dumps(word, ensure_ascii=False)[1:-1] for word in words.all]
        for (table,) in cursor.fetchall():
            query = sql.SQL(
                "SELECT count(*) FROM {} r WHERE EXISTS (SELECT FROM unnest(%s::text[]) w"
                " WHERE strpos(lower(to_jsonb(r)::text), lower(w)) > 0) {}"
            )
            own = sql.SQL("AND id <> {}").format(operation_id)
            rest = own if table == Operation._meta.db_table else sql.SQL("")
            cursor.execute(query.format(sql.Identifier("public", table), rest), [looked_for])
            yield from [f"{alias}: {table}"] * cursor.fetchone()[0]
        cursor.execute("SELECT nspname FROM pg_namespace")
        names = [name for (name,) in cursor.fetchall()]
        yield from [f"{alias}: schemas" for name in names if words.stand_in(name.encode())]


# --- The queue, and the caches beside it


def forget_in_queue(words: Words) -> None:
    """Remove the organisation's jobs and cached values; those of others stay."""
    own = Words(words.tenant_id, words.schema)
    for store in _stores():
        for key in store.scan_iter(count=CHUNK):
            if own.stand_in(key):
                store.delete(key)
                continue
            for entry in _entries(store, key):
                if own.stand_in(_readable(entry.text)):
                    entry.remove()


def _in_queue(words: Words) -> Iterator[str]:
    for store in _stores():
        for key in store.scan_iter(count=CHUNK):
            texts = [key, *(_readable(entry.text) for entry in _entries(store, key))]
            yield from ["queue" for text in texts if words.stand_in(text)]


def _stores() -> Iterator[Redis]:
    """Give each Redis or Valkey that the settings name."""
    places = {settings.CELERY_BROKER_URL}
    places |= {str(cache.get("LOCATION", "")) for cache in settings.CACHES.values()}
    for place in sorted(filter(lambda place: place.startswith(("redis", "unix")), places)):
        with Redis.from_url(place, socket_timeout=30) as store:
            yield store


@dataclass(frozen=True)
class Entry:
    """One value inside a key."""

    text: bytes
    remove: Any


def _entries(store: Any, key: bytes) -> list[Entry]:
    kind = store.type(key)
    if kind == b"string":
        return [Entry(store.get(key) or b"", lambda: store.delete(key))]
    if kind == b"list":
        items = store.lrange(key, 0, -1)
        return [Entry(item, lambda item=item: store.lrem(key, 0, item)) for item in items]
    if kind == b"hash":
        pairs = store.hgetall(key).items()
        return [Entry(a + b" " + b, lambda a=a: store.hdel(key, a)) for a, b in pairs]
    if kind == b"set":
        return [
            Entry(item, lambda item=item: store.srem(key, item)) for item in store.smembers(key)
        ]
    if kind == b"zset":
        items = store.zrange(key, 0, -1)
        return [Entry(item, lambda item=item: store.zrem(key, item)) for item in items]
    return []


def _readable(text: bytes) -> bytes:
    """Add what a queued job carries in base64."""
    bodies = []
    for body in BODY.findall(text):
        try:
            bodies.append(base64.b64decode(body))
        except binascii.Error:
            continue
    return b" ".join([text, *bodies])


# --- Files and logs


def _in_files(words: Words) -> Iterator[str]:
    """Look at every name, and into whatever is not in the folder of a living organisation."""
    living = {str(pk) for pk in Tenant.objects.values_list("pk", flat=True)}
    for top in (files_folder(), exports_folder()):
        for path in sorted(top.rglob("*")):
            inside = path.relative_to(top)
            stray = inside.parts[0] not in living and path.is_file()
            if words.stand_in(inside.as_posix().encode()) or (stray and _holds(path, words)):
                yield "files"


def _in_stores(words: Words) -> Iterator[str]:
    """Do the same in stores elsewhere; below the id of a living one stand its own files alone."""
    living = {str(pk) for pk in Tenant.objects.values_list("pk", flat=True)}
    for store in stores():
        if not store.is_local:
            yield from ["store"] * store.left_of(words.tenant_id)
            for name, pieces in store.strays(living):
                if words.stand_in(name.encode()) or _stand_in(pieces, words):
                    yield "store"


def _holds(path: Path, words: Words) -> bool:
    return _stand_in(chunks_of(path), words)


def _stand_in(pieces: Iterable[bytes], words: Words) -> bool:
    before = b""
    for chunk in pieces:
        if words.stand_in(before + chunk):
            return True
        before = chunk[-1000:]
    return False


def _logs() -> Iterator[Path]:
    return (path for path in (Path(settings.VAR_DIR) / "log").rglob("*") if path.is_file())


def forget_in_logs(words: Words) -> None:
    """Put stars over the organisation's ids, at their place: programs go on writing at the end."""
    for path in _logs():
        if path.stat().st_size == 0:
            continue
        with path.open("r+b") as file, mmap.mmap(file.fileno(), 0) as text:
            for word in map(str.encode, words.own):
                place = text.find(word)
                while place >= 0:
                    text[place : place + len(word)] = b"*" * len(word)
                    place = text.find(word, place + len(word))


def _in_logs(words: Words) -> Iterator[str]:
    return ("logs" for path in _logs() if _holds(path, words))
