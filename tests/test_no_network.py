"""No test reaches out: a connection to anything but this machine fails at once."""

import socket

import pytest
from pytest_socket import SocketConnectBlockedError

from common.http import Deadline, Limits, post

# pytest-socket warns before it raises, and warnings are errors here.
BLOCKED = (SocketConnectBlockedError, UserWarning)


@pytest.mark.parametrize("address", ["192.0.2.1", "10.0.0.1", "2001:db8::1"])
def test_a_connection_to_elsewhere_is_refused_before_it_is_made(address):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as line, pytest.raises(BLOCKED, match="tried to use socket"):
        line.connect((address, 80))


def test_our_own_door_is_no_way_around():
    limits = Limits(deadline=Deadline.after(5), inside=None)
    with pytest.raises(BLOCKED, match="tried to use socket"):
        post("http://192.0.2.1/", content=b"", headers={}, limits=limits)
