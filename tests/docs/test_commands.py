"""Each command that is named is there, and takes what it is said to take."""

import re
import subprocess
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

from config.env import ROOT
from tests.docs.pages import PAGES, commands

MANAGE = [(page.name, words) for page, words in commands("manage.py ")]
MAKE = [(page.name, words) for page, words in commands("make ")]
MODULES = [(page.name, words) for page, words in commands("python -m ")]
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)\s]+)\)")


def names(rows):
    return [f"{name}: {' '.join(words)}" for name, words in rows]


@pytest.mark.parametrize(("page", "words"), MANAGE, ids=names(MANAGE))
def test_manage_takes_it(page, words):
    name, *arguments = words
    app = get_commands()[name]
    command = load_command_class(app, name) if isinstance(app, str) else app
    parser = command.create_parser("manage.py", name)
    # A command that is only named is asked for nothing.
    if arguments:
        assert parser.parse_args(arguments)


@cache
def makefile() -> str:
    return (ROOT / "Makefile").read_text()


@pytest.mark.parametrize(("page", "words"), MAKE, ids=names(MAKE))
def test_make_has_it(page, words):
    for word in words:
        variable, is_set, _value = word.partition("=")
        where = rf"\$\({variable}\)|^{variable}|{variable}=" if is_set else rf"^{word}:"
        assert re.search(where, makefile(), re.MULTILINE), word


# Takes what another one takes.
OPTIONS_OF = {"config.web": "granian.cli"}


@pytest.mark.parametrize(("page", "words"), MODULES, ids=names(MODULES))
def test_the_module_takes_it(page, words):
    module, *arguments = words
    found = find_spec(OPTIONS_OF.get(module, module))
    assert found is not None, f"there is no {module}"
    folder = found.submodule_search_locations
    files = [*Path(folder[0]).glob("*.py")] if folder else [Path(found.origin)]
    text = "".join(file.read_text() for file in files).replace("'", '"')
    for option in arguments:
        assert not option.startswith("--") or f'"{option}"' in text, option


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_link_leads_somewhere(page):
    for link in LINK.findall(page.read_text()):
        path, _hash, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        if anchor and target.suffix == ".md":
            assert anchor in anchors(target), link


@cache
def anchors(page: Path) -> set[str]:
    """Return what its headings are called in links."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    plain = (re.sub(r"[^\w\s-]", "", heading.lower()) for heading in headings)
    return {re.sub(r"\s", "-", heading) for heading in plain}


def test_the_walk_of_the_readme_is_a_script_that_can_be_read():
    done = subprocess.run(["sh", "-n", ROOT / "docs" / "first-steps.sh"], check=False)
    assert done.returncode == 0


def test_the_benchmarks_that_are_named_are_there():
    for name, words in MODULES:
        assert "benchmarks." not in words[0] or find_spec(words[0]), (name, words)
