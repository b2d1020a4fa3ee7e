"""What the proof of the image reads: Dockerfile, .dockerignore, and what Compose is told."""

import pytest

from config.env import ROOT
from tests.image import compose, running
from tests.image.dockerfile import Health, NotReplayedError, command, health, pairs, read
from tests.image.ignoring import Ignored
from tests.image.machine import BASE


@pytest.mark.parametrize("name", ["Dockerfile", "docker/pgbouncer.Dockerfile"])
def test_our_dockerfiles_say_nothing_that_is_not_replayed(name):
    stages = read((ROOT / name).read_text())
    assert all(BASE.fullmatch(stage.base) for stage in stages)
    assert stages[-1].steps[-1][0] == "CMD"


def test_a_step_goes_on_in_the_next_line():
    [stage] = read("FROM a as b\n# Why.\nRUN one \\\n  # not said\n  && two\nENV A=1 B='x y'")
    assert (stage.base, stage.name) == ("a", "b")
    assert [" ".join(rest.split()) for _step, rest in stage.steps] == ["one && two", "A=1 B='x y'"]
    assert pairs(stage.steps[1][1]) == {"A": "1", "B": "x y"}


@pytest.mark.parametrize("line", ["ADD a b", "ONBUILD RUN x", "RUN <<E", "GUESS x"])
def test_what_is_not_known_is_refused(line):
    with pytest.raises(NotReplayedError):
        read(f"FROM a\n{line}")


def test_a_command_is_a_list_or_a_shells():
    assert command('["a", "b c"]') == ["a", "b c"]
    assert command("a && b") == ["/bin/sh", "-c", "a && b"]
    told = health("--interval=1m30s --timeout=5s --retries=2 CMD true")
    assert told == Health(("/bin/sh", "-c", "true"), interval=90, timeout=5, retries=2)
    assert health("NONE").command == ()


@pytest.mark.parametrize(
    ("path", "is_kept_away"),
    [
        (".env", True),
        (".env.example", False),
        (".git/config", True),
        ("var/secret_key", True),
        ("variety/x", False),
        ("tests/x/y.py", True),
        ("config/tests/x.py", False),
        ("a/__pycache__/b.pyc", True),
        ("__pycache__/b", True),
        ("locale/de/LC_MESSAGES/django.mo", True),
        ("locale/de/LC_MESSAGES/django.po", False),
    ],
)
def test_secrets_and_tests_do_not_reach_the_builder(path, is_kept_away):
    assert (path in Ignored((ROOT / ".dockerignore").read_text())) is is_kept_away


def test_services_come_after_what_they_need(tmp_path):
    (tmp_path / ".env").write_text(running.ENV.changed((ROOT / ".env.example").read_text()))
    found = compose.services(tmp_path / ".env")
    order = list(found)
    assert order.index("migrate") < order.index("web")
    assert order.index("postgres") < order.index("pgbouncer") < order.index("worker")
    assert "three-of-the-proof@pgbouncer:6432" in found["web"].env["DATABASE_URL"]
    assert found["web"].env["POSTGRES_PASSWORD"] == ""
    assert found["web"].env["APP_ENV"] == "production"
    assert found["flower"].env["FLOWER_BASIC_AUTH"] == running.FLOWER_PASSWORD
