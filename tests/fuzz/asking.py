"""What schemathesis asks, and what it thinks of the answers."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import requests
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

from benchmarks.report import Report
from tests.fuzz.known import link
from tests.fuzz.offices import Person

# From so many calls of a role on the edges of each parameter are asked too: forty an operation.
MANY = 3_000
EXAMPLES, FEW_EXAMPLES = 5, 1
# Chains of calls in a round, of so many calls each.
CHAINS, FEW_CHAINS, STEPS = 150, 8, 6
# After so many calls there is a new office, since much of the old one has been deleted.
WORN_OUT = 1_500
# After so many refusals it is asked whether the person is still let in.
SUSPICIOUS = 20
REFUSALS = frozenset({401, 402, 403})
# No answer is one after so many seconds: a machine may be stopped for a while.
PATIENCE_SECONDS = 900
SERVER_ERROR, OK, REDIRECT = 500, 200, 300
CHECKS = (
    *("not_a_server_error", "status_code_conformance", "content_type_conformance"),
    *("response_headers_conformance", "response_schema_conformance", "unsupported_method"),
)
LONGEST = 1500


@dataclass
class Fault:
    """An answer that should not have been, the first of its kind."""

    role: str
    words: str
    how: str
    times: int = 0


@dataclass
class Asking:
    """Everything that was asked so far."""

    base: str
    seed: int
    calls: Counter[str] = field(default_factory=Counter)
    by_phase: Counter[str] = field(default_factory=Counter)
    by_status: Counter[int] = field(default_factory=Counter)
    # Of what was meant to be good: how much was asked and how much answered so, by phase.
    positive: Counter[str] = field(default_factory=Counter)
    succeeded: Counter[str] = field(default_factory=Counter)
    # By the operation, the check and the status.
    faults: dict[tuple[str, str, int], Fault] = field(default_factory=dict)
    offices: int = 0

    def ask(self, role: str, *, calls: int) -> None:
        """Ask so many times and some more as somebody of this role; whole rounds are asked."""
        asker = Person(self.base, role, self.seed)
        asker.begin()
        until, seed = self.calls.total() + calls, self.seed
        while self.calls.total() < until:
            self._ask_once(asker, seed, is_thorough=calls >= MANY)
            seed += 1
        self.offices += asker.offices

    @property
    def is_clean(self) -> bool:
        """Tell whether everything was as it should be."""
        return not self.faults

    def print(self, report: Report) -> None:
        """Print the calls by operation, and each kind of fault."""
        wrong: Counter[tuple[str, bool]] = Counter()
        for (operation, _check, status), fault in self.faults.items():
            wrong[operation, status >= SERVER_ERROR] += fault.times
        rows = [
            {
                "operation": operation,
                "calls": number,
                "server errors": wrong[operation, True],
                "undocumented": wrong[operation, False],
            }
            for operation, number in sorted(self.calls.items())
        ]
        total = {"operation": "all", "calls": self.calls.total()}
        total |= {"server errors": sum(n for (_name, is_ours), n in wrong.items() if is_ours)}
        total |= {"undocumented": sum(n for (_name, is_ours), n in wrong.items() if not is_ours)}
        report.table("calls, by operation", [*rows, total])
        report.table(f"calls, by phase; {self.offices} offices", [dict(self.by_phase)])
        good = {
            name: f"{self.succeeded[name] / number:.0%} of {number}"
            for name, number in self.positive.items()
        }
        report.table("what was meant to be good and was answered by 2xx", [good])
        statuses = {str(status): number for status, number in sorted(self.by_status.items())}
        report.table("answers, by status", [statuses])
        for (operation, check, status), fault in sorted(self.faults.items()):
            print(f"\n{operation}: {check}, {status}, {fault.times} times, first as {fault.role}")
            print(fault.words[:LONGEST], fault.how, sep="\n")

    def _ask_once(self, asker: Person, seed: int, *, is_thorough: bool) -> None:
        schema = self._schema(seed, is_thorough=is_thorough)
        _act_as(asker)
        for event in from_schema(schema).execute():
            if isinstance(event, events.ScenarioFinished):
                self._note(asker.role, event)
            elif isinstance(event, events.PhaseFinished):
                told = f"{self.calls.total()} calls, {len(self.faults)} kinds of faults"
                print(f"{asker.role}, after {event.phase.name.value}: {told}", flush=True)
            elif isinstance(event, events.FatalError):
                raise event.exception
            elif isinstance(event, events.NonFatalError):
                # As when no answer came.
                key = (event.label, "error", 0)
                fault = self.faults.setdefault(key, Fault(asker.role, str(event.info), ""))
                fault.times += 1

    def _schema(self, seed: int, *, is_thorough: bool) -> Any:
        """Return the schema as the server gives it, with how it is to be asked."""
        generation = {
            "max-examples": EXAMPLES if is_thorough else FEW_EXAMPLES,
            "no-shrink": True,
            "database": "none",
            # Who asks is said by us.
            "with-security-parameters": False,
        }
        chains = CHAINS if is_thorough else FEW_CHAINS
        chosen = {
            "seed": seed,
            "base-url": self.base,
            "continue-on-failure": True,
            "request-timeout": PATIENCE_SECONDS,
            "suppress-health-check": ["all"],
            # The same seed asks the same, whatever was asked before.
            "cache": {"enabled": False},
            "generation": generation,
            "phases": {
                "coverage": {"enabled": is_thorough},
                "stateful": {
                    "max-steps": STEPS,
                    "generation": {**generation, "max-examples": chains},
                },
            },
            "checks": {"enabled": False, **{name: {"enabled": True} for name in CHECKS}},
        }
        url = f"{self.base}/api/schema?format=json"
        served = requests.request("GET", url, timeout=PATIENCE_SECONDS).json()
        link(served)
        config = SchemathesisConfig.from_dict(chosen)
        return schemathesis.openapi.from_dict(served, config=config)

    def _note(self, role: str, event: events.ScenarioFinished) -> None:
        recorder, statuses = event.recorder, {}
        for pk, interaction in recorder.interactions.items():
            status = interaction.response.status_code if interaction.response else 0
            meta = recorder.cases[pk].value.meta
            if meta is None or meta.generation.mode.is_positive:
                self.positive[event.phase.value] += 1
                self.succeeded[event.phase.value] += OK <= status < REDIRECT
            statuses[pk] = status
            self.calls[recorder.cases[pk].value.operation.label] += 1
            self.by_phase[event.phase.value] += 1
            self.by_status[status] += 1
        for pk, checks in recorder.checks.items():
            operation = recorder.cases[pk].value.operation.label
            for check in checks:
                if (info := check.failure_info) is not None:
                    key = (operation, check.name, statuses.get(pk, 0))
                    if key not in self.faults:
                        print(f"new: {operation}: {check.name}, {key[-1]}", flush=True)
                        self.faults[key] = Fault(role, str(info.failure), info.code_sample)
                    self.faults[key].times += 1


def _act_as(asker: Person) -> None:
    """Let all that is asked from now on be asked by this person."""
    refused = called = 0
    schemathesis.hooks.unregister_all()

    @schemathesis.hook
    def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
        nonlocal refused, called
        called += 1
        if refused >= SUSPICIOUS or called >= WORN_OUT:
            refused = 0
            if called >= WORN_OUT or not asker.may_work():
                called = 0
                asker.begin()
        asker.known.improve(case)
        case.headers["Authorization"] = f"Bearer {asker.token}"

    @schemathesis.hook
    def after_call(context: Any, case: Any, response: Any) -> None:
        nonlocal refused
        refused += response.status_code in REFUSALS
        asker.known.note(response)
