"""Two regions on one machine, and an office that moves from one to the other: `make regions`.

    python -m tests.regions [--tasks 2000] [--writers 3]

Starts everything twice, each with its own PostgreSQL, Valkey and processes. Somebody signs in at
the wrong one and is led home. Then an office with a document, reminders and many tasks leaves one
for the other, while writers go on: each answer is written down. Ends with 1 when a write that was
answered with yes is missing there, an answer was neither yes nor 503 with Retry-After nor 421, the
office could not be written to for longer than a minute, a reminder is lost or comes twice, or the
old address does not lead to the new one.
"""

import argparse
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import requests

from config.embedded.ports import any_port
from tests.regions.installation import Installation, address

WHO = {"email": "jo@example.com", "password": "a long pass phrase"}
LONGEST_SECONDS = 60.0
REMINDED_AFTER = 150


class Writers:
    """People who go on writing, wherever they are told that the office is."""

    def __init__(self, old: Installation, new: Installation, count: int) -> None:
        self.homes = {address(old.port): old, address(new.port): new}
        self.old, self.new, self.ended = old, new, threading.Event()
        self.written: set[str] = set()
        self.answers: Counter[str] = Counter()
        self.bad: list[str] = []
        self.last_yes = self.first_yes = 0.0
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self.write, args=(n,)) for n in range(count)]
        for thread in self.threads:
            thread.start()

    def write(self, number: int) -> None:
        """Write until it is over."""
        home, turn = self.old, 0
        token = sign_in(home)
        while not self.ended.is_set():
            title = f"Written by {number}: {turn}"
            try:
                answer = home.ask("POST", "/tasks", {"title": title}, token=token)
            except requests.RequestException as error:
                self.bad.append(repr(error))
                continue
            turn += 1
            self.note(home, title, answer)
            if answer.status == 421:
                home, token = self.new, sign_in(self.new)
            if answer.status == 503:
                time.sleep(0.2)

    def note(self, home: Installation, title: str, answer: Any) -> None:
        """Write down what was answered."""
        with self.lock:
            self.answers[f"{home.region}: {answer.status}"] += 1
            if answer.status == 201:
                self.written.add(title)
                if home is self.old:
                    self.last_yes = time.monotonic()
                else:
                    self.first_yes = self.first_yes or time.monotonic()
            elif answer.status == 503 and "Retry-After" in answer.headers:
                pass
            elif answer.status != 421 or not answer.body["home"].endswith(str(self.new.port)):
                self.bad.append(f"{home.region}: {answer.status} {answer.body}")

    def end(self) -> None:
        """Let them stop."""
        self.ended.set()
        for thread in self.threads:
            thread.join()


def say(text: str) -> None:
    """Say it at once, also into a file."""
    print(text, flush=True)


def sign_in(home: Installation) -> str:
    """Return a token."""
    answer = home.ask("POST", "/auth/login", WHO)
    assert answer.status == 200, answer
    return answer.body["access_token"]


def main() -> int:
    """Do all of it; return 1 when something is not as it should be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=2000)
    parser.add_argument("--writers", type=int, default=3)
    chosen = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="office-regions-"))
    folder.chmod(0o755)
    ports = {"eu": any_port(), "us": any_port()}
    regions: list[Installation] = []
    try:
        for region, port in ports.items():
            others = {name: there for name, there in ports.items() if name != region}
            regions.append(Installation(region, folder / region, port, others))
            # One after the other: they look for free ports.
            regions[-1].await_start()
        failed = walk(*regions, tasks=chosen.tasks, writers=chosen.writers)
    finally:
        for each in regions:
            each.stop()
        shutil.rmtree(folder, ignore_errors=True)
    say("\n".join(f"NOT AS IT SHOULD BE: {words}" for words in failed))
    return 1 if failed else 0


def walk(eu: Installation, us: Installation, *, tasks: int, writers: int) -> list[str]:
    """Open an office in one, lead people home, move it; return what went wrong."""
    told = {**WHO, "tenant_name": "Jo and Company", "full_name": "Jo Founder"}
    office = eu.ask("POST", "/auth/register", told).body["tenant"]
    slug, token = office["slug"], sign_in(eu)
    # Room for many tasks, as an operator gives it.
    largest = "UPDATE tenants_tenant SET subscription_tier = 'enterprise' RETURNING slug"
    eu.query(largest)
    led = us.ask("POST", "/auth/login", WHO)
    assert (led.status, led.body["home"]) == (421, address(eu.port)), led
    say(f"who signs in at the wrong region: {led.status}, {led.body['home']}")
    reminders = fill(eu, token, tasks)
    old_schema = f"t_{office['id'].replace('-', '')}"
    people = Writers(eu, us, writers)
    time.sleep(5)
    archive = str(eu.folder / "office.zip")
    begun = time.monotonic()
    say(eu.manage("tenant_leave", slug, "--to", "us", "-o", archive).strip())
    say(us.manage("tenant_import", archive).strip())
    say(eu.manage("tenant_leave", slug, "--arrived").strip())
    took = time.monotonic() - begun
    wait(lambda: people.first_yes > 0)
    time.sleep(3)
    people.end()
    say(f"the three commands took {took:.1f} s")
    failed = judge_tasks(eu, us, people, slug, old_schema)
    return failed + judge_old_home(eu, us, slug, token) + judge_reminders(eu, us, reminders)


def fill(eu: Installation, token: str, tasks: int) -> int:
    """Write tasks, a document, and reminders that fall due before, during and after the move."""
    for first in range(0, tasks, 100):
        titles = [f"Before: {number}" for number in range(first, min(first + 100, tasks))]
        items = [{"op": "create", "task": {"title": title}} for title in titles]
        assert eu.ask("POST", "/tasks/bulk", {"items": items}, token=token).status < 300
    paper = {"filename": "keys.md", "text": "# Keys\n\nThe spare key lies in the blue cupboard."}
    assert eu.ask("POST", "/documents", paper, token=token).status == 202
    now = time.time()
    for number, after in enumerate(range(5, REMINDED_AFTER, 5)):
        task = eu.ask("POST", "/tasks", {"title": f"Reminder {number:03}"}, token=token).body["id"]
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now + after))
        assert eu.ask("POST", f"/tasks/{task}/reminders", {"at": at}, token=token).status == 201
    return number + 1


def judge_tasks(
    eu: Installation, us: Installation, people: Writers, slug: str, old_schema: str
) -> list[str]:
    """Compare what was answered with what is there."""
    failed = list(people.bad[:5])
    [(schema,)] = us.query(f"SELECT schema_name FROM tenants_tenant WHERE slug = '{slug}'")
    there = {title for (title,) in us.query(f"SELECT title FROM {schema}.tasks_task")}
    before = {title for (title,) in eu.query(f"SELECT title FROM {old_schema}.tasks_task")}
    lost = (people.written | before) - there
    still = people.first_yes - people.last_yes
    say(f"answers: {dict(sorted(people.answers.items()))}")
    say(f"{len(people.written)} were yes; {len(there)} tasks are there, {len(lost)} lost")
    say(f"nobody could write for {still:.1f} s")
    failed += [f"lost: {sorted(lost)[:3]}"] if lost else []
    return failed + [f"nobody could write for {still:.0f} s"] * (still > LONGEST_SECONDS)


def judge_old_home(eu: Installation, us: Installation, slug: str, token: str) -> list[str]:
    """Ask at the old address, and look at the new one whether all of it has come along."""
    failed = []
    home = f"http://{slug}.localhost:{us.port}"
    page = eu.page(slug, "/tasks?status=open")
    say(f"the old address: {page.status} {page.headers.get('Location')}")
    if (page.status, page.headers.get("Location")) != (302, f"{home}/tasks?status=open"):
        failed.append("the old address leads elsewhere")
    answers = (eu.ask("GET", "/tasks", token=token), eu.ask("POST", "/auth/login", WHO))
    failed += [f"the old home answers {one}" for one in answers if one.status != 421]
    asked = {"question": "Where does the spare key lie?"}
    quoted = us.ask("POST", "/documents/ask", asked, token=sign_in(us))
    if "blue cupboard" not in str(quoted.body):
        failed.append(f"the document did not come along: {quoted.body}")
    say(us.manage("audit_verify", "--tenant", slug).strip())
    return failed


def judge_reminders(eu: Installation, us: Installation, count: int) -> list[str]:
    """Each came once, here or there."""
    words = [f"Reminder: Reminder {number:03}" for number in range(count)]
    wait(lambda: all(eu.letters(word) + us.letters(word) for word in words), REMINDED_AFTER)
    came = [(eu.letters(word), us.letters(word)) for word in words]
    say(
        f"{count} reminders: {sum(old for old, _new in came)} came from the old home,"
        f" {sum(new for _old, new in came)} from the new one"
    )
    return [f"{words[n]} came {one} times" for n, one in enumerate(came) if sum(one) != 1]


def wait(happens: Any, seconds: float = 60) -> None:
    """Wait for something, but not for ever."""
    end = time.monotonic() + seconds
    while not happens() and time.monotonic() < end:
        time.sleep(0.2)


if __name__ == "__main__":
    sys.exit(main())
