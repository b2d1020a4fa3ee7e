"""The dashboard and the rules ask for figures that there are, and show all of ours."""

import json
import re

import pytest
import yaml
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from common.metrics import job_seconds, jobs_total, make_folder
from config.env import ROOT

FIGURE = re.compile(r"\boffice_\w+")
RULES, DASHBOARD = (ROOT / "monitoring" / name for name in ("alerts.yml", "dashboard.json"))


@pytest.fixture
def families(db, settings, api, ada, acme):
    """What `/metrics` shows of ours, by family: each has samples, as `_total` and `_bucket`."""
    settings.METRICS_TOKEN = "only-for-prometheus"
    api(ada).get("/api/v1/tasks")
    make_folder()
    jobs_total.labels("of.tests", "success").inc()
    job_seconds.labels("of.tests").observe(1)
    bearer = {"authorization": f"Bearer {settings.METRICS_TOKEN}"}
    text = Client(headers={"host": "localhost"}).get("/metrics", headers=bearer).content.decode()
    return {
        family.name: family
        for family in text_string_to_metric_families(text)
        if family.name.startswith("office_")
    }


def asked_in(expressions):
    return {name for expression in expressions for name in FIGURE.findall(expression)}


def dashboard():
    panels = json.loads(DASHBOARD.read_text())["panels"]
    return [target["expr"] for panel in panels for target in panel["targets"]]


def rules():
    [group] = yaml.safe_load(RULES.read_text())["groups"]
    return [rule["expr"] for rule in group["rules"]]


def names_of(family):
    """Return the names under which Prometheus keeps a family."""
    more = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}
    return {family.name + end for end in more.get(family.type, ("",))}


@pytest.mark.parametrize("expressions", [dashboard, rules])
def test_what_is_asked_for_is_there(families, expressions):
    known = set().union(*map(names_of, families.values()))
    assert asked_in(expressions()) <= known


def test_the_dashboard_shows_each_figure(families):
    shown = asked_in(dashboard())
    assert [name for name, family in families.items() if not names_of(family) & shown] == []


def test_labels_that_are_asked_for_are_there(families):
    samples = [sample for family in families.values() for sample in family.samples]
    # A kind shows only while something of it waits.
    labels = {label for sample in samples for label in sample.labels} | {"kind"}
    asked = [*dashboard(), *rules()]
    wanted = set()
    for expression in asked:
        for group in re.findall(r"by \(([^)]*)\)", expression):
            wanted |= {word.strip() for word in group.split(",")}
        wanted |= set(re.findall(r"[{,]\s*(\w+)\s*=~?\"", expression))
    assert wanted <= labels


def test_each_rule_says_what_is_wrong():
    [group] = yaml.safe_load(RULES.read_text())["groups"]
    for rule in group["rules"]:
        assert rule["annotations"]["summary"].endswith(".")
        assert rule["labels"]["severity"] in {"warning", "critical"}
