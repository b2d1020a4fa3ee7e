"""What another office has cached is as absent as what nobody has."""

import pytest

from tenants.cache import tenant_cache
from tenants.context import tenant_context
from tests.isolation.canaries import CANARY

THEIRS, NOBODYS = "people", "nobody"
CALLS = {
    "get": lambda key: tenant_cache.get(key, "default"),
    "get_many": lambda key: [*tenant_cache.get_many([key]).values()],
    "get_or_set": lambda key: tenant_cache.get_or_set(key, lambda: "ours"),
    "has_key": tenant_cache.has_key,
    "add": lambda key: tenant_cache.add(key, "ours"),
    "set": lambda key: tenant_cache.set(key, "ours"),
    "set_many": lambda key: tenant_cache.set_many({key: "ours"}),
    "touch": lambda key: tenant_cache.touch(key, 0),
    "delete": tenant_cache.delete,
    "delete_many": lambda key: tenant_cache.delete_many([key]),
    "clear": lambda _key: tenant_cache.clear(),
}


@pytest.fixture(autouse=True)
def cached(acme, globex):
    with tenant_context(globex):
        tenant_cache.set(THEIRS, CANARY)
    yield
    for tenant in (acme, globex):
        with tenant_context(tenant):
            tenant_cache.clear()


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_their_key_is_as_absent_as_nobodys_and_stays_as_it_is(call, acme, globex):
    with tenant_context(acme):
        assert call(THEIRS) == call(NOBODYS) != CANARY
    with tenant_context(globex):
        assert tenant_cache.get(THEIRS) == CANARY
