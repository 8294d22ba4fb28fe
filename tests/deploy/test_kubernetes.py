"""The Kubernetes manifests: valid for old and new clusters, confined, probed, and closed to whom they need not know."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from foundation.settings import ROOT, Settings
from ops.run import children
from tests.deploy.files import (
    DEPLOY,
    KUBERNETES,
    Document,
    documents,
    engine_names,
    kubernetes_documents,
    product_names,
)

OLDEST, NEWEST = "1.30", "1.37"
PROCESSES = ("bot", "actions", "engine")
MANIFESTS = list(kubernetes_documents())
POD_OWNERS = [document for _, document in MANIFESTS if document["kind"] in {"Deployment", "Job"}]
KUSTOMIZATIONS = sorted(KUBERNETES.rglob("kustomization.yml"))
PINNED = re.compile(r"^\d+\.\d+\.\d+$")


def named(document: Document) -> str:
    return f"{document['kind']}-{document['metadata']['name']}"


def find(kind: str, name: str) -> Document:
    (found,) = (one for _, one in MANIFESTS if one["kind"] == kind and one["metadata"]["name"] == name)
    return found


def pod_of(owner: Document) -> dict[str, Any]:
    pod: dict[str, Any] = owner["spec"]["template"]["spec"]
    return pod


def containers(owner: Document) -> list[dict[str, Any]]:
    return [*pod_of(owner).get("initContainers", []), *pod_of(owner)["containers"]]


def keys_of(reference: dict[str, Any]) -> set[str]:
    """The variables that an `envFrom` entry brings."""
    (kind, target), *_ = reference.items()
    source = find("ConfigMap" if kind == "configMapRef" else "Secret", target["name"])
    return set(source.get("data") or source["stringData"])


def variables(container: dict[str, Any]) -> set[str]:
    brought = set[str]().union(*(keys_of(reference) for reference in container.get("envFrom", [])))
    return brought | {entry["name"] for entry in container.get("env", [])}


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
def test_manifests_fit_the_api(version: str) -> None:
    for _, document in MANIFESTS:
        kubernetes_validate.validate(document, version, strict=True)
    assert {named(document) for _, document in MANIFESTS} >= {f"Deployment-{name}" for name in PROCESSES}


def test_the_validator_refuses_what_the_api_does_not_know() -> None:
    broken = yaml.safe_load(yaml.safe_dump(find("Deployment", "bot")))
    broken["spec"]["template"]["spec"]["containers"][0]["livenesProbe"] = {}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(broken, NEWEST, strict=True)


def test_every_manifest_is_used_or_an_example() -> None:
    used = set[Path]()
    for path in KUSTOMIZATIONS:
        for resource in documents(path)[0]["resources"]:
            target = (path.parent / resource).resolve()
            assert target.exists(), f"{path}: {resource}"
            used.add(target / "kustomization.yml" if target.is_dir() else target)
    entries = {KUBERNETES / "kustomization.yml", KUBERNETES / "prepare/kustomization.yml"}
    entries.add(KUBERNETES / "green/kustomization.yml")
    for path in KUBERNETES.rglob("*.yml"):
        example = path.name.endswith(".example.yml") or path.parent.name == "optional"
        assert example or path in used | entries, path


def test_images_are_pinned_in_the_kustomizations() -> None:
    for path in KUSTOMIZATIONS:
        for image in documents(path)[0].get("images", []):
            assert PINNED.match(image["newTag"])
    built = {document["name"] for path in KUSTOMIZATIONS for document in documents(path)[0].get("images", [])}
    for owner in POD_OWNERS:
        for container in containers(owner):
            assert container["image"] in built
            assert (DEPLOY / f"Dockerfile.{container['image'].removeprefix('ur-assistant-')}").is_file()


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="no kubectl on this machine")
@pytest.mark.parametrize("path", KUSTOMIZATIONS, ids=lambda path: str(path.parent.relative_to(KUBERNETES)))
def test_kustomize_builds_what_fits_the_api(path: Path) -> None:
    done = subprocess.run(["kubectl", "kustomize", str(path.parent)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    built = list(yaml.safe_load_all(done.stdout))
    for document in built:
        kubernetes_validate.validate(document, NEWEST, strict=True)
        assert document["metadata"].get("namespace", "ur-assistant") == "ur-assistant"
    if path.parent.name == "green":
        (green,) = built
        assert green["metadata"]["name"] == "engine-green"
        assert green["spec"]["selector"]["matchLabels"]["track"] == "green"
        assert green["spec"]["template"]["metadata"]["labels"]["track"] == "green"


@pytest.mark.parametrize("owner", POD_OWNERS, ids=named)
def test_pods_are_confined(owner: Document) -> None:
    pod = pod_of(owner)
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["runAsUser"] == 10001
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["automountServiceAccountToken"] is False
    assert pod["enableServiceLinks"] is False, "the cluster would set ENGINE_PORT to an address"
    for container in containers(owner):
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert "memory" in container["resources"]["limits"]
        assert {"cpu", "memory"} <= set(container["resources"]["requests"])
        assert {"name": "tmp", "mountPath": "/tmp"} in container["volumeMounts"]  # noqa: S108


@pytest.mark.parametrize("name", PROCESSES)
def test_probes_ask_where_the_code_answers(name: str) -> None:
    (container,) = containers(find("Deployment", name))
    health = {child.name: child.health_url for child in children(Settings(), {})}[name]
    _, _, path = health.removeprefix("http://").partition("/")
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        target = container[probe]["httpGet"]
        assert target["port"] == "http"
        expected = "/readyz" if (name, probe) == ("bot", "startupProbe") else f"/{path}"
        assert target["path"] == expected


@pytest.mark.parametrize("name", PROCESSES)
def test_ports_agree(name: str) -> None:
    field = {"bot": "port", "actions": "actions_port", "engine": "engine_port"}[name]
    port = Settings.model_fields[field].default
    (container,) = containers(find("Deployment", name))
    assert container["ports"] == [{"name": "http", "containerPort": port}]
    service = find("Service", name)["spec"]
    assert service["ports"] == [{"name": "http", "port": port, "targetPort": "http"}]
    assert service.get("type", "ClusterIP") == "ClusterIP"
    labels = find("Deployment", name)["spec"]["template"]["metadata"]["labels"]
    assert service["selector"].items() <= labels.items()


def test_processes_find_each_other() -> None:
    (bot,) = containers(find("Deployment", "bot"))
    values = {entry["name"]: entry["value"] for entry in bot["env"]}
    assert (values["ENGINE_URL"], values["ACTIONS_HOST"]) == ("http://engine:5005", "actions")
    assert (values["PORT"], values["ACTIONS_PORT"]) == ("8080", "5055")
    (engine,) = containers(find("Deployment", "engine"))
    assert engine["args"] == ["--actions-url", "http://actions:5055/webhook"]


@pytest.mark.parametrize("owner", POD_OWNERS, ids=named)
def test_variables_are_settings_of_the_code(owner: Document) -> None:
    for container in containers(owner):
        if container["image"] == "ur-assistant-engine":
            # Engine and product share the ConfigMap; what it holds is harmless to either.
            shared = keys_of({"configMapRef": {"name": "ur-assistant"}})
            assert variables(container) <= engine_names() | shared
            assert not variables(container) & {"DATABASE_URL", "DATA_KEYS", "TELEGRAM_BOT_TOKEN"}
        else:
            assert variables(container) <= product_names()


def test_secrets_are_in_no_kustomization_and_settings_are_not_secret() -> None:
    for path in KUSTOMIZATIONS:
        assert not any("secret" in resource for resource in documents(path)[0]["resources"])
    secret = {"DATA_KEYS", "DATABASE_URL", "ENGINE_DATABASE_URL", "ENGINE_TOKEN", "TELEGRAM_BOT_TOKEN"}
    assert not secret & set(find("ConfigMap", "ur-assistant")["data"])
    holders = {named(owner) for owner in POD_OWNERS for one in containers(owner) if "DATA_KEYS" in variables(one)}
    assert holders == {"Deployment-bot", "Deployment-actions"}, "both read what is encrypted, and nobody else"


@pytest.mark.parametrize("name", PROCESSES)
def test_processes_scale_and_survive_a_drained_node(name: str) -> None:
    assert "replicas" not in find("Deployment", name)["spec"], "the autoscaler owns it"
    scaler = find("HorizontalPodAutoscaler", name)["spec"]
    assert scaler["scaleTargetRef"]["name"] == name
    assert 2 <= scaler["minReplicas"] < scaler["maxReplicas"]
    budget = find("PodDisruptionBudget", name)["spec"]
    labels = find("Deployment", name)["spec"]["template"]["metadata"]["labels"]
    assert budget["selector"]["matchLabels"].items() <= labels.items()
    assert budget["maxUnavailable"] == 1


def callers(policy: Document) -> set[str]:
    component = "app.kubernetes.io/component"
    (rule,) = policy["spec"]["ingress"]
    return {peer["podSelector"]["matchLabels"][component] for peer in rule["from"]}


def test_engine_and_actions_are_private() -> None:
    closed = find("NetworkPolicy", "closed")["spec"]
    assert closed["podSelector"] == {}
    assert set(closed["policyTypes"]) == {"Ingress", "Egress"}
    assert "ingress" not in closed
    assert callers(find("NetworkPolicy", "engine")) == {"bot"}
    assert callers(find("NetworkPolicy", "actions")) == {"bot", "engine"}
    for _, document in MANIFESTS:
        if document["kind"] == "Ingress":
            names = re.findall(r"'name': '(\w+)'", str(document["spec"]["rules"]))
            assert set(names) - {"http"} == {"bot", "closed"}


def test_the_public_door_keeps_inside_what_is_inside() -> None:
    (rule,) = find("Ingress", "bot")["spec"]["rules"]
    backends = {path["path"]: path["backend"]["service"]["name"] for path in rule["http"]["paths"]}
    assert backends == {"/": "bot", "/metrics": "closed", "/readyz": "closed"}
    assert "selector" not in find("Service", "closed")["spec"]


def test_the_preparation_runs_what_make_run_runs() -> None:
    migrate, load = containers(find("Job", "prepare"))
    prepare = (ROOT / "ops" / "prepare.py").read_text(encoding="utf-8")
    for command in (migrate["command"], load["command"]):
        words = command[1:] if command[0] == "alembic" else command[2:]
        assert ", ".join(f'"{word}"' for word in words) in prepare
