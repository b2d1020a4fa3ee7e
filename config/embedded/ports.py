"""Free ports, found by binding them."""

import errno
import socket
import sys

NEIGHBOURS = 20
HIGHEST = 65535


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Tell whether a server could listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno in {errno.EADDRINUSE, errno.EACCES}:
                return False
            raise
    return True


def any_port(host: str = "127.0.0.1") -> int:
    """Return a free port that the system chose."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


class PortChooser:
    """Gives out ports, never the same one twice."""

    def __init__(self) -> None:
        self.given: set[int] = set()
        self.held: list[socket.socket] = []

    def choose(self, preferred: int, host: str = "127.0.0.1") -> int:
        """Return the preferred port, else one of the next ones, else any free one."""
        for port in range(preferred, min(preferred + NEIGHBOURS, HIGHEST + 1)):
            if port not in self.given and is_free(port, host):
                return self.give(port)
        while (port := any_port(host)) in self.given:
            continue
        return self.give(port)

    def choose_any(self) -> int:
        """Return a free port that nobody would guess, so that two test runs do not meet."""
        while (port := any_port()) in self.given:
            continue
        return self.give(port)

    def hold(self, port: int, host: str) -> None:
        """Keep others off a port until its server, which shares it (SO_REUSEPORT), is up.

        A bound socket that does not listen gets no connections, but whoever probes the port sees
        it taken: two offices started at the same moment do not both choose port 8000.
        """
        if sys.platform != "linux":
            return
        holder = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        self.held.append(holder)
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        holder.bind((host, port))

    def release(self) -> None:
        """Stop holding ports."""
        while self.held:
            self.held.pop().close()

    def give(self, port: int) -> int:
        """Remember the port as given out."""
        self.given.add(port)
        return port
