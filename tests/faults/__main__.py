"""What is lost and what comes twice while everything is killed: `make faults`.

    python -m tests.faults [--reminders 10000] [--kills 200] [--seed 1]

Reminders of many offices fall due while web servers, workers, beats, Valkey and PostgreSQL are
killed (`kill -9`), stopped and emptied by a fixed seed, and while mail, telephones and chats answer
with errors, ask to slow down, hang, and cut the line before or after they have taken a message. All
of it runs twice over: two workers, two beats. Each kind of fault happens at least once in any run.
Then everything is down for an hour, on the clock of what is due, and has to catch up. Ends with 1
when anything was lost, or doubled where it must not.

In a long run (100 kills and more) workers are also stopped for longer than their lease, and vendors
hang for longer than any of our clients waits.
"""

import json
import logging
import os
import sys
import time
import urllib.request
from dataclasses import replace
from random import Random
from typing import Any

from benchmarks.report import Report, arguments
from benchmarks.servers import Stage, servers, set_up
from config.embedded import services
from config.embedded.paths import ROOT
from tests.faults.chaos import Chaos
from tests.faults.judging import LEAST_LATE, Trial, judge, judge_the_late, print_storm
from tests.faults.vendors import Record, vendors

SETTLE_SECONDS = 600
HOUR = 3600
MOST_REMINDERS = 100_000
LONG_RUN = 100
# A mailbox may send thirty letters a minute.
OFFICES_FOR_A_MAILBOX = 10


def main() -> None:
    """Run both trials and print what came of them."""
    parser = arguments(__doc__)
    parser.add_argument("--reminders", type=int, default=10_000)
    parser.add_argument("--offices", type=int, default=100)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    logging.disable(logging.INFO)
    with servers() as stage:
        report = Report(chosen)
        set_up()
        trial = Trial(stage, chosen, Record(is_long=chosen.kills >= LONG_RUN))
        with vendors(trial.record, chosen.seed, stage.ports.choose_any()) as where:
            os.environ.update(where)
            fill(trial)
            chaos = storm(trial)
            print_storm(report, trial, chaos)
            good = judge(report, trial, chaos)
            good &= catch_up(report, trial)
        report.finish()
    sys.exit(0 if good else 1)


def fill(trial: Trial) -> None:
    """Open the offices and write down what will fall due."""
    from tests.faults.offices import open_mailbox, open_office

    trial.offices = [open_office(number) for number in range(trial.chosen.offices)]
    mailboxes = max(trial.chosen.offices // OFFICES_FOR_A_MAILBOX, 1)
    trial.mailboxes = [open_mailbox(number) for number in range(mailboxes)]
    accept(trial, trial.first, trial.chosen.reminders)


def accept(trial: Trial, first: int, wanted: int) -> None:
    """Write down so many reminders, not yet due."""
    from tests.faults.offices import GRAPH, add_reminders, channel_of, later

    trial.accepted = {number: channel_of(number) for number in range(first, first + wanted)}
    mine: dict[Any, list[int]] = {office: [] for office in trial.everywhere}
    for number, channel in trial.accepted.items():
        some = trial.mailboxes if channel == GRAPH else trial.offices
        # Whole hundreds go to one office, so that each has its share of every channel.
        mine[some[number // 100 % len(some)]].append(number)
    for office, numbers in mine.items():
        add_reminders(office, numbers, later(365 * 86_400))


def start_programs(stage: Stage) -> str:
    """Start the web server, two workers and two beats; return the web server's address."""
    env = {**os.environ, "LOG_LEVEL": "ERROR", "RATE_LIMITS": "false"}
    port = stage.ports.choose_any()
    # Without TLS in front.
    plain = env | {"DJANGO_SETTINGS_MODULE": "config.settings.dev"}
    stage.start(services.web(ROOT, plain, host="127.0.0.1", port=port))
    for service in (services.worker(ROOT, env), services.beat(ROOT, env)):
        stage.start(service)
        stage.start(replace(service, name=f"{service.name}-2"))
    return f"http://127.0.0.1:{port}"


def storm(trial: Trial) -> Chaos:
    """Let all fall due while everything is killed, and wait until the ledgers have settled."""
    from tests.faults.offices import fall_due, later

    chosen, base = trial.chosen, start_programs(trial.stage)
    chaos = Chaos(trial.stage.supervisor, os.environ["REDIS_URL"], Random(chosen.seed))
    chaos.plan(chosen.kills, is_long=trial.record.is_long)
    seconds = chosen.kills * 1.0
    fall_due(trial.everywhere, later(2), seconds * 0.8)
    token, number, next_post = _token(trial.offices[0]), max(trial.accepted), 0.0
    next_round = time.monotonic()
    while not chaos.is_over:
        now = time.monotonic()
        chaos.keep()
        if now >= next_round:
            chaos.go_on()
            next_round = now + chaos.chance.uniform(0.5, 1.5)
        if now >= next_post:
            number, next_post = number + 1, now + 2
            if _post(base, token, number):
                trial.accepted[number] = "email"
        time.sleep(0.02)
    settle(trial, chaos)
    return chaos


def settle(trial: Trial, chaos: Chaos) -> None:
    """Wait until nothing is on its way any more."""
    from django.db import Error, connection

    deadline = time.monotonic() + SETTLE_SECONDS
    while time.monotonic() < deadline:
        chaos.keep()
        try:
            rows = trial.rows()
        except Error:
            connection.close()
            rows = []
        on_the_way = sum(row.status in {"queued", "sending"} for row in rows)
        sys.stderr.write(f"{len(rows)} messages, {on_the_way} on the way\n")
        if not on_the_way and {row.number for row in rows} >= trial.accepted.keys():
            return
        until = time.monotonic() + 2
        while time.monotonic() < until:
            chaos.keep()
            time.sleep(0.05)


def _token(office: Any) -> str:
    from accounts.models import User
    from accounts.sessions import begin_session
    from tenants.context import tenant_transaction

    with tenant_transaction(office):
        user = User.objects.get(notification_preference="email")
        return str(begin_session(user=user)["access_token"])


def _post(base: str, token: str, number: int) -> bool:
    """Write down a task with its reminder over the API; tell whether both were accepted."""
    from tests.faults.offices import later

    due = later(20).isoformat()
    task = {"title": f"Pay invoice F{number}", "due_date": due, "priority": "high"}
    try:
        made = _ask(f"{base}/api/v1/tasks", token, task)
        reminder = {"minutes_before": 0}
        _ask(f"{base}/api/v1/tasks/{made['id']}/reminders", token, reminder)
    except (OSError, ValueError):
        return False
    return True


def _ask(url: str, token: str, body: dict[str, Any]) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    headers["Host"] = "localhost"
    asked = urllib.request.Request(url, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(asked, timeout=5) as answer:
        told: dict[str, Any] = json.load(answer)
        return told


def catch_up(report: Report, trial: Trial) -> bool:
    """Let an hour's reminders wait while nothing runs, then start, and see all arrive late."""
    from tests.faults.offices import fall_due, forget_all, later

    trial.stage.stop_programs()
    forget_all(trial.everywhere)
    trial.record.arrived.clear()
    trial.record.faults.clear()
    accept(trial, trial.first + MOST_REMINDERS, max(trial.chosen.reminders // 20, 100))
    fall_due(trial.everywhere, later(-HOUR), HOUR - LEAST_LATE)
    start_programs(trial.stage)
    chaos = Chaos(trial.stage.supervisor, os.environ["REDIS_URL"], Random(0))
    started = time.monotonic()
    settle(trial, chaos)
    return judge_the_late(report, trial, time.monotonic() - started)


if __name__ == "__main__":
    main()
