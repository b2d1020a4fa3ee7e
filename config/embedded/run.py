"""`make run`: the whole office in one supervised group; and the same servers without the office."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from config.embedded import services
from config.embedded.console import complain, say
from config.embedded.errors import EmbeddedError, StartFailedError, StopAskedError
from config.embedded.paths import Layout, read_json, try_lock, write_json
from config.embedded.servers import Plan, plan_run
from config.embedded.signals import Signals
from config.embedded.supervisor import Supervisor

LOG_TAIL = 20
PRIVATE = 0o600
SERVER_VARIABLES = (
    *("DATABASE_URL", "DATABASE_APP_URL", "DATABASE_APP_ROLE"),
    *("REDIS_URL", "EMAIL_HOST", "EMAIL_PORT", "MAILBOX_URL"),
)


def run_office(layout: Layout) -> int:
    """Run everything until Ctrl-C, SIGTERM or SIGHUP; return the exit status."""
    return run_alone(layout, office=True)


def run_servers(layout: Layout) -> int:
    """Run only the servers, and say how to reach them."""
    return run_alone(layout, office=False)


def run_alone(layout: Layout, *, office: bool) -> int:
    """Run, unless this folder is running already."""
    lock = try_lock(layout.folder(".") / "run.lock")
    if lock is None:
        complain(already_running(layout))
        return 1
    with lock, Signals() as signals:
        layout.run_file.unlink(missing_ok=True)
        supervisor = Supervisor(logs=layout.logs, locks=layout.locks, signals=signals)
        try:
            supervisor.await_predecessors()
            plan = plan_run(layout, os.environ)
            facts = start(plan, supervisor) if office else start_servers(plan, supervisor)
            supervisor.watch(lambda: publish(plan, supervisor, facts))
        except StopAskedError:
            pass
        except StartFailedError as error:
            return give_up(layout, error)
        except EmbeddedError:
            if not signals.asked:
                raise
        finally:
            finish(layout, supervisor)
    return 0


def finish(layout: Layout, supervisor: Supervisor) -> None:
    """Stop everything and take the run file away."""
    if supervisor.kept:
        say("Stopping …")
    supervisor.stop()
    layout.run_file.unlink(missing_ok=True)


def already_running(layout: Layout) -> str:
    """Say who runs here, and where."""
    facts = read_json(layout.run_file)
    pid = facts.get("pids", {}).get("supervisor")
    if pid is None:
        pid = (layout.var / "run.lock").read_text(encoding="ascii").strip() or "unknown"
        return f"The office is being started or stopped from this folder already (pid {pid})."
    return f"The office runs from this folder already: {facts.get('api')} (pid {pid})."


def give_up(layout: Layout, error: StartFailedError) -> int:
    """Show the end of the log of what did not start."""
    log = layout.logs / f"{error.name}.log"
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-LOG_TAIL:]
    complain("\n".join([f"{error}. The end of {log}:", *(f"    {line}" for line in lines)]))
    return 1


def start(plan: Plan, supervisor: Supervisor) -> dict[str, Any]:
    """Start the servers, prepare the database, start the office; return what the seed told."""
    root, env, port = plan.layout.root, plan.app_env, plan.ports["web"]
    say("Starting the office …")
    supervisor.start(plan.servers)
    supervisor.run_once(services.migrate(root, plan.env))
    facts = last_object(supervisor.run_once(services.seed(root, env)))
    supervisor.start(
        [
            services.web(root, env, host=env["HOST"], port=port),
            services.live(root, env, host=env["HOST"], port=plan.ports["live"]),
            services.worker(root, env),
            services.beat(root, env),
        ]
    )
    if "letters" in plan.ports:
        supervisor.start([services.letters(root, env, port=plan.ports["letters"])])
    publish(plan, supervisor, facts)
    say(welcome(plan, facts))
    return facts


def start_servers(plan: Plan, supervisor: Supervisor) -> dict[str, Any]:
    """Start the servers and print the lines that let other programs use them."""
    plan.ports.pop("web")
    plan.ports.pop("live")
    plan.chooser.release()
    supervisor.start(plan.servers)
    publish(plan, supervisor, {})
    for key in SERVER_VARIABLES:
        if key in plan.env:
            say(f"{key}={plan.env[key]}")
    return {}


def last_object(output: str) -> dict[str, Any]:
    """Return the last line that is a JSON object; empty when there is none."""
    for line in reversed(output.splitlines()):
        if line.startswith("{"):
            try:
                found = json.loads(line)
            except ValueError:
                continue
            if isinstance(found, dict) and "tenants" in found:
                return found
    return {}


def publish(plan: Plan, supervisor: Supervisor, facts: Mapping[str, Any]) -> None:
    """Write the run file."""
    content = {
        "api": f"http://127.0.0.1:{plan.ports['web']}" if "web" in plan.ports else None,
        "tenants": facts.get("tenants", {}),
        "logins": facts.get("logins", []),
        "mail": plan.mail_page or None,
        "ports": plan.ports,
        "pids": {"supervisor": os.getpid(), **supervisor.pids},
    }
    write_json(plan.layout.run_file, content, mode=PRIVATE)


def welcome(plan: Plan, facts: Mapping[str, Any]) -> str:
    """Say where everything is and how to stop it."""
    lines = ["", "The office is open.", "", f"  Start page   {plan.env['PUBLIC_URL']}"]
    lines += [f"  {name:<12} {url}" for name, url in facts.get("tenants", {}).items()]
    if plan.mail_page:
        lines.append(f"  Mail         {plan.mail_page}")
    logins = facts.get("logins", [])
    if logins:
        lines += ["", "  Logins"]
        width = max(len(str(one.get("email"))) for one in logins)
    for one in logins:
        who = (
            f"{one.get('tenant', ''):<10} {one.get('role', ''):<10} {one.get('email', ''):<{width}}"
        )
        lines.append(f"    {who}  {one.get('password', '')}")
    logs = Path(os.path.relpath(plan.layout.var / "log"))
    return "\n".join([*lines, "", f"  Logs are in {logs}. Ctrl-C stops everything.", ""])
