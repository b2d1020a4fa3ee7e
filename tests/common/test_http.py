"""What we ask outside ends in time, is bounded, and goes only where it may."""

import json
import socket
from ipaddress import ip_address, ip_network
from threading import Event, Thread
from time import monotonic

import pytest

from common import network
from common.http import Deadline, Limits, NoAnswerError, post
from common.network import is_public
from tests.peers.language_model import Told, drips, fails, hangs_up, language_model, raw, says

# What drips and hangs here would do so for ten seconds and more.
FAR_LESS = 5
LOOPBACK = (ip_network("127.0.0.0/8"),)


@pytest.fixture
def peer():
    with language_model() as running:
        running.acts(says("hello"))
        yield running


def ask(url, **limits):
    limits = {"deadline": Deadline.after(5), "inside": LOOPBACK, **limits}
    return post(url, content=b"{}", headers={}, limits=Limits(**limits))


def why(url, **limits):
    with pytest.raises(NoAnswerError) as caught:
        ask(url, **limits)
    return caught.value.reason, caught.value.sent


def test_an_answer_comes_whole(peer):
    answer = ask(f"{peer.url}/responses")
    assert answer.status == 200
    assert answer.headers["content-length"] == str(len(answer.body))
    assert json.loads(answer.body)["object"] == "response"
    assert peer.asked[0].headers["accept-encoding"] == "identity"


def test_a_redirect_is_an_answer(peer):
    peer.acts(fails(307, Location=peer.url))
    assert ask(f"{peer.url}/responses").status == 307
    assert len(peer.asked) == 1


@pytest.mark.parametrize("seconds", [0.2, 0.5])
def test_a_slow_drip_is_cut_when_the_time_is_up(peer, seconds):
    peer.acts(drips(says("x" * 1000)))
    start = monotonic()
    reason = why(f"{peer.url}/chat/completions", deadline=Deadline.after(seconds))
    assert (*reason, monotonic() - start < FAR_LESS) == ("timeout", True, True)


def test_a_drip_of_headers_is_cut_as_well():
    """Each byte comes long before a time-out for reading."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        over = Event()

        def drip():
            line, _address = server.accept()
            with line:
                line.recv(65536)
                for byte in b"HTTP/1.1 200 OK\r\nX: " + b"y" * 10_000:
                    if over.wait(0.01):
                        return
                    line.sendall(bytes([byte]))

        thread = Thread(target=drip, daemon=True)
        thread.start()
        start = monotonic()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        assert why(url, deadline=Deadline.after(0.3)) == ("timeout", True)
        assert monotonic() - start < FAR_LESS
        over.set()
        thread.join()


def test_too_much_is_not_read(peer):
    peer.acts(raw(Told(body=b"x" * 100_000)))
    assert why(f"{peer.url}/responses", most_bytes=99_999) == ("too_large", True)
    assert len(ask(f"{peer.url}/responses", most_bytes=100_000).body) == 100_000


def test_a_cut_line_is_told(peer):
    peer.acts(hangs_up(says("hello")))
    assert why(f"{peer.url}/responses") == ("cut", True)


def test_nobody_listening_is_told():
    assert why("http://127.0.0.1:1/") == ("unreachable", False)


def test_a_name_that_nobody_has_is_told(monkeypatch):
    def nothing(*_args, **_kwargs):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nothing)
    assert why("https://nowhere.example/") == ("unreachable", False)


def test_nobody_waits_for_a_resolver_that_hangs(monkeypatch):
    over = Event()
    monkeypatch.setattr(network, "_looked_up", lambda *_args: over.wait(30) and [])
    start = monotonic()
    reason = why("https://slow.example/", deadline=Deadline.after(0.2))
    assert (*reason, monotonic() - start < FAR_LESS) == ("timeout", False, True)
    over.set()


# --- Where an address leads


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:{}/", "http://localhost:{}/", "http://[::ffff:127.0.0.1]:{}/"]
)
def test_an_address_from_outside_does_not_lead_inside(peer, url):
    assert why(url.format(peer.port), inside=()) == ("forbidden_address", False)
    assert peer.asked == []


def test_a_name_is_what_it_means_at_the_moment_of_connecting(peer, monkeypatch):
    """One that means a public and a private address is refused whichever comes first."""
    for pair in (("93.184.216.34", "127.0.0.1"), ("127.0.0.1", "93.184.216.34")):
        found = [(2, 1, 6, "", (address, peer.port)) for address in pair]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, found=found, **_kwargs: found)
        assert why(f"https://two.example:{peer.port}/", inside=()) == ("forbidden_address", False)


def test_nothing_goes_to_the_open_net_without_encryption():
    assert why("http://93.184.216.34/", inside=()) == ("not_encrypted", False)


def test_a_network_that_the_operator_allows_is_reached(peer):
    assert ask(f"{peer.url}/responses", inside=LOOPBACK).status == 200
    assert why(f"{peer.url}/x", inside=(ip_network("10.0.0.0/8"),))[0] == "forbidden_address"


def test_an_address_of_the_operator_leads_anywhere(peer):
    assert ask(f"{peer.url}/responses", inside=None).status == 200


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "64:ff9b::5db8:d822"])
def test_the_open_net_is_public(address):
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
        *("0.0.0.0", "224.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.2.1"),
        *("::1", "::", "fe80::1", "fd00::1", "ff02::1", "2001:db8::1", "::ffff:10.0.0.1"),
        *("64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2002:a00:1::"),
        "2001:0:53aa:64c:0:fbff:80ff:fffe",
    ],
)
def test_everything_else_is_not(address):
    assert not is_public(ip_address(address))
