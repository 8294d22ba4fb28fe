"""The units for one server."""

import configparser
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from foundation.settings import ROOT, Settings
from tests.deploy.files import DEPLOY, RUNTIME_NAMES, engine_names, env_file, product_names

SYSTEMD = DEPLOY / "systemd"
SERVICES = sorted(SYSTEMD.glob("*.service"))
EXPOSURE_MAX = 2.0
"""systemd's own score from 0 (confined) to 10."""


class Unit(dict[str, dict[str, list[str]]]):
    """Sections of a unit; a key may stand more than once."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        section: dict[str, list[str]] = {}
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("["):
                section = self.setdefault(line.strip("[]"), {})
            elif line and not line.startswith("#"):
                key, separator, value = line.partition("=")
                if not separator:
                    raise configparser.ParsingError(f"{path}: {line}")
                section.setdefault(key, []).append(value)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze on this machine")
def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    for path in SYSTEMD.glob("ur-assistant*"):
        # The programs are where this server keeps them, not where the units' server does.
        text = re.sub(r"^(ExecStart=)\S+/python", rf"\1{sys.executable}", path.read_text(), flags=re.MULTILINE)
        (tmp_path / path.name).write_text(text)
    units = sorted(map(str, tmp_path.iterdir()))
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    complaints = [line for line in done.stderr.splitlines() if "ur-assistant" in line]
    assert not complaints
    assert len(units) == 5


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze on this machine")
@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.stem)
def test_services_are_confined(path: Path) -> None:
    command = ["systemd-analyze", "security", "--offline=true", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    score = re.search(r"Overall exposure level for \S+: ([\d.]+)", done.stdout)
    if score is None:
        pytest.skip(f"systemd-analyze cannot judge a file here: {done.stderr.strip()[:200]}")
    assert float(score[1]) <= EXPOSURE_MAX


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.stem)
def test_services_run_modules_that_exist_under_users_of_their_own(path: Path) -> None:
    service = Unit(path)["Service"]
    for command in service["ExecStart"]:
        module = re.search(r" -m ([\w.]+)", command)
        assert module
        parts = module[1].split(".")
        assert parts == ["alembic"] or (ROOT.joinpath(*parts) / "__main__.py").is_file(), command
    assert service["User"][0] != "root"
    assert service["ProtectSystem"] == ["strict"]
    is_engine = path.stem.endswith("engine")
    assert service["User"] == ["ur-assistant-engine" if is_engine else "ur-assistant"]
    assert service["EnvironmentFile"] == [f"/etc/ur-assistant/{'engine' if is_engine else 'product'}.env"]
    assert service["Restart"] == ["on-failure" if path.stem.endswith("prepare") else "always"]
    for setting in " ".join(service["Environment"]).split():
        assert setting.partition("=")[0] in RUNTIME_NAMES


def test_engine_and_actions_stay_on_the_loopback() -> None:
    fields = Settings.model_fields
    engine = Unit(SYSTEMD / "ur-assistant-engine.service")["Service"]
    command = engine["ExecStart"][0]
    assert f"--host 127.0.0.1 --port {fields['engine_port'].default} " in command
    assert f"--actions-url http://127.0.0.1:{fields['actions_port'].default}/webhook" in command
    for name in ("engine", "actions"):
        service = Unit(SYSTEMD / f"ur-assistant-{name}.service")["Service"]
        assert (service["IPAddressDeny"], service["IPAddressAllow"]) == (["any"], ["localhost"])


def test_the_target_starts_every_process() -> None:
    wanted = Unit(SYSTEMD / "ur-assistant.target")["Unit"]["Wants"][0].split()
    long_running = {path.name for path in SERVICES if not path.stem.endswith("prepare")}
    assert set(wanted) == long_running
    for path in SERVICES:
        assert Unit(path)["Unit"]["PartOf"] == ["ur-assistant.target"]


def test_example_settings_exist_and_agree() -> None:
    product, engine = env_file(SYSTEMD / "product.env.example"), env_file(SYSTEMD / "engine.env.example")
    assert set(product) <= product_names()
    assert set(engine) <= engine_names()
    assert product["ENGINE_URL"] == f"http://127.0.0.1:{Settings.model_fields['engine_port'].default}"
    assert product["PORT"] == str(Settings.model_fields["port"].default)
