"""The lean start: one version of Rasa, an explicit table, and a clear word for what is left out."""

from __future__ import annotations

import importlib
import importlib.metadata
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from nlu.engine import install_lean, lean


@pytest.mark.parametrize("installed", ["3.6.20", "3.6.22", "4.0.0"])
def test_every_other_version_of_rasa_is_refused(monkeypatch: pytest.MonkeyPatch, installed: str) -> None:
    monkeypatch.setattr(importlib.metadata, "version", lambda name: installed)
    with pytest.raises(lean.UnsupportedRasaError, match=installed):
        lean.check_version()


def test_a_missing_rasa_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", missing)
    with pytest.raises(lean.UnsupportedRasaError, match="none"):
        lean.check_version()


def test_installing_twice_adds_one_finder() -> None:
    lean.install()
    lean.install()
    assert sum(isinstance(finder, lean.LeanFinder) for finder in sys.meta_path) == 1


@pytest.mark.parametrize("name", [name for name in (*lean.STAND_INS, *lean.REPLACEMENTS) if name.startswith("rasa.")])
def test_the_table_names_modules_that_rasa_has(name: str) -> None:
    purelib = Path(sysconfig.get_paths()["purelib"])
    assert purelib.joinpath(*name.split(".")).with_suffix(".py").is_file()


def test_what_is_left_out_says_so_when_used() -> None:
    module = importlib.import_module("rasa.nlu.classifiers.diet_classifier")
    with pytest.raises(lean.LeftOutError, match=r"DIETClassifier .*tensorflow"):
        module.DIETClassifier()


def test_a_configuration_that_needs_what_is_left_out_is_refused() -> None:
    from rasa.engine.recipes.default_recipe import DefaultV1Recipe
    from rasa.shared.exceptions import InvalidConfigException

    with pytest.raises(InvalidConfigException, match="TEDPolicy"):
        DefaultV1Recipe._from_registry("TEDPolicy")
    assert DefaultV1Recipe._from_registry("RulePolicy")


def test_rasa_starts_without_the_heavy_packages() -> None:
    code = (
        "import sys; from nlu.engine import lean; lean.install(serving=True); import nlu.engine.serve; "
        "print([name for name in ('tensorflow', 'keras', 'jax', 'matplotlib', 'sklearn') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_rasa_command_works_in_the_environment() -> None:
    command = Path(sys.executable).with_name("rasa")
    done = subprocess.run([str(command), "--version"], capture_output=True, text=True, check=True)
    assert "3.6.21" in done.stdout


def test_the_pth_file_is_written_once_and_follows_the_project(tmp_path: Path) -> None:
    assert install_lean.write_pth(tmp_path, Path("/srv/one")) is True
    assert install_lean.write_pth(tmp_path, Path("/srv/one")) is False
    assert install_lean.write_pth(tmp_path, Path("/srv/two")) is True
    assert (tmp_path / install_lean.PTH_NAME).read_text().splitlines()[0] == "/srv/two"
