"""The web server, `granian`, with the office in memory before its workers are made.

A worker is a fork: what was loaded before it is shared with the others until it is written to, and
loaded only once. Takes what `granian` takes.
"""

from granian.cli import entrypoint

import config.wsgi  # noqa: F401  for what it leaves in memory

if __name__ == "__main__":
    entrypoint()  # type: ignore[no-untyped-call]
