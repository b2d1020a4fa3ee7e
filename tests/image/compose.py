"""What docker-compose.yml says, as Compose hands it on."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from config.embedded.dotenv import read_env_file
from config.env import ROOT
from tests.image.dockerfile import Health, span

# What Docker does where a service says nothing.
GRACE_SECONDS = 10.0


def interpolated(text: str, values: Mapping[str, str]) -> str:
    """Put variables in: `${NAME:-default}`; a dollar for two."""
    found = re.sub(r"\$\{(\w+):-([^}]*)\}", lambda match: values.get(match[1]) or match[2], text)
    return found.replace("$$", "$")


class Service:
    """One service, its variables put in from `.env`."""

    def __init__(self, name: str, told: Mapping[str, Any], env_file: Path) -> None:
        self.name, self.told = name, told
        self.values = read_env_file(env_file)
        own = {} if "env_file" not in told else self.values
        more = told.get("environment", {})
        self.env = own | {key: self.text(str(value)) for key, value in more.items()}
        self.command = [self.text(str(word)) for word in told.get("command", [])]

    def text(self, text: str) -> str:
        """Return a text with its variables put in."""
        return interpolated(text, self.values)

    @property
    def is_ours(self) -> bool:
        """Tell whether it runs our image."""
        return self.told["image"] == "ai-office-manager"

    @property
    def waits_for(self) -> dict[str, str]:
        """The services that it needs, and what they must be."""
        return {name: one["condition"] for name, one in self.told.get("depends_on", {}).items()}

    @property
    def grace(self) -> float:
        """How many seconds it has to stop."""
        return span(self.told.get("stop_grace_period", f"{GRACE_SECONDS}s"))

    def health(self, image: Health) -> Health:
        """How it is asked whether it is well."""
        own = self.told.get("healthcheck")
        if own is None:
            return image
        if own.get("disable"):
            return Health()
        form, *words = own["test"]
        assert form == "CMD", own
        return Health(tuple(words), interval=span(own["interval"]), retries=own["retries"])

    @property
    def volumes(self) -> dict[str, str]:
        """Where its volumes stand, by their names."""
        pairs = (volume.split(":")[:2] for volume in self.told.get("volumes", []))
        return {name: place for name, place in pairs if not name.startswith(".")}


def services(env_file: Path) -> dict[str, Service]:
    """Return all services, as they are started: what one needs comes before it."""
    told = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    found = {name: Service(name, one, env_file) for name, one in told.items()}
    return {name: found[name] for name in _in_order(found)}


def _in_order(found: Mapping[str, Service]) -> Iterator[str]:
    done: set[str] = set()
    while len(done) < len(found):
        ready = [
            name for name, one in found.items() if name not in done and {*one.waits_for} <= done
        ]
        assert ready, "services wait for each other"
        done |= {*ready}
        yield from ready
