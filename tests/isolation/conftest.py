"""Two offices: acme with the rows that requests name, globex full of canaries."""

import logging

import pytest
import time_machine
from django.db import transaction

from tests.conftest import in_office, outermost
from tests.isolation.arena import open_arena
from tests.isolation.canaries import Office
from tests.isolation.judge import Attack
from tests.isolation.planting.office import plant
from tests.isolation.world import StandingWorld

COUNTED = ("attacks", "requests", "leaks", "differences")
NAMES = ("operations", "roles", "ways")


@pytest.fixture(scope="module")
def planted(standing):
    with in_office("globex"):
        return plant()


@pytest.fixture(scope="module")
def standing_world(planted):
    with in_office("acme"):
        return StandingWorld()


@pytest.fixture
def globex_office(globex, planted):
    return Office({**planted.ids}, {*planted.secrets})


@pytest.fixture
def world(in_acme, standing_world):
    return standing_world.copied()


@pytest.fixture
def client(api, world):
    return api(world.ada)


@pytest.fixture(scope="module")
def attack(request, django_db_setup, django_db_blocker):
    """Both offices with everybody in them, for all tests of a module, on a clock that stands."""
    seed = request.config.getoption("seed", 1)
    with django_db_blocker.unblock(), time_machine.travel("2030-05-14T09:00:00Z", tick=False):
        logging.disable()
        try:
            with outermost():
                with open_arena() as arena:
                    yield Attack(arena, seed)
                transaction.set_rollback(True)
        finally:
            logging.disable(logging.NOTSET)


def pytest_addoption(parser):
    group = parser.getgroup("isolation")
    group.addoption("--attacks", type=int, default=1000, help="how many attacks by the dice")
    group.addoption("--seed", type=int, default=1, help="which dice")
    group.addoption("--only", type=int, help="the number of one attack to repeat")


def pytest_terminal_summary(terminalreporter, config):
    reports = [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]
    found = [dict(report.user_properties).get("isolation") for report in reports]
    tallies = [tally for tally in found if tally]
    if not tallies:
        return
    count = {name: sum(tally[name] for tally in tallies) for name in COUNTED}
    cells = {tuple(cell) for tally in tallies for cell in tally["cells"]}
    covered = zip(NAMES, map(set, zip(*cells, strict=True)), tallies[0]["all"], strict=True)
    write = terminalreporter.write_line
    terminalreporter.section("isolation")
    write(f"seed {config.getoption('seed')}: {count['attacks']:,} hostile requests", bold=True)
    write(f"with their innocent twins and neighbours: {count['requests']:,} requests")
    write(", ".join(f"{name} {len(seen)} of {whole}" for name, seen, whole in covered))
    write(f"combinations of the three: {len(cells):,}")
    write(f"leaks {count['leaks']}, differences {count['differences']}", bold=True)
