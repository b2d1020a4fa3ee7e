"""The stack and the walk, inside a network of their own: `python -m tests.image.running FOLDER`."""

import fcntl
import re
import socket
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.image.stack import Stack, read_images
from tests.image.walk import DOMAIN, Walk

FLOWER_PASSWORD = "operator:a-long-password"
MAY_WRITE = ["/keys", "/tmp", "/var/office"]


@dataclass(frozen=True)
class EnvFile:
    """What an operator changes in `.env`."""

    values: dict[str, str]

    def changed(self, example: str) -> str:
        """Return .env.example with these values; a line that is not there is added."""
        text = example
        for name, value in self.values.items():
            text, times = re.subn(
                rf"^#? ?{name}=.*$", f"{name}={value}", text, count=1, flags=re.MULTILINE
            )
            text += "" if times else f"{name}={value}\n"
        return text


ENV = EnvFile(
    {
        "SECRET_KEY": "for-the-proof-only-for-the-proof-only-for-the-proof-only-0123456789",
        "BASE_DOMAIN": DOMAIN,
        "PUBLIC_URL": f"https://{DOMAIN}",
        "EMAIL_HOST": "mail",
        "EMAIL_PORT": "2525",
        "POSTGRES_PASSWORD": "one-of-the-proof",
        "POSTGRES_OWNER_PASSWORD": "two-of-the-proof",
        "POSTGRES_APP_PASSWORD": "three-of-the-proof",
        "FLOWER_BASIC_AUTH": FLOWER_PASSWORD,
        "METRICS_TOKEN": "metrics-of-the-proof",
    }
)


def main() -> int:
    """Start, walk, stop; return 1 when something was not as it should be."""
    folder = Path(sys.argv[1])
    raise_loopback()
    print("The services are started as docker-compose.yml says:", flush=True)
    stack = Stack(folder, read_images(folder / "images.json"), say)
    try:
        stack.start()
        stack.await_all()
        walk = Walk(stack.mail)
        steps = [walk.sign_in, walk.hear, walk.be_reminded, walk.read_a_document]
        steps += [walk.look_at_health, lambda: walk.look_at_flower(FLOWER_PASSWORD)]
        steps += [lambda: look_around(stack), lambda: ask_the_doctor(stack)]
        failed = [words for step in steps if (words := tried(step))]
    except AssertionError as error:
        failed = [str(error)]
    print("They are stopped:", flush=True)
    failed += stack.stop()
    print("\n".join(f"\nNOT AS IT SHOULD BE: {words}" for words in failed), flush=True)
    return 1 if failed else 0


def say(line: str) -> None:
    """Say it at once."""
    print(line, flush=True)


def tried(step: Callable[[], str]) -> str:
    """Take a step and say what came of it; return what failed."""
    try:
        say(f"  {step()}")
    except (AssertionError, OSError) as error:
        say(f"  FAILED: {str(error)[:200]}")
        return repr(error)
    return ""


def look_around(stack: Stack) -> str:
    """Nobody of ours may write but where it is said, is root, or knows an operator's passwords."""
    for name in ("web", "live", "worker", "beat"):
        open_folders = stack.writable(name)
        assert {*MAY_WRITE} <= {*open_folders}, open_folders
        assert all(path.startswith(tuple(MAY_WRITE)) for path in open_folders), open_folders
        one = stack.running[name]
        who = one.execute(["sh", "-c", "id -u; id -G; env; grep -E '^(Cap|NoNew)' /proc/1/status"])
        uid, groups, *rest = who.stdout.splitlines()
        assert (uid, groups) == ("10001", "10001"), who.stdout
        text = "\n".join(rest)
        assert not re.search(r"Cap\w+:\s*0*[1-9a-f]", text), text
        assert "NoNewPrivs:\t1" in text, text
        assert not re.search(f"(one|two)-of-the-proof|{FLOWER_PASSWORD}", text), text
    return f"ours are user 10001 without any right, and write to {', '.join(MAY_WRITE)} alone"


def ask_the_doctor(stack: Stack) -> str:
    """The doctor looks at the set-up from inside, and Django at the settings."""
    web = stack.running["web"]
    done = web.execute(["python", "manage.py", "check", "--deploy", "--fail-level", "WARNING"])
    assert done.returncode == 0, done.stdout + done.stderr
    done = web.execute(["python", "manage.py", "doctor"], 120)
    lines = [line for line in done.stdout.splitlines() if line.strip()]
    assert lines, done.stderr
    say("\n".join(f"    {line}" for line in lines))
    return f"check --deploy is clean; doctor ended with {done.returncode}"


def raise_loopback() -> None:
    """A new network has a loopback that is down; nothing else is in it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        request = struct.pack("16sh", b"lo", 0x1 | 0x40)
        fcntl.ioctl(probe, 0x8914, request)


if __name__ == "__main__":
    sys.exit(main())
