"""Two offices: acme with the rows that requests name, globex full of canaries."""

import pytest

from tenants.context import tenant_context
from tests.isolation.canaries import plant
from tests.isolation.samples import make_world


@pytest.fixture
def globex_office(globex):
    with tenant_context(globex):
        return plant()


@pytest.fixture
def world(in_acme, globex_office):
    return make_world()


@pytest.fixture
def client(api, world):
    return api(world.ada)


def pytest_addoption(parser):
    group = parser.getgroup("isolation")
    group.addoption("--requests", type=int, default=2000, help="how many attacks by the dice")
    group.addoption("--seed", type=int, default=1, help="which dice")
    group.addoption("--only", type=int, help="the number of one attack to repeat")
