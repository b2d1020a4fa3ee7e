"""The only place that writes to the terminal."""

import contextlib
import sys


def say(text: str = "") -> None:
    """Write a line for the person at the terminal; a closed terminal is no reason to fail."""
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()


def complain(text: str) -> None:
    """Write a line about something that went wrong."""
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()
