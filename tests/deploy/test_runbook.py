"""The runbook: each command, path, setting, log event and resource that it names exists."""

import re
from collections.abc import Iterable

import pytest
import yaml
from typer.main import get_command

import bot.admin
import catalog.__main__
from foundation.settings import ROOT
from tests.deploy.files import DEPLOY, documents, engine_names, env_file, kubernetes_documents, product_names

RUNBOOK = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
CODE = "".join(
    path.read_text(encoding="utf-8")
    for package in ("actions", "bot", "catalog", "console", "foundation", "nlu/engine", "operations")
    for path in sorted((ROOT / package).rglob("*.py"))
)
TO_BE_MADE = {"deploy/compose.env", "deploy/product.env"}
OF_OTHER_TOOLS = {
    "UV_PYTHON_INSTALL_DIR",
    "PYENV_ROOT",
    "OTEL_TRACES_SAMPLER",
    "OTEL_TRACES_SAMPLER_ARG",
    "OMP_NUM_THREADS",
}
_COMMANDS = {"bot.admin": get_command(bot.admin.app), "catalog": get_command(catalog.__main__.app)}


def names(pattern: str) -> list[str]:
    return sorted(set(re.findall(pattern, RUNBOOK)))


def test_make_targets_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = names(r"(?:`|&& |pyenv )make ([a-z-]+)")
    assert targets == ["run", "setup", "train"]
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


@pytest.mark.parametrize("call", names(r"-m ((?:bot\.admin|catalog)(?: [a-z]+)*)"))
def test_commands_of_modules_exist(call: str) -> None:
    module, *words = call.split()
    command = _COMMANDS[module]
    for word in words:
        children: dict[str, object] = getattr(command, "commands", {})
        assert word in children, call
        command = children[word]  # type: ignore[assignment]


def test_options_of_the_replay_exist() -> None:
    assert "--all" in RUNBOOK
    assert '"--all"' in (ROOT / "bot" / "admin.py").read_text(encoding="utf-8")


def test_paths_exist() -> None:
    for path in names(r"(?<![/\w.])((?:deploy|docs|catalog|models)/[\w./-]*[\w*-])"):
        if path.startswith("models/"):
            assert path.split("/")[1].split(".")[0] in {"current", "previous"}
        elif path not in TO_BE_MADE:
            assert any(ROOT.glob(path)), path


def test_settings_exist() -> None:
    known = product_names() | engine_names() | set(env_file(DEPLOY / "compose.env.example")) | OF_OTHER_TOOLS
    assert not set(names(r"\b([A-Z]+(?:_[A-Z]+)+)\b")) - known


def test_log_events_and_causes_exist() -> None:
    shown: Iterable[str] = names(r"`([a-z]+(?:_[a-z]+)+)`")
    metrics = {name for name in shown if name.startswith("ur_")}
    tables = {"engine_conversations"}
    for event in set(shown) - metrics - tables:
        assert f'"{event}"' in CODE, event
    for place in (
        "database",
        "redis",
        "request",
        "claim",
        "turn",
        "send",
        "poll",
        "webhook",
        "webhook_secret",
        "update",
    ):
        assert f'"{place}"' in CODE, place
        assert f"`{place}`" in RUNBOOK
    assert set(re.findall(r'ERRORS\.labels\("(\w+)"\)', CODE)) <= set(re.findall(r"`(\w+)`", RUNBOOK))


def test_metrics_exist() -> None:
    files = (ROOT / "bot" / "metrics.py", ROOT / "operations" / "events" / "metrics.py")
    metrics = "".join(file.read_text(encoding="utf-8") for file in files)
    for name in names(r"\b(ur_[a-z_]+)"):
        assert f'"{name}"' in metrics, name


def test_units_exist() -> None:
    for unit in names(r"\b(ur-assistant-(?:actions|bot|engine|prepare)|ur-assistant\.target)\b"):
        assert (DEPLOY / "systemd" / unit).exists() or (DEPLOY / "systemd" / f"{unit}.service").exists(), unit


def test_resources_of_the_cluster_exist() -> None:
    known = {f"{one['kind'].lower()}/{one['metadata']['name']}" for _, one in kubernetes_documents()}
    for kind, name in re.findall(r"\b(deployment|job|service)/([a-z-]+)", RUNBOOK):
        assert f"{kind}/{name.removesuffix('-green')}" in known, f"{kind}/{name}"
    for path in names(r"--kustomize (deploy/[\w/]+)"):
        assert documents(ROOT / path / "kustomization.yml")
    for patch in names(r"--patch '([^']+)'"):
        assert set(yaml.safe_load(patch)["spec"]["selector"]) == {"track"}
