"""How people work, and the machines they work on: what the arithmetic takes for granted."""

from dataclasses import dataclass

DAY, HOUR = 86_400, 3_600


@dataclass(frozen=True)
class Habits:
    """What one person does on a working day; who differs changes a number and runs it again."""

    office: int = 50
    """People in an office."""
    calls = {"page": 60, "list": 40, "detail": 30, "me": 20, "create": 6, "patch": 10}
    """Requests by kind."""
    reminders: float = 5
    busiest_hour: float = 0.2
    """The share of a day's work that falls into its busiest hour."""
    same_day: float = 0.5
    """The share of all people for whom that is the same hour."""
    at_nine: float = 0.3
    """The share of a day's reminders that are due at the same minute."""
    open_pages: float = 0.6
    """Tabs that are told of changes, for each person at work."""
    chunks: int = 100
    """Pieces of documents for each person."""
    days: int = 230
    years: float = 3
    """Working days of a year, and how many years are kept."""

    def busiest(self, people: int, each: float) -> float:
        """Return how much a second there is of what each person does so often a day."""
        return people * self.same_day * each * self.busiest_hour / HOUR


@dataclass(frozen=True)
class Machines:
    """What is bought, and how full it may be."""

    app_cores: int = 16
    app_memory: int = 32
    """GB of a machine for programs."""
    database_cores: int = 64
    database_disk: int = 8_000
    """GB; of a machine for PostgreSQL."""
    busy: float = 0.6
    """The share of the cores that is used in the busiest hour."""
    offices: int = 5_000
    """Offices in a database: as many as the other measurements have gone to."""
    backends: int = 4
    """PostgreSQL's processes for each of its cores, behind PgBouncer."""
    sent_within: float = 60
    """Seconds in which what is due at the same minute is sent."""
