"""The file `.env`: lines of KEY=VALUE."""

import re
from collections.abc import Mapping
from pathlib import Path

LINE = re.compile(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*")
QUOTED = re.compile(r"""(["'])(.*?)\1\s*(?:\#.*)?""")


def read_env_file(path: Path) -> dict[str, str]:
    """Return the settings of a `.env` file; a missing file has none, other lines are ignored."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    matches = (LINE.fullmatch(line) for line in lines)
    return {match[1]: unquote(match[2]) for match in matches if match}


def unquote(value: str) -> str:
    """Take the quotes off a value, or the comment behind it."""
    if quoted := QUOTED.fullmatch(value):
        return quoted[2]
    return re.split(r"(?:^|\s)#", value, maxsplit=1)[0].rstrip()


def with_env_file(environment: Mapping[str, str], path: Path) -> dict[str, str]:
    """Add the settings of the file to the environment, which wins; empty ones count as unset."""
    set_here = {key: value for key, value in environment.items() if value}
    return {**read_env_file(path), **set_here}
