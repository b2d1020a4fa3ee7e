"""Whatever is asked of the API, it answers as its schema says: `make fuzz`.

    python -m tests.fuzz [--calls 20000] [--seed 1]

Schemathesis asks every operation of the schema as an admin, a manager and an employee: its
examples, the edges of each parameter, random good and bad requests, and chains of calls that use
what others have answered. The web server is the real one, in front of a PostgreSQL and a Valkey of
its own. Ends with 1 when an answer was a server error, or is not described: its status, its content
type, its headers, its body.
"""

import logging
import os
import subprocess
import sys

from django.db import connections

from benchmarks.database import own_database
from benchmarks.report import Report, arguments
from benchmarks.servers import Stage, servers
from config.embedded import services
from config.embedded.paths import ROOT

ROLES = ("admin", "manager", "employee")


def main() -> None:
    """Ask, and print what was answered."""
    parser = arguments(__doc__)
    parser.add_argument("--calls", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    logging.disable(logging.WARNING)
    with servers(careless=True) as stage, own_database("fuzz"):
        report = Report(chosen)
        become_the_application()
        try:
            base = serve(stage)
            from tests.fuzz.asking import Asking

            asking = Asking(base, seed=chosen.seed)
            for role in ROLES:
                asking.ask(role, calls=-(-chosen.calls // len(ROLES)))
        finally:
            stage.stop_programs()
            # The database's owner may not end a line of the application's role.
            connections.close_all()
        asking.print(report)
        report.finish()
    sys.exit(0 if asking.is_clean else 1)


def become_the_application() -> None:
    """Make the tables, then be who the web server is: the role that owns nothing."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "ACCESS_TOKEN_EXPIRE_MINUTES": "1440",
        "PUBLIC_URL": "http://localhost",
        "LOG_LEVEL": "ERROR",
        "RATE_LIMITS": "false",
    }
    subprocess.run([*services.MIGRATE, "--verbosity", "0"], check=True, cwd=ROOT)
    os.environ["DATABASE_URL"] = os.environ.get("DATABASE_APP_URL") or os.environ["DATABASE_URL"]
    os.environ.pop("DATABASE_APP_ROLE", None)
    import django

    django.setup()


def serve(stage: Stage) -> str:
    """Start the web server; return its address."""
    port = stage.ports.choose_any()
    stage.start(services.web(ROOT, dict(os.environ), host="127.0.0.1", port=port))
    return f"http://localhost:{port}"


if __name__ == "__main__":
    main()
