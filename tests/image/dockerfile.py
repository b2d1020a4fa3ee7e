"""What a Dockerfile says, as far as ours say it; a step that is not known here is refused."""

import json
import re
import shlex
from dataclasses import dataclass, field

STEPS = {
    *("ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL"),
    *("ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"),
}
REPLAYED = STEPS - {"ADD", "ONBUILD", "SHELL", "VOLUME"}
SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600}


class NotReplayedError(Exception):
    """A Dockerfile says what is not replayed here."""


@dataclass
class Stage:
    """From one FROM to the next."""

    base: str
    name: str
    steps: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Health:
    """How a container is asked whether it is well; without a command it is not."""

    command: tuple[str, ...] = ()
    interval: float = 30
    timeout: float = 30
    start_period: float = 0
    retries: int = 3


def read(text: str) -> list[Stage]:
    """Return the stages of a Dockerfile. Raises NotReplayedError."""
    lines = (line for line in text.splitlines() if not line.lstrip().startswith("#"))
    stages: list[Stage] = []
    for line in filter(str.strip, re.sub(r"\\\n", " ", "\n".join(lines)).splitlines()):
        word, _space, rest = line.strip().partition(" ")
        if word.upper() not in REPLAYED or "<<" in rest:
            raise NotReplayedError(line)
        if word.upper() == "FROM":
            base, _as, name = re.sub(
                r"\s+as\s+", " AS ", rest.strip(), flags=re.IGNORECASE
            ).partition(" AS ")
            stages.append(Stage(base, name))
        elif stages:
            stages[-1].steps.append((word.upper(), rest.strip()))
        else:
            raise NotReplayedError(f"{line} stands before FROM")
    return stages


def command(rest: str) -> list[str]:
    """Return the words of CMD, ENTRYPOINT, RUN or a health check: as they are, or a shell's."""
    if rest.startswith("["):
        return [str(word) for word in json.loads(rest)]
    return ["/bin/sh", "-c", rest]


def pairs(rest: str) -> dict[str, str]:
    """Return the variables of ENV."""
    return dict(word.split("=", 1) for word in shlex.split(rest))


def filled_in(text: str, values: dict[str, str]) -> str:
    """Put variables in, as everywhere but in RUN and CMD."""
    return re.sub(r"\$(?:\{(\w+)\}|(\w+))", lambda m: values.get(m[1] or m[2], ""), text)


def health(rest: str) -> Health:
    """Return what HEALTHCHECK says."""
    options, _cmd, told = rest.partition("CMD ")
    if not told:
        return Health()
    found = dict(re.findall(r"--([a-z-]+)=(\S+)", options))
    seconds = {name.replace("-", "_"): span(text) for name, text in found.items()}
    retries = int(seconds.pop("retries", 3))
    return Health(tuple(command(told)), retries=retries, **seconds)


def span(text: str) -> float:
    """Return the seconds of `1m30s`; a bare number stands for itself."""
    parts = re.findall(r"(\d+(?:\.\d+)?)(ms|s|m|h)", text)
    return sum(float(number) * SECONDS[unit] for number, unit in parts) if parts else float(text)
