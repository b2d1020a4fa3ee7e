"""The line to the mail server outlives a job by some seconds, and is never trusted blindly."""

import asyncio
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from messaging.channels import ChannelRefusedError, Letter, kept_lines
from messaging.channels.email import EmailGateway
from messaging.delivery import deliver
from messaging.models import OutgoingMessage

LETTERS = [Letter(str(number), "eve@acme.example", f"Letter {number}", "x") for number in range(4)]


@pytest.fixture(autouse=True)
def greetings(server, monkeypatch):
    """How often the server was greeted anew."""
    while (kept := kept_lines._pop()) is not None:
        kept.connection.close()
    greeted = []

    async def greet(_server, session, _envelope, hostname, responses):
        session.host_name = hostname
        greeted.append(hostname)
        return responses

    monkeypatch.setattr(type(server), "handle_EHLO", staticmethod(greet), raising=False)
    yield greeted
    while (kept := kept_lines._pop()) is not None:
        kept.connection.close()


def send(letter):
    """Send it as a job of its own."""
    gateway = EmailGateway()
    try:
        gateway.send(letter)
    finally:
        gateway.close()


def subjects(server):
    return [received.letter["Subject"] for received in server.received]


@pytest.fixture
def cutting(server, monkeypatch):
    """The server takes each letter and hangs up right behind its answer."""
    take = type(server).handle_DATA

    async def take_and_cut(self, smtp, session, envelope):
        answer = await take(self, smtp, session, envelope)
        asyncio.get_running_loop().call_later(0.001, smtp.transport.close)
        return answer

    monkeypatch.setattr(type(server), "handle_DATA", take_and_cut)
    return server


def test_the_next_job_goes_on_with_the_line_of_the_last(server, greetings):
    for letter in LETTERS:
        send(letter)
    assert subjects(server) == [letter.subject for letter in LETTERS]
    assert len(greetings) == 1


def test_a_line_that_ended_badly_is_not_kept(server, greetings):
    server.data = lambda letter: "250 OK" if "Letter 1" not in str(letter.content) else "554 no"
    send(LETTERS[0])
    with pytest.raises(ChannelRefusedError):
        send(LETTERS[1])
    send(LETTERS[2])
    assert subjects(server) == ["Letter 0", "Letter 2"]
    assert len(greetings) == 2


def test_a_line_that_was_cut_meanwhile_is_replaced_without_a_word(server, greetings):
    send(LETTERS[0])
    [kept] = kept_lines._kept
    # The other side is gone; ours does not know it yet.
    kept.connection.connection.sock.shutdown(2)
    send(LETTERS[1])
    assert subjects(server) == ["Letter 0", "Letter 1"]
    assert len(greetings) == 2


def test_a_line_is_kept_for_some_seconds_only(server, greetings, monkeypatch):
    send(LETTERS[0])
    later = kept_lines.monotonic() + kept_lines.KEEP_SECONDS
    monkeypatch.setattr(kept_lines, "monotonic", lambda: later)
    send(LETTERS[1])
    assert len(greetings) == 2


def test_a_forked_process_does_not_speak_on_its_parents_line(server, greetings, monkeypatch):
    send(LETTERS[0])
    monkeypatch.setattr(kept_lines.os, "getpid", lambda: 1)
    send(LETTERS[1])
    assert subjects(server) == ["Letter 0", "Letter 1"]
    assert len(greetings) == 2


def test_nothing_is_lost_or_doubled_by_a_server_that_hangs_up_after_each_letter(
    cutting, greetings, owe, clock
):
    keys = [owe(f"Letter {number}").pk for number in range(5)]
    deliver(keys)
    # The end of the line and the next letter may meet half-way, on a busy machine more than once.
    for _time in range(12):
        clock.shift(60)
        deliver(keys)
    came = Counter(received.letter["X-Office-Outbox-Id"] for received in cutting.received)
    assert came == {str(key): 1 for key in keys}
    assert set(OutgoingMessage.objects.values_list("status", "reason")) == {("sent", "")}
    assert len(greetings) == len(keys)


def test_no_two_threads_speak_on_one_line(server, greetings):
    threads, letters = 4, 25
    start = Barrier(threads)

    def work(thread):
        start.wait()
        for number in range(letters):
            send(Letter(f"{thread}-{number}", "eve@acme.example", f"{thread}-{number}", "x"))

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, range(threads)))
    came = Counter(subjects(server))
    assert came == {f"{thread}-{n}": 1 for thread in range(threads) for n in range(letters)}
