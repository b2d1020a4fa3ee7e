"""Buckets and breakers: shared by all processes, of one office or of all, and soft."""

import gc
from concurrent.futures import ThreadPoolExecutor
from socket import create_server, socketpair
from threading import Timer
from uuid import uuid4
from weakref import ref

import pytest
import redis
from redis.exceptions import ConnectionError as RedisConnectionError

from tenants import cache, rates
from tenants.breaker import FAILURES_TO_OPEN, Breaker
from tenants.context import tenant_context
from tenants.counting import Lines, _numbers
from tenants.rates import Bucket, OwnBuckets, Rate, take

SLOW = Rate(3, 3600)


@pytest.fixture
def name():
    return uuid4().hex


@pytest.fixture
def away(monkeypatch):
    """The store does not answer; this process has its own buckets, which are empty."""
    monkeypatch.setattr(cache.outage, "ask_again_at", float("inf"))
    monkeypatch.setattr(rates, "own_buckets", OwnBuckets())


@pytest.fixture(params=["store", "process"])
def buckets(request, in_acme):
    if request.param == "process":
        request.getfixturevalue("away")


@pytest.mark.usefixtures("buckets")
def test_after_as_many_as_are_allowed_one_has_to_wait(name):
    bucket = Bucket(name, SLOW)
    assert [take([bucket]) for _each in range(3)] == [0, 0, 0]
    assert take([bucket]) == pytest.approx(1200, abs=5)
    assert take([bucket]) == pytest.approx(1200, abs=5), "asking in vain costs nothing"


@pytest.mark.usefixtures("buckets")
def test_one_is_taken_from_all_or_from_none(name):
    wide, narrow = Bucket(name, SLOW), Bucket(f"{name} narrow", Rate(1, 3600))
    assert take([wide, narrow]) == 0
    for _each in range(5):
        assert take([wide, narrow]) == pytest.approx(3600, abs=5)
    assert [take([wide]), take([wide])] == [0, 0]
    assert take([wide]) > 0


@pytest.mark.usefixtures("buckets")
def test_it_fills_again(name):
    quick = Bucket(name, Rate(1, 0.002))
    assert take([quick]) == 0
    while wait := take([quick]):
        assert wait <= 0.002


@pytest.mark.usefixtures("buckets")
def test_each_office_has_its_own_unless_it_is_shared(name, globex):
    own, shared = Bucket(name, Rate(1, 3600)), Bucket(name, Rate(1, 3600), shared=True)
    assert (take([own]), take([shared])) == (0, 0)
    with tenant_context(globex):
        assert take([own]) == 0
        assert take([shared]) > 0


def test_ten_at_once_take_no_more_than_there_is(name, acme):
    bucket = Bucket(name, SLOW)

    def work(_number):
        with tenant_context(acme):
            return take([bucket])

    with ThreadPoolExecutor(10) as pool:
        waits = list(pool.map(work, range(10)))
    assert waits.count(0) == 3


def test_many_buckets_of_the_process_do_not_pile_up(name, in_acme, away):
    own = rates.own_buckets
    own.MANY = 5
    for number in range(50):
        own.take([Bucket(f"{name}{number}", Rate(1, 0.000001))])
    assert len(own._full) <= 7


# --- Breakers


def test_after_failures_in_a_row_nobody_tries_for_a_while(name, in_acme, time_machine):
    time_machine.move_to("2024-05-14T10:00:00Z", tick=False)
    ours, of_others = Breaker(name, shared=False), Breaker(name, shared=False)
    for _each in range(FAILURES_TO_OPEN - 1):
        ours.fail()
    assert of_others.wait() == 0
    ours.fail()
    assert of_others.wait() == 60
    time_machine.shift(61)
    assert of_others.wait() == 0, "one tries whether it works again"
    assert ours.wait() > 0, "the others wait for that"
    of_others.succeed()
    assert ours.wait() == 0
    ours.fail()
    assert of_others.wait() == 0, "counting begins anew"


def test_a_success_between_failures_closes_it(name, in_acme):
    for _each in range(3 * FAILURES_TO_OPEN):
        breaker = Breaker(name, shared=False)
        breaker.fail()
        breaker.succeed()
    assert Breaker(name, shared=False).wait() == 0


def test_each_office_has_its_own_breaker_unless_it_is_shared(name, in_acme, globex):
    for shared in (False, True):
        Breaker(name, shared=shared).pause(50)
    with tenant_context(globex):
        assert Breaker(name, shared=False).wait() == 0
        assert Breaker(name, shared=True).wait() > 0


def test_without_the_store_everybody_tries(name, in_acme, away):
    breaker = Breaker(name, shared=False)
    for _each in range(2 * FAILURES_TO_OPEN):
        breaker.fail()
    breaker.pause(50)
    assert breaker.wait() == 0
    breaker.succeed()


# --- The line that each thread keeps


def test_a_line_that_broke_is_made_again(name, in_acme):
    bucket = Bucket(name, SLOW)
    assert take([bucket]) == 0
    cache.lines.connection._sock.close()
    assert take([bucket]) == 0
    cache.lines.connection._sock.shutdown(2)
    assert take([bucket]) == 0
    assert take([bucket]) == pytest.approx(1200, abs=5), "all three were taken from the store"


def test_a_store_that_has_forgotten_the_script_is_told_it_again(name, in_acme):
    bucket = Bucket(name, SLOW)
    for _each in range(2):
        cache.tenant_cache._cache.store.script_flush()
        assert take([bucket]) == 0


def test_half_an_answer_is_waited_for():
    ours, theirs = socketpair()
    theirs.sendall(b"*2\r\n:0\r\n:12")
    Timer(0.05, lambda: theirs.sendall(b"34\r\n")).start()
    assert _numbers(ours) == [0, 1234]
    theirs.close()
    with pytest.raises(RedisConnectionError):
        _numbers(ours)
    ours.close()


def test_the_line_of_a_thread_is_closed_when_the_thread_ends(name, acme):
    """At once: not when somebody collects the garbage."""

    def work():
        with tenant_context(acme):
            take([Bucket(name, SLOW)])
            return ref(cache.lines.connection)

    gc.disable()
    try:
        with ThreadPoolExecutor(1) as pool:
            line = pool.submit(work).result()
        assert line() is None
    finally:
        gc.enable()


def test_a_store_that_hangs_is_left_alone_for_a_while(name, in_acme, monkeypatch):
    """The request goes on by the buckets of its process, and nobody else waits."""
    monkeypatch.setattr(rates, "own_buckets", OwnBuckets())
    monkeypatch.setattr(cache, "outage", cache.Outage())
    with create_server(("127.0.0.1", 0)) as silent:
        pool = redis.ConnectionPool(
            host="127.0.0.1", port=silent.getsockname()[1], socket_timeout=0.05
        )
        monkeypatch.setattr(cache.tenant_cache._cache, "pool", pool)
        monkeypatch.setattr(cache, "lines", Lines())
        assert [take([Bucket(name, Rate(1, 3600))]) > 0 for _each in range(2)] == [False, True]
        assert cache.outage.goes_on
