"""The arithmetic: people, times what they do, times what it costs, on machines of a size."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

from benchmarks.capacity.costs import Costs
from benchmarks.capacity.habits import Habits, Machines
from benchmarks.report import Row

MS, GB = 1000, 1e9
# Vendors' own figures, which more machines do not change; docs/operations.md names their pages.
SMS_A_SENDER, TELEGRAM_A_BOT, MAIL_AN_OFFICE = 1, 30, 100
# Commands a second that one Valkey answers (its own `valkey-benchmark` without pipelining).
VALKEY = 100_000
# A request asks the store for its office, its rates and its session's; a write says a word, too.
COMMANDS_A_REQUEST = 3
LIVE_A_PROCESS = 5_000
WEB_THREADS, WORKERS_A_CORE = 4, 2


@dataclass(frozen=True)
class Plan:
    """What so many people need in their busiest hour."""

    people: int
    habits: Habits
    machines: Machines
    costs: Costs

    @property
    def offices(self) -> int:
        """How many offices they are."""
        return ceil(self.people / self.habits.office)

    def rate(self, *kinds: str) -> float:
        """Return the requests a second of these kinds, or of all."""
        calls = self.habits.calls
        return self.habits.busiest(self.people, sum(calls[k] for k in kinds or calls))

    @property
    def at_nine(self) -> float:
        """How many reminders are due at the same minute."""
        habits = self.habits
        return self.people * habits.same_day * habits.reminders * habits.at_nine

    def _cores(self, place: int) -> float:
        """Return the cores that answering takes: 0 ours, 1 PostgreSQL's."""
        return sum(
            self.rate(kind) * self.costs.calls[kind][place] / MS for kind in self.habits.calls
        )

    @property
    def web_cores(self) -> float:
        """Cores that answer requests, with room."""
        return self._cores(0) / self.machines.busy

    @property
    def worker_cores(self) -> float:
        """Cores that send what is due at nine in time."""
        return self.at_nine * self.costs.together[0] / MS / self.machines.sent_within

    @property
    def database_cores(self) -> float:
        """Cores of PostgreSQL for both, with room."""
        sending = self.at_nine * self.costs.together[1] / MS / self.machines.sent_within
        return (self._cores(1) + sending) / self.machines.busy

    @property
    def disk(self) -> float:
        """GB of rows and catalogue after the years that are kept."""
        habits, row = self.habits, self.costs.row
        writes = habits.calls["create"] + habits.calls["patch"]
        of_a_day = (
            habits.calls["create"] * row["task"]
            + writes * row["audit"]
            + habits.reminders * row["message"]
        )
        kept = self.people * of_a_day * habits.days * habits.years
        vectors = self.people * habits.chunks * self.costs.chunk
        return (kept + vectors + self.offices * self.costs.office) / GB

    def cells(self) -> dict[str, int]:
        """Return how many databases each limit asks for; the largest is how many there are."""
        machines = self.machines
        return {
            "offices in a catalogue": ceil(self.offices / machines.offices),
            "cores": ceil(self.database_cores / machines.database_cores),
            "disk": ceil(self.disk / machines.database_disk),
        }

    def row(self) -> Row:
        """Return what is bought."""
        cells = self.cells()
        databases = max(cells.values())
        app = ceil((self.web_cores + self.worker_cores) / self.machines.app_cores)
        return {
            "people": f"{self.people:,}",
            "offices": f"{self.offices:,}",
            "requests/s": self.rate(),
            "due at nine": f"{self.at_nine:,.0f}",
            "web cores": self.web_cores,
            "worker cores": self.worker_cores,
            "db cores": self.database_cores,
            "disk GB": self.disk,
            # One more of each, for the day when one is gone.
            "app machines": app + 1,
            "databases": f"{databases} (by {max(cells, key=lambda name: cells[name])})"
            if databases > 1
            else "1",
        }


def limits(plans: list[Plan]) -> list[Row]:
    """Return each limit, how far from it so many people are, and what is added there."""
    habits, machines = plans[0].habits, plans[0].machines
    lines: list[tuple[str, str, Callable[[Plan], float], str]] = [
        ("connections of programs", "PgBouncer: 1 for 10,000",
         lambda p: p.web_cores * WEB_THREADS + p.worker_cores * WORKERS_A_CORE,
         "PgBouncer processes beside each other"),
        ("processes of PostgreSQL", f"{machines.backends} a core",
         lambda p: p.database_cores * machines.backends, "a database (cell)"),
        ("catalogue: tables and indexes", f"{machines.offices:,} offices a database",
         lambda p: p.offices * p.costs.relations, "a database (cell), `move_tenant`"),
        ("outbox: messages a second at nine", f"a core sends {MS / plans[0].costs.together[0]:.0f}",
         lambda p: p.at_nine / machines.sent_within, "worker processes"),
        ("e-mail a minute at nine", f"{MAIL_AN_OFFICE} an office",
         lambda p: p.at_nine, "nothing: it grows with the offices"),
        ("SMS a second, if all were", f"{SMS_A_SENDER} a sender",
         lambda p: p.at_nine / machines.sent_within, "numbers; a short code takes 100"),
        ("Telegram a second, if all were", f"{TELEGRAM_A_BOT} a bot",
         lambda p: p.at_nine / machines.sent_within, "a bot for each cell"),
        ("pages told live", f"{LIVE_A_PROCESS:,} a process",
         lambda p: p.people * habits.same_day * habits.open_pages, "live processes"),
        ("commands of Valkey a second", f"{VALKEY:,} a server",
         lambda p: p.rate() * COMMANDS_A_REQUEST + p.rate("create", "patch"), "a Valkey a cell"),
        ("GB of vectors", "256 MB kept in a process",
         lambda p: p.people * habits.chunks * p.costs.chunk / GB,
         "processes that keep an office's to themselves (by the office's id)"),
    ]  # fmt: skip
    return [
        {
            "limit": name,
            "one bears": bears,
            **{f"{p.people:,} people": f"{needed(p):,.4g}" for p in plans},
            "what is added": added,
        }
        for name, bears, needed, added in lines
    ]
