"""Random histories, after each of which both sides are equal.

`make sync-proof` lets 2,000 of them happen and prints what they were made of; a plain test run
has some. The seed and the number of a history name it: `make sync-proof SEED=7 ONLY=11` repeats it.
"""

import random
from collections import Counter

import pytest

from connections.flows import keep_account
from connections.models import Connection
from connections.providers import Account, Tokens
from tests.calendar_app.sync.conftest import linked
from tests.calendar_app.sync.driving import drive
from tests.calendar_app.sync.vendors import GoogleSide, OutlookSide
from tests.connections.mailbox import mailbox
from tests.peers.google_calendar import MAIL, google_calendar
from tests.peers.microsoft_calendar import CALENDAR, microsoft_calendar

BATCH = 10


def pytest_generate_tests(metafunc):
    if "batch" in metafunc.fixturenames:
        only = metafunc.config.getoption("history", None)
        count = metafunc.config.getoption("histories", 2 * BATCH)
        starts = [only] if only is not None else range(0, count, BATCH)
        ends = [only + 1] if only is not None else [min(s + BATCH, count) for s in starts]
        batches = [range(start, end) for start, end in zip(starts, ends, strict=True)]
        metafunc.parametrize("batch", batches, ids=[str(batch[0]) for batch in batches])


def test_after_any_history_both_sides_are_equal(
    batch, request, settings, eve, clock, record_property
):
    tally: Counter[str] = Counter()
    for number in batch:
        seed = f"{request.config.getoption('sync_seed', 1)}-{number}"
        dice = random.Random(seed)
        tally += (
            at_google(settings, eve, dice, clock, seed)
            if number % 2
            else at_microsoft(settings, eve, dice, clock, seed)
        )
        Connection.objects.all().delete()
    record_property("sync_proof", dict(tally))
    assert tally["sequences"] == len(batch)


def at_google(settings, eve, dice, clock, seed):
    with google_calendar(page_size=dice.choice((2, 5, 250)), is_checked=False) as peer:
        settings.GOOGLE_OAUTH_BASE_URL = settings.GOOGLE_TOKEN_BASE_URL = peer.url
        settings.GOOGLE_API_BASE_URL = peer.url
        tokens = Tokens(access_token="old", expires_at=0, refresh_token="refresh-1")
        account = Account(seed, MAIL, ["calendar"], tokens)
        connection = keep_account(provider="google", account=account, person=eve)
        return drive(linked(connection), GoogleSide(peer, dice), clock, seed)


def at_microsoft(settings, eve, dice, clock, seed):
    with microsoft_calendar(page_size=dice.choice((2, 5, 50)), is_checked=False) as peer:
        peer.dice = dice
        settings.MS_LOGIN_BASE_URL = settings.MSGRAPH_BASE_URL = peer.url
        connection = mailbox(peer, eve)
        return drive(linked(connection, CALENDAR), OutlookSide(peer, dice), clock, seed)


@pytest.mark.parametrize("run", [at_google, at_microsoft])
def test_the_proof_notices_a_sync_that_loses_something(settings, eve, clock, run, monkeypatch):
    """Without it, a proof that looks at nothing would pass as well.

    Not every history has an edit there that is still to be seen at its end.
    """
    monkeypatch.setattr("calendar_app.sync.engine.take_in", lambda _run, _news: None)
    noticed = 0
    for number in range(6):
        seed = f"broken-{number}"
        try:
            run(settings, eve, random.Random(seed), clock, seed)
        except AssertionError:
            noticed += 1
        Connection.objects.all().delete()
    assert noticed >= 3
