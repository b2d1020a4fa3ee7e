"""Thousands of attacks by the dice, of which none may learn or change anything.

`make isolation` runs 100,000 and prints what it covered; a plain test run fires some 1,000. The
seed and the number of an attack say which one it is: `make isolation SEED=7 ONLY=4711` repeats it.
"""

from itertools import product
from random import Random

import pytest

from tests.isolation.arena import ACME, GLOBEX
from tests.isolation.canaries import CANARY
from tests.isolation.deliveries import DELIVERIES_BY_NAME
from tests.isolation.judge import WAYS
from tests.isolation.members import ROLES
from tests.isolation.targets import targets
from tests.isolation.ways import Pair, Shot

BATCH = 500
FEW = 1000
SHOWN = 20
# What an admin's good request may be answered: 403 and 405 where nobody adds or deletes.
GOOD = {200, 201, 202, 204, 302, 403, 405}

# What no single request can do well, and what it lacks.
NEED_MORE = {
    ("get", "/sign-in/code"): "a password that was shown before",
    ("post", "/sign-in/code"): "a password that was shown before",
    ("post", "/sign-in/passkey"): "a passkey",
    ("post", "/security/passkeys"): "a passkey",
    ("post", "/security/second-factor"): "a code of this half minute",
    ("get", "/sso/<uuid:pk>/begin"): "a provider that answers",
    ("get", "/sso/<uuid:pk>/callback"): "a provider's word",
}


def pytest_generate_tests(metafunc):
    if "batch" in metafunc.fixturenames:
        only = metafunc.config.getoption("only", None)
        count = metafunc.config.getoption("attacks", FEW)
        starts = [only] if only is not None else range(0, count, BATCH)
        ends = [only + 1] if only is not None else [min(start + BATCH, count) for start in starts]
        batches = [range(start, end) for start, end in zip(starts, ends, strict=True)]
        metafunc.parametrize("batch", batches, ids=[str(batch[0]) for batch in batches])


def test_no_attack_learns_or_changes_anything(attack, batch, record_property):
    attack.cells, attack.findings, attack.requests = set(), [], 0
    for number in batch:
        attack.fire(number)
    attack.check_all_rows()
    leaks = sum("leak:" in found for found in attack.findings)
    tally = {
        "attacks": len(batch),
        "requests": attack.requests,
        "cells": sorted(attack.cells),
        "leaks": leaks,
        "differences": len(attack.findings) - leaks,
        "all": [len(targets()), len(ROLES), len(WAYS)],
    }
    record_property("isolation", tally)
    assert not attack.findings, "\n".join([f"seed {attack.seed}", *attack.findings[:SHOWN]])


def test_every_request_is_a_good_one_before_it_is_made_hostile(attack):
    """Otherwise two answers would be alike because both asked for nonsense."""
    admin, refused = attack.arena.members["admin"], set()
    for target in in_the_office():
        answer = attack.twin(target.ask(admin)).answer
        if answer.status not in GOOD and "nothing" not in answer.text:
            refused.add((target.method, target.path))
        assert "login" not in answer.location or "logout" in target.path, target.name
    assert refused == set(NEED_MORE)


@pytest.mark.parametrize("way", [*DELIVERIES_BY_NAME, "secret address of theirs"])
def test_what_vendors_bring_and_what_secrets_open_stays_at_home(attack, way):
    """Few addresses are reached by these ways, and each of them in many games."""
    fired, judged = 0, set()
    for target in targets():
        for number, role in product(range(12), ROLES):
            shot = Shot(attack.arena, attack.arena.members[role], target, Random(number))
            if pair := WAYS[way](shot):
                fired += 1
                # The dice say many things twice.
                if (asked := (pair.hostile.text, pair.innocent.text)) in judged:
                    continue
                judged.add(asked)
                found = attack.judge(pair, shot)
                assert not found, (target.name, role, number, found, pair.hostile.shown)
    assert fired >= 60, "the way leads nowhere any more"


@pytest.mark.parametrize("role", ["admin", "manager", "employee", "clerk"])
def test_no_plain_question_shows_what_is_hidden(attack, role):
    """Not all that is wrong needs an attack to be seen."""
    member = attack.arena.members[role]
    for target in in_the_office():
        if target.method == "get":
            ask = target.ask(member)
            found = attack.judge(Pair(ask, ask), Shot(attack.arena, member, target, Random(0)))
            assert not found, (target.name, found)


def test_the_other_office_sees_its_own_canaries(attack):
    """Otherwise their absence elsewhere would prove nothing."""
    mia, shown = attack.arena.mia, set()
    for target in in_the_office():
        if target.method == "get" and target.host == ACME:
            ask = target.ask(mia).but(host=GLOBEX)
            if CANARY in attack.twin(ask).answer.text:
                shown.add(target.path)
    assert len(shown) > 20, shown


def in_the_office():
    return [target for target in targets() if target.host == ACME or target.door == "api"]
