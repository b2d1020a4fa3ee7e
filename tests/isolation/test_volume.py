"""Thousands of attacks by the dice, of which none may learn or change anything.

`make isolation` runs 100,000 and prints what it covered; a plain test run fires some 2,000. The
seed and the number of an attack say which one it is: `make isolation SEED=7 ONLY=4711` repeats it.
"""

import logging

import pytest
import time_machine
from django.db import transaction

from tests.isolation.arena import build_arena
from tests.isolation.judge import WAYS, Attack
from tests.isolation.targets import targets

BATCH = 500
FEW = 2000


def pytest_generate_tests(metafunc):
    if "batch" in metafunc.fixturenames:
        only = metafunc.config.getoption("only", None)
        count = metafunc.config.getoption("requests", FEW)
        batches = (
            [[only]]
            if only is not None
            else [range(start, min(start + BATCH, count)) for start in range(0, count, BATCH)]
        )
        metafunc.parametrize("batch", batches, ids=[str(batch[0]) for batch in batches])


@pytest.fixture(scope="module")
def attack(request, django_db_setup, django_db_blocker):
    seed = request.config.getoption("seed", 1)
    with django_db_blocker.unblock(), time_machine.travel("2030-05-14T09:00:00Z", tick=False):
        logging.disable()
        with transaction.atomic():
            yield Attack(build_arena(), seed)
            transaction.set_rollback(True)
        logging.disable(logging.NOTSET)


def test_no_attack_learns_or_changes_anything(attack, batch, record_property):
    attack.cells, attack.findings = set(), []
    for number in batch:
        attack.fire(number)
    attack.check_all_rows()
    record_property(
        "isolation",
        {
            "requests": len(batch),
            "cells": sorted(attack.cells),
            "leaks": sum("leak:" in found for found in attack.findings),
            "differences": sum("leak:" not in found for found in attack.findings),
            "all": [len(targets()), len(WAYS)],
        },
    )
    assert not attack.findings, "\n".join([f"seed {attack.seed}", *attack.findings[:20]])
