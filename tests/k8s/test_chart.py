"""The chart makes what Kubernetes understands, and pods that may as little as they need."""

import re
from typing import Any

import pytest
import yaml
from kubernetes_validate import validate

from config.env import ROOT, Env
from tests.k8s.conftest import CHART, helm, render

VALUES = yaml.safe_load((CHART / "values.yaml").read_text())
COMPONENTS = {"web", "live", "worker", "scheduler"}
EVERYTHING_ELSE = (
    *("--set", "live.enabled=true,ingress.enabled=false,networkPolicy.enabled=false"),
    *("--set", "worker.metrics.enabled=false,migration.enabled=false"),
    *("--set", "serviceAccount.create=false,persistence.existingClaim=ours"),
    *("--set", "web.autoscaling.enabled=false,web.replicas=3,web.disruption.enabled=false"),
    *("--set", "image.digest=sha256:" + "0" * 64),
    *("--set", "image.pullSecrets={registry}", "--set", "nodeSelector.disk=fast"),
    *("--set-json", 'tolerations=[{"key":"office","operator":"Exists"}]'),
    *("--set-json", 'affinity={"nodeAffinity":{}}', "--set", "podAnnotations.a=b"),
)


def of_kind(things: list[dict[str, Any]], kind: str) -> dict[str, dict[str, Any]]:
    return {thing["metadata"]["name"]: thing for thing in things if thing["kind"] == kind}


def containers(pods):
    return [(name, one) for name, pod in pods.items() for one in pod["spec"]["containers"]]


@pytest.mark.parametrize("version", ["1.27", "1.37"])
@pytest.mark.parametrize("options", [(), EVERYTHING_ELSE], ids=["as it is", "all turned round"])
def test_kubernetes_understands_all_of_it(options, version):
    made = render(*options)
    for thing in made:
        validate(thing, version, strict=True)
    assert len({(thing["kind"], thing["metadata"]["name"]) for thing in made}) == len(made)


def test_a_field_that_is_not_there_would_be_found(things):
    [service] = [thing for thing in things if thing["metadata"]["name"] == "office-web"][:1]
    with pytest.raises(Exception, match="colour"):
        validate({**service, "colour": "red"}, "1.37", strict=True)


def test_helm_finds_nothing_to_complain_about():
    done = helm("lint", "--strict", str(CHART))
    assert done.returncode == 0, done.stdout


def test_each_part_is_a_deployment_of_its_own(things):
    assert of_kind(things, "Deployment").keys() == {f"office-{name}" for name in COMPONENTS}
    scheduler = of_kind(things, "Deployment")["office-scheduler"]["spec"]
    assert (scheduler["replicas"], scheduler["strategy"]) == (1, {"type": "Recreate"})


def test_tables_are_migrated_before_and_by_their_owner(things):
    job = of_kind(things, "Job")["office-migration"]
    assert job["metadata"]["annotations"]["helm.sh/hook"] == "pre-install,pre-upgrade"
    [container] = job["spec"]["template"]["spec"]["containers"]
    assert container["command"] == ["python", "manage.py", "migrate", "--no-input"]
    # Of two with the same key the last one counts.
    assert [one["secretRef"]["name"] for one in container["envFrom"]] == ["office", "office-owner"]


def test_nobody_but_the_migration_knows_the_owners_password(pods):
    for name, container in containers(pods):
        known = {one["secretRef"]["name"] for one in container["envFrom"]}
        assert ("office-owner" in known) == (name == "migration")


def test_a_pod_may_as_little_as_it_needs(pods):
    assert pods.keys() == {*COMPONENTS, "migration"}
    for pod in pods.values():
        assert pod["spec"]["automountServiceAccountToken"] is False
        assert pod["spec"]["securityContext"]["runAsNonRoot"] is True
        assert pod["spec"]["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    for _name, container in containers(pods):
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert "memory" in container["resources"]["limits"]


def test_each_pod_has_the_folders_that_it_writes_to(pods):
    for pod in pods.values():
        volumes = {volume["name"] for volume in pod["spec"]["volumes"]}
        for container in pod["spec"]["containers"]:
            mounts = {one["name"]: one["mountPath"] for one in container["volumeMounts"]}
            assert mounts.keys() <= volumes
            assert {"/tmp", "/var/office", "/keys"} <= set(mounts.values())
    claims = {
        volume["persistentVolumeClaim"]["claimName"]
        for name in ("web", "live", "worker")
        for volume in pods[name]["spec"]["volumes"]
        if "persistentVolumeClaim" in volume
    }
    assert claims == {"office-var"}


def test_each_is_asked_whether_it_works(pods):
    for name, pod in pods.items():
        for container in pod["spec"]["containers"]:
            assert ("livenessProbe" in container) == (name != "migration"), name
    for name, first in (("web", "/health/ready"), ("live", "/health/live")):
        [container] = pods[name]["spec"]["containers"]
        assert container["startupProbe"]["httpGet"]["path"] == first
        # What all share and is away for all takes no pod away.
        assert container["readinessProbe"]["httpGet"]["path"] == "/health/live"
        asked = container["readinessProbe"]["httpGet"]["httpHeaders"]
        assert asked == [{"name": "Host", "value": "office.example.com"}]


def test_what_was_begun_is_finished(pods):
    from config.settings import base

    seconds = {name: pods[name]["spec"].get("terminationGracePeriodSeconds") for name in pods}
    assert seconds["worker"] > base.CELERY_TASK_TIME_LIMIT
    kill = next(word for word in VALUES["web"]["command"] if "kill-timeout" in word)
    assert seconds["web"] > int(kill.rpartition("=")[2]) + 5


def test_whoever_points_to_pods_finds_them(things, pods):
    labels = {name: pod["metadata"]["labels"] for name, pod in pods.items()}
    pointing = [
        *(one["spec"]["selector"] for one in of_kind(things, "Service").values()),
        *(one["spec"]["selector"]["matchLabels"] for one in of_kind(things, "Deployment").values()),
        *(one["spec"]["podSelector"]["matchLabels"] for one in policies(things).values()),
        *(
            one["spec"]["selector"]["matchLabels"]
            for one in of_kind(things, "PodDisruptionBudget").values()
        ),
    ]
    for selector in pointing:
        found = [name for name, own in labels.items() if selector.items() <= own.items()]
        assert found == [selector["app.kubernetes.io/component"]]
    deployments = of_kind(things, "Deployment")
    for scaler in of_kind(things, "HorizontalPodAutoscaler").values():
        # A number in both would be fought over at each upgrade.
        assert "replicas" not in deployments[scaler["spec"]["scaleTargetRef"]["name"]]["spec"]
    assert of_kind(things, "PodDisruptionBudget").keys() == {
        "office-web", "office-live", "office-worker",
    }  # fmt: skip


def policies(things):
    return of_kind(things, "NetworkPolicy")


def test_the_ingress_leads_each_path_to_a_service_that_listens(things, pods):
    services = of_kind(things, "Service")
    rules = of_kind(things, "Ingress")["office"]["spec"]["rules"]
    assert [rule["host"] for rule in rules] == ["office.example.com", "*.office.example.com"]
    for rule in rules:
        paths = {path["path"]: path["backend"]["service"] for path in rule["http"]["paths"]}
        assert [paths["/"]["name"], paths["/live"]["name"]] == ["office-web", "office-live"]
    for name in ("web", "live"):
        [port] = pods[name]["spec"]["containers"][0]["ports"]
        assert services[f"office-{name}"]["spec"]["ports"][0]["targetPort"] == port["name"]
        assert f"--port={port['containerPort']}" in VALUES[name]["command"]


def test_only_the_ingress_and_prometheus_are_let_in(things):
    found = policies(things)
    assert found.keys() == {f"office-{name}" for name in COMPONENTS}
    for name, policy in found.items():
        assert policy["spec"]["policyTypes"] == ["Ingress", "Egress"]
        who = [
            one["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"]
            for rule in policy["spec"]["ingress"]
            for one in rule["from"]
        ]
        assert (
            who
            == {
                "office-web": ["ingress-nginx", "monitoring"],
                "office-live": ["ingress-nginx", "monitoring"],
                "office-worker": ["monitoring"],
                "office-scheduler": [],
            }[name]
        )
    assert not policies(render("--set", "networkPolicy.enabled=false"))


def test_no_secret_is_made_or_takes_the_place_of_one(things):
    assert not of_kind(things, "Secret")
    for name in (
        "SECRET_KEY",
        "DATABASE_URL",
        "TWILIO_AUTH_TOKEN",
        "SENTRY_DSN",
        "APP_ENV",
        "OTEL_EXPORTER_OTLP_HEADERS",
    ):
        refused = helm("template", "office", str(CHART), "--set", f"config.{name}=x")
        assert refused.returncode != 0
        assert name in refused.stderr


@pytest.mark.parametrize("wrong", ["web.replcas=2", "web.replicas=two", "nothing=1", "web.port=0"])
def test_a_value_that_is_mistyped_is_refused(wrong):
    refused = helm("template", "office", str(CHART), "--set", wrong)
    assert refused.returncode != 0
    assert "values don't meet the specifications of the schema" in refused.stderr


def test_variables_are_those_that_the_settings_read(pods):
    known = {name.upper() for name in Env.model_fields} | {"DJANGO_SETTINGS_MODULE"}
    for _name, container in containers(pods):
        assert {one["name"] for one in container["env"]} <= known


def test_each_value_is_used_and_explained():
    lines = (CHART / "values.yaml").read_text().splitlines()
    templates = "".join(path.read_text() for path in (CHART / "templates").iterdir())
    for name in VALUES:
        above = next(number for number, line in enumerate(lines) if line.startswith(f"{name}:"))
        while re.match(r"\w+: ", lines[above - 1]):
            above -= 1
        assert lines[above - 1].startswith("#") or name == "image", f"{name} is not explained"
        used = f".Values.{name}" in templates or name == "web"
        assert used, f"{name} is not used"


def test_the_chart_is_of_this_version():
    project = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert yaml.safe_load((CHART / "Chart.yaml").read_text())["appVersion"] == project[1]


def test_commands_name_what_there_is():
    parts = (*(VALUES[name] for name in COMPONENTS), VALUES["worker"]["metrics"])
    for part in (part for part in parts if part.get("enabled", True)):
        for word in part["command"]:
            module, colon, _name = word.partition(":")
            if colon:
                assert (ROOT / f"{module.replace('.', '/')}.py").exists(), word
