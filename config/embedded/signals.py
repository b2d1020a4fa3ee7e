"""The signals that end a run, and a way to wait that they interrupt."""

import contextlib
import os
import select
import signal
from types import FrameType, TracebackType
from typing import Any, Self

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Signals:
    """While open, Ctrl-C, SIGTERM and SIGHUP are remembered instead of ending us."""

    def __init__(self) -> None:
        self.asked = 0
        self.last = 0
        self.before: dict[signal.Signals, Any] = {}
        self.wake, self.waker = os.pipe()
        for end in (self.wake, self.waker):
            os.set_blocking(end, False)

    def __enter__(self) -> Self:
        """Start to listen; a hang-up that `nohup` ignores stays ignored."""
        for number in STOPPING:
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                self.before[number] = signal.signal(number, self.remember)
        self.before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self.waker, warn_on_full_buffer=False)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Put everything back."""
        signal.set_wakeup_fd(-1)
        for number, handler in self.before.items():
            signal.signal(number, handler)
        os.close(self.wake)
        os.close(self.waker)

    def remember(self, number: int, frame: FrameType | None) -> None:
        """Count how often an end was asked for."""
        self.asked += 1
        self.last = number

    def wait(self, seconds: float) -> None:
        """Sleep until something happens: a signal, the death of a child, or the time."""
        if select.select([self.wake], [], [], max(seconds, 0))[0]:
            with contextlib.suppress(BlockingIOError):
                os.read(self.wake, 4096)
