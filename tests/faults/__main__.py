"""What is lost and what comes twice while everything is killed: `make faults`.

    python -m tests.faults [--reminders 10000] [--kills 200] [--seed 1]

Reminders of many offices fall due while web servers, workers, beats, Valkey and PostgreSQL are
killed (`kill -9`), stopped and emptied by a fixed seed, and while mail, telephones and chats answer
with errors, ask to slow down, hang, and cut the line before or after they have taken a message. All
of it runs twice over: two workers, two beats. Then everything is down for an hour, on the clock of
what is due, and has to catch up. Ends with 1 when anything was lost, or doubled where it must not.

In a long run (100 kills and more) workers are also stopped for longer than their lease, and vendors
hang for longer than any of our clients waits.
"""

import argparse
import json
import logging
import os
import sys
import time
import urllib.request
from collections import Counter
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from benchmarks.report import Report, arguments
from benchmarks.servers import Stage, servers, set_up
from config.embedded import services
from config.embedded.paths import ROOT
from tests.faults.chaos import LONG_STOP_SECONDS, STOP_SECONDS, Chaos
from tests.faults.vendors import Record, vendors

CHANNELS = ("email", "sms", "telegram")
LOOKED_UP = "sms"
SETTLE_SECONDS = 600
HOUR = 3600
MOST_REMINDERS = 100_000
LONG_RUN = 100


@dataclass
class Trial:
    """One run: the offices, what was accepted, and what arrived."""

    stage: Stage
    chosen: argparse.Namespace
    record: Record
    offices: list[Any] = field(default_factory=list)
    accepted: set[int] = field(default_factory=set)
    # A database that an interrupted run has left may still owe reminders of its own.
    first: int = field(default_factory=lambda: int(time.time()) * 1_000_000)


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
    from tests.faults.offices import add_reminders, later, open_office

    chosen = trial.chosen
    trial.offices = [open_office(number) for number in range(chosen.offices)]
    trial.accepted = set(range(trial.first, trial.first + chosen.reminders))
    # Whole hundreds go to one office, so that each has its share of every channel.
    for number, office in enumerate(trial.offices):
        mine = [n for n in trial.accepted if n // 100 % chosen.offices == number]
        add_reminders(office, mine, later(365 * 86_400))


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
    seconds = chosen.kills * 1.0
    fall_due(trial.offices, later(2), seconds * 0.8)
    token, number, next_post = _token(trial.offices[0]), max(trial.accepted), 0.0
    next_kill = time.monotonic()
    while chaos.kills < chosen.kills:
        now = time.monotonic()
        chaos.keep()
        if now >= next_kill:
            chaos.strike()
            next_kill = now + chaos.chance.uniform(0.5, 1.5)
            if chaos.chance.random() < 0.03:
                chaos.flush()
            if chaos.chance.random() < 0.03:
                is_long = trial.record.is_long and chaos.chance.random() < 0.5
                chaos.stop_a_worker(LONG_STOP_SECONDS if is_long else STOP_SECONDS)
        if now >= next_post:
            number, next_post = number + 1, now + 2
            if _post(base, token, number):
                trial.accepted.add(number)
        time.sleep(0.02)
    settle(trial, chaos)
    return chaos


def settle(trial: Trial, chaos: Chaos) -> None:
    """Wait until nothing is on its way any more."""
    from django.db import Error, connection

    from tests.faults.offices import ledger

    deadline = time.monotonic() + SETTLE_SECONDS
    while time.monotonic() < deadline:
        chaos.keep()
        try:
            rows = ledger(trial.offices)
        except Error:
            connection.close()
            rows = []
        on_the_way = sum(row.status in {"queued", "sending"} for row in rows)
        sys.stderr.write(f"{len(rows)} messages, {on_the_way} on the way\n")
        if not on_the_way and {row.number for row in rows} >= trial.accepted:
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


def print_storm(report: Report, trial: Trial, chaos: Chaos) -> None:
    """Print what went wrong."""
    rows = [{"what": what, "times": times} for what, times in sorted(chaos.done.items())]
    rows += [{"what": what, "times": times} for what, times in sorted(trial.record.faults.items())]
    report.table("What went wrong", rows)


def judge(report: Report, trial: Trial, chaos: Chaos) -> bool:
    """Print what came of each reminder, and tell whether the promises hold."""
    from tests.faults.offices import ledger

    rows = ledger(trial.offices)
    by_channel = [_of_channel(channel, rows, trial, chaos) for channel in CHANNELS]
    report.table("By channel", [line for line, _good in by_channel])
    came, lost = _came(trial), _lost(trial, rows)
    late = [(row.sent_at - row.due_at).total_seconds() for row in rows if row.sent_at]
    told = {row.number for row in rows if row.status == "unknown"}
    open_still = sum(row.status in {"queued", "sending"} for row in rows)
    total = {
        "accepted": len(trial.accepted),
        "arrived": len(came & trial.accepted),
        "lost": len(lost),
        "told as unknown": len((told - came) & trial.accepted),
        "still open": open_still,
        "worst lateness s": max(late, default=0.0),
        "kills": chaos.kills,
    }
    report.table("In all", [total])
    return all(good for _line, good in by_channel) and not (lost or open_still)


def _came(trial: Trial) -> set[int]:
    return set().union(*trial.record.arrived.values())


def _lost(trial: Trial, rows: list[Any]) -> set[int]:
    """Return what came nowhere and is not told as unknown.

    A message that failed is no excuse: every vendor works again, so it could have been sent.
    """
    return trial.accepted - _came(trial) - {row.number for row in rows if row.status == "unknown"}


def _of_channel(
    channel: str, rows: list[Any], trial: Trial, chaos: Chaos
) -> tuple[dict[str, Any], bool]:
    """Return what came of the reminders of a channel, and whether it is as promised."""
    arrived, faults = trial.record.arrived[channel], trial.record.faults
    mine = {row.number: row for row in rows if row.channel == channel}
    twice = [number for number, times in arrived.items() if times > 1]
    unseen = [number for number in twice if mine[number].attempts < 2]
    states = Counter(row.status for row in mine.values())
    # Each of these leaves one message of which the sender does not know whether it was taken.
    breaks = (
        chaos.kills
        + chaos.stops
        + sum(faults[f"{channel}: {what}"] for what in ("cut before", "cut after", "hang for long"))
    )
    line = {
        "channel": channel,
        "arrived": len(arrived),
        "doubled": len(twice),
        "doubled, not told": len(unseen),
        **{state: states.get(state, 0) for state in ("sent", "failed", "unknown")},
    }
    # Who has no key and cannot look sends again what was cut off after it was taken, or leaves it
    # to a person.
    allowed = 0 if channel == LOOKED_UP else breaks
    good = not unseen and len(twice) <= allowed and states["unknown"] <= breaks
    return line, good and not states["failed"]


def catch_up(report: Report, trial: Trial) -> bool:
    """Let an hour's reminders wait while nothing runs, then start, and see all arrive late."""
    from tests.faults.offices import add_reminders, fall_due, forget_all, later, ledger

    trial.stage.stop_programs()
    forget_all(trial.offices)
    trial.record.arrived.clear()
    first = trial.first + MOST_REMINDERS
    wanted = max(trial.chosen.reminders // 20, 100)
    trial.accepted = set(range(first, first + wanted))
    for number, office in enumerate(trial.offices):
        mine = [n for n in trial.accepted if n // 100 % len(trial.offices) == number]
        add_reminders(office, mine, later(365 * 86_400))
    fall_due(trial.offices, later(-HOUR), HOUR - 60)
    start_programs(trial.stage)
    chaos = Chaos(trial.stage.supervisor, os.environ["REDIS_URL"], Random(0))
    started = time.monotonic()
    settle(trial, chaos)
    rows = ledger(trial.offices)
    late = [(row.sent_at - row.due_at).total_seconds() for row in rows if row.sent_at]
    lost = _lost(trial, rows)
    total = {
        "due while down": len(trial.accepted),
        "arrived": len(_came(trial) & trial.accepted),
        "lost": len(lost),
        "caught up after s": time.monotonic() - started,
        "least late s": min(late, default=0.0),
        "most late s": max(late, default=0.0),
    }
    report.table("After an hour's downtime", [total])
    return not lost


if __name__ == "__main__":
    main()
