"""The servers below the office: PostgreSQL, Valkey and the mailbox, unless real ones are named."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from config.embedded import services
from config.embedded.console import say
from config.embedded.dotenv import with_env_file
from config.embedded.errors import EmbeddedError
from config.embedded.home import find_home
from config.embedded.paths import Layout
from config.embedded.ports import PortChooser
from config.embedded.postgres import Cluster, passwords_in
from config.embedded.process import Service
from config.embedded.valkey import Valkey

PORTS = {
    "web": 8000,
    "live": 8001,
    "postgres": 54321,
    "valkey": 63790,
    "smtp": 2525,
    "mail": 8025,
    "letters": 2424,
}


@dataclass
class Plan:
    """What is to be started, on which ports, and what the programs of the office are told."""

    layout: Layout
    env: dict[str, str]
    ports: dict[str, int] = field(default_factory=dict)
    servers: list[Service] = field(default_factory=list)
    chooser: PortChooser = field(default_factory=PortChooser)

    @property
    def app_env(self) -> dict[str, str]:
        """The environment of all but `migrate`: where there are two roles, it names the lesser."""
        hidden = {"DATABASE_APP_URL", "DATABASE_APP_ROLE"}
        url = self.env.get("DATABASE_APP_URL", self.env["DATABASE_URL"])
        kept = {key: value for key, value in self.env.items() if key not in hidden}
        return {**kept, "DATABASE_URL": url}

    @property
    def mail_page(self) -> str:
        """Where mail is shown, empty when it goes to a real server."""
        return f"http://127.0.0.1:{self.ports['mail']}" if "mail" in self.ports else ""

    def choose_port(self, name: str) -> int:
        """Give a program its usual port or one close to it."""
        self.ports[name] = self.chooser.choose(PORTS[name])
        return self.ports[name]


def plan_run(layout: Layout, environment: Mapping[str, str]) -> Plan:
    """Return the servers of a run and the environment for the office."""
    env = with_env_file(environment, layout.root / ".env")
    plan = Plan(layout, env)
    host = env.setdefault("HOST", "127.0.0.1")
    wished = wished_port(env)
    port = plan.ports["web"] = plan.chooser.choose(wished, host)
    plan.chooser.hold(port, host)
    if port != wished:
        say(f"Port {wished} is taken by another program; the office uses {port}.")
    env["PORT"] = str(port)
    plan.ports["live"] = plan.chooser.choose(PORTS["live"], host)
    env.setdefault("LIVE_URL", f":{plan.ports['live']}")
    env["PYTHONUNBUFFERED"] = "1"
    env["VAR_DIR"] = str(layout.var)
    env.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    env.setdefault("BASE_DOMAIN", "localhost")
    env.setdefault("PUBLIC_URL", f"http://localhost:{port}")
    if "SECRET_KEY" not in env:
        env["SECRET_KEY"] = layout.secret("secret_key")
    layout.folder("keys")
    add_postgres(plan)
    add_valkey(plan)
    add_mail(plan)
    if "INBOUND_MAIL_DOMAIN" in env:
        plan.choose_port("letters")
    return plan


def wished_port(env: Mapping[str, str]) -> int:
    """Read PORT. Raises EmbeddedError."""
    text = env.get("PORT", str(PORTS["web"]))
    if not text.isdecimal() or not 0 < int(text) <= 65535:  # noqa: PLR2004 - the last port
        raise EmbeddedError(f"PORT is no port number: {text}")
    return int(text)


def add_postgres(plan: Plan) -> None:
    """Plan a PostgreSQL, if none is named."""
    if "DATABASE_URL" in plan.env:
        return
    cluster = Cluster(find_home(plan.layout.var), passwords_in(plan.layout))
    cluster.create()  # takes seconds the first time, so the port is chosen afterwards
    port = plan.choose_port("postgres")
    plan.servers.append(cluster.service(port, os.environ))
    plan.env |= cluster.environment(port)


def add_valkey(plan: Plan) -> None:
    """Plan a Valkey, if no Redis is named."""
    if "REDIS_URL" in plan.env:
        return
    valkey = Valkey(plan.layout.folder("valkey"), plan.choose_port("valkey"))
    plan.servers.append(valkey.service(os.environ))
    plan.env["REDIS_URL"] = valkey.url


def add_mail(plan: Plan) -> None:
    """Plan the mailbox, if no mail server is named."""
    if "EMAIL_HOST" in plan.env:
        return
    plan.layout.folder("mail")
    smtp, page = plan.choose_port("smtp"), plan.choose_port("mail")
    plan.env |= {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(smtp), "MAILBOX_URL": plan.mail_page}
    plan.servers.append(services.mail(plan.layout.root, plan.app_env, smtp=smtp, page=page))
