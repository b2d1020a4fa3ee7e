"""The chart as Helm itself renders it."""

import os
import shutil
import subprocess
from typing import Any

import pytest
import yaml

from config.env import ROOT

CHART = ROOT / "k8s"


def helm(*words: str) -> subprocess.CompletedProcess[str]:
    """Run Helm; without it the test is skipped, but not in CI."""
    found = shutil.which(os.environ.get("HELM", "helm"))
    if found is None:
        reason = "helm is not installed (docs/development.md tells where it comes from)"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
    return subprocess.run([found, *words], capture_output=True, text=True, timeout=60, check=False)


def render(*options: str) -> list[dict[str, Any]]:
    """Return what an installation with these options would make."""
    made = helm("template", "office", str(CHART), "--namespace", "work", *options)
    assert made.returncode == 0, made.stderr
    return [thing for thing in yaml.safe_load_all(made.stdout) if thing]


@pytest.fixture(scope="module")
def things() -> list[dict[str, Any]]:
    """What an installation with every part makes."""
    return render("--set", "live.enabled=true")


@pytest.fixture(scope="module")
def pods(things: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The pods of it, by component."""
    return {
        thing["metadata"]["labels"]["app.kubernetes.io/component"]: thing["spec"]["template"]
        for thing in things
        if thing["kind"] in {"Deployment", "Job"}
    }
