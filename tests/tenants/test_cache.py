"""A cached value is its tenant's alone, and a store that is away breaks nothing."""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.core.cache import cache as careless  # noqa: TID251
from django.core.cache import caches  # noqa: TID251  # what a careless programmer would import
from redis import Redis

from config.embedded.ports import any_port
from config.embedded.signals import Signals
from config.embedded.supervisor import Supervisor
from config.embedded.valkey import Valkey
from tenants import cache
from tenants.cache import shared_cache, tenant_cache
from tenants.context import NoTenantError, public_context, tenant_context
from tenants.traces import Words, forget_in_queue

CALLS = {
    "get": lambda store: store.get("key", "default"),
    "set": lambda store: store.set("key", 1),
    "add": lambda store: store.add("key", 1),
    "delete": lambda store: store.delete("key"),
    "touch": lambda store: store.touch("key"),
    "has_key": lambda store: store.has_key("key"),
    "get_many": lambda store: store.get_many(["key"]),
    "set_many": lambda store: store.set_many({"key": 1}),
    "delete_many": lambda store: store.delete_many(["key"]),
    "get_or_set": lambda store: store.get_or_set("key", lambda: 7),
    "clear": lambda store: store.clear(),
}
AWAY = {"get": "default", "add": False, "delete": False, "touch": False, "has_key": False}
AWAY |= {"get_many": {}, "set_many": [], "get_or_set": 7}


@pytest.fixture(autouse=True)
def clean(acme, globex) -> Iterator[None]:
    yield
    for tenant in (acme, globex):
        with tenant_context(tenant):
            tenant_cache.clear()
    shared_cache.clear()


@pytest.fixture
def store(settings) -> Iterator[Redis]:
    with Redis.from_url(settings.CELERY_BROKER_URL) as store:
        yield store


def test_two_tenants_with_the_same_key_each_find_their_own(acme, globex):
    for tenant in (acme, globex):
        with tenant_context(tenant):
            assert tenant_cache.add("people", tenant.slug)
    for tenant in (acme, globex):
        with tenant_context(tenant):
            assert tenant_cache.get("people") == careless.get("people") == tenant.slug
            assert tenant_cache.get_many(["people"]) == {"people": tenant.slug}
    assert shared_cache.get("people") is None


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_without_a_tenant_there_is_no_key(db, call):
    for place in (tenant_cache, caches["default"]):
        with pytest.raises(NoTenantError):
            call(place)
        with public_context(), pytest.raises(NoTenantError):
            call(place)


def test_a_thread_without_a_tenant_finds_nothing(acme):
    with tenant_context(acme), ThreadPoolExecutor(1) as pool:
        tenant_cache.set("people", "ours")
        with pytest.raises(NoTenantError):
            pool.submit(tenant_cache.get, "people").result()


def test_no_key_or_host_name_reaches_into_another_tenant(acme, globex):
    with tenant_context(acme):
        tenant_cache.set("people", "ours")
    with tenant_context(globex):
        for key in (f"{acme.pk}:1:people", f"../{acme.pk}:1:people", f"cache:{acme.pk}:1:people"):
            assert tenant_cache.get(key) is None
    assert shared_cache.get(f"{acme.pk}:1:people") is None


def test_keys_carry_the_id_or_say_that_they_are_shared(acme, store):
    with tenant_context(acme):
        tenant_cache.set("people", 1)
        shared_cache.set("people", 1)
    assert store.exists(f"cache:{acme.pk}:1:people", "cache:public:1:people") == 2


def test_clearing_removes_what_is_the_tenants_and_leaves_the_queue(acme, globex, store):
    store.set("not a cached value", "a job")
    with tenant_context(globex):
        tenant_cache.set("people", "theirs")
    with tenant_context(acme):
        tenant_cache.set_many({f"key-{number}": number for number in range(2500)}, version=2)
        tenant_cache.clear()
    assert not list(store.scan_iter(match=f"*{acme.pk}*"))
    with tenant_context(globex):
        assert tenant_cache.get("people") == "theirs"
    assert store.delete("not a cached value")


@contextmanager
def valkey_of_its_own(tmp_path) -> Iterator[tuple[Valkey, Supervisor]]:
    valkey = Valkey(tmp_path, any_port(), durable=False)
    with Signals() as signals:
        supervisor = Supervisor(logs=tmp_path, locks=tmp_path, signals=signals)
        try:
            supervisor.start([valkey.service(os.environ)])
            yield valkey, supervisor
        finally:
            supervisor.stop()


@pytest.fixture
def no_outage(monkeypatch) -> None:
    monkeypatch.setattr(cache, "outage", cache.Outage())


@pytest.fixture
def other_store(settings, no_outage):
    """`other_store(url)` puts the caches into another store."""

    def use(url: str) -> None:
        settings.CACHES = {
            alias: {**options, "LOCATION": url} for alias, options in settings.CACHES.items()
        }

    return use


def test_a_killed_store_is_a_miss_and_is_told_once(
    acme, other_store, tmp_path, caplog, monkeypatch
):
    clock = [1000.0]
    monkeypatch.setattr(cache, "monotonic", lambda: clock[0])
    with valkey_of_its_own(tmp_path) as (valkey, supervisor), tenant_context(acme):
        other_store(valkey.url)
        tenant_cache.set("key", "kept")
        assert tenant_cache.get("key") == "kept"
        os.kill(supervisor.pids["valkey"], signal.SIGKILL)
        for name, call in CALLS.items():
            assert call(tenant_cache) == AWAY.get(name), name
        with pytest.raises(ValueError, match="not found"):
            tenant_cache.incr("key")
        clock[0] += cache.ASK_AGAIN_AFTER + 1
        assert tenant_cache.get("key") is None
    assert [record.message for record in caplog.records] == ["cache does not answer"]


def test_a_store_that_is_back_is_used_again(acme, other_store, tmp_path, caplog, monkeypatch):
    clock = [1000.0]
    monkeypatch.setattr(cache, "monotonic", lambda: clock[0])
    with tenant_context(acme), valkey_of_its_own(tmp_path) as (valkey, _supervisor):
        other_store(f"redis://127.0.0.1:{any_port()}/0")
        assert tenant_cache.get("key", "miss") == "miss"
        other_store(valkey.url)
        tenant_cache.set("key", "kept")
        assert tenant_cache.get("key", "miss") == "miss"
        clock[0] += cache.ASK_AGAIN_AFTER + 1
        tenant_cache.set("key", "kept")
        assert tenant_cache.get("key", "miss") == "kept"
    told = [record.message for record in caplog.records]
    assert told == ["cache does not answer", "cache answers again"]


def test_a_page_is_shown_though_the_store_is_away(ada, browser, other_store):
    other_store(f"redis://127.0.0.1:{any_port()}/0")
    assert browser(ada).get("/").status_code == 200


def test_whoever_erases_a_tenant_also_finds_its_cached_values(acme, globex, store):
    for tenant in (acme, globex):
        with tenant_context(tenant):
            tenant_cache.set("people", tenant.slug)
    forget_in_queue(Words(acme.pk, acme.schema_name))
    assert not list(store.scan_iter(match=f"*{acme.pk}*"))
    with tenant_context(globex):
        assert tenant_cache.get("people") == "globex"
