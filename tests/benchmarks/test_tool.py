"""One tool for all measurements: each is listed, has a small version, and writes the same shape."""

import json
import subprocess
import sys
from importlib import import_module

import pytest

from benchmarks.__main__ import describe, entry, names
from benchmarks.report import Report, arguments
from config.embedded.paths import ROOT

NAMES = names()


def run(*arguments):
    command = [sys.executable, "-m", "benchmarks", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_list_names_each_with_what_it_measures():
    told = run("list").stdout
    assert len(NAMES) >= 6
    for name in NAMES:
        assert f"{name} " in told
        assert describe(name) in told


@pytest.mark.parametrize("name", NAMES)
def test_each_says_what_it_measures_and_has_a_small_version(name):
    module = import_module(entry(name))
    assert describe(name).endswith((".", ":")), name
    assert module.QUICK
    assert f"python -m benchmarks.{name}" in module.__doc__


@pytest.mark.parametrize("name", NAMES)
def test_each_takes_the_shared_options(name):
    told = run(name, "--help")
    assert told.returncode == 0, told.stderr
    assert "--out" in told.stdout


def test_an_unknown_one_is_told_and_is_an_error():
    told = run("nonsense")
    assert told.returncode == 2
    assert "list" in told.stderr


def test_what_is_measured_is_printed_and_written(tmp_path, capsys):
    file = tmp_path / "out.json"
    report = Report(arguments("Something.").parse_args(["--out", str(file)]))
    report.table("Speeds", [{"way": "ours", "s": 0.5}, {"way": "theirs", "s": 1234.5}])
    report.finish()
    assert "| ours   | 0.5  |" in capsys.readouterr().out
    written = json.loads(file.read_text(encoding="utf-8"))
    assert {"cores", "processor", "python", "load", "load_at_end", "at"} <= {*written["machine"]}
    assert written["tables"]["Speeds"][1] == {"way": "theirs", "s": 1234.5}
