"""Shipped lines and what the console changes of them; both environments read and write them alike."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from nlu.examples import DATA, Changes, ExamplesError, key, read_file, read_folder, write_changed
from tests.nlu.engine.conftest import PROJECT, ROOT


def test_changes_are_written_into_the_data(tmp_path: Path) -> None:
    shipped = read_folder()
    gone = shipped["thank"][0]
    changes = Changes(3, {"thank": ["ممنون يا ورد", shipped["thank"][1]], "new": ["سطر جديد"]}, {"thank": [f"{gone}!"]})
    write_changed([DATA], changes, tmp_path / "out")
    found = read_folder(tmp_path / "out")
    kept = [line for line in shipped["thank"] if key(line) != key(gone)]
    assert found["thank"] == [*kept, "ممنون يا ورد"]
    assert found["new"] == ["سطر جديد"]
    assert found["greet"] == shipped["greet"]
    names = {path.name.partition("-")[2] for path in (tmp_path / "out").glob("*-*.yml")}
    assert names == {path.name for path in DATA.glob("*.yml")}


def test_changes_are_read_as_they_were_written(tmp_path: Path) -> None:
    changes = Changes(3, {"thank": ['ممنون: يا "ورد"']}, {})
    (tmp_path / "changes.json").write_text(changes.to_json(), encoding="utf-8")
    assert Changes.read(tmp_path / "changes.json") == changes
    for text in ("", "[]", '{"number": 1, "added": [], "removed": {}}'):
        (tmp_path / "changes.json").write_text(text, encoding="utf-8")
        with pytest.raises(ExamplesError):
            Changes.read(tmp_path / "changes.json")


def test_what_is_no_training_data_is_refused(tmp_path: Path) -> None:
    (tmp_path / "broken.yml").write_text("nlu:\n- intent: greet\n", encoding="utf-8")
    with pytest.raises(ExamplesError, match=r"broken\.yml"):
        read_file(tmp_path / "broken.yml")


def test_a_promoted_model_is_kept_and_taken_along(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    for path in (PROJECT / "data").glob("*.yml"):
        (data / path.name).write_bytes(path.read_bytes())
    models = tmp_path / "models"
    changes = tmp_path / "changes.json"
    changes.write_text(Changes(7, {"greet": ["زقزقة العصافير"]}, {}).to_json(), encoding="utf-8")
    assert "is ready" in _train(data, models, "--changes", str(changes))
    before = (models / "current.tar.gz").stat().st_mtime_ns
    assert "is up to date, with the examples of the console's model 7" in _train(data, models)
    assert (models / "current.tar.gz").stat().st_mtime_ns == before
    file = sorted(data.glob("*.yml"))[0]
    file.write_text(file.read_text(encoding="utf-8") + "\n# a newer release\n", encoding="utf-8")
    said = _train(data, models)
    assert "the shipped inputs have changed: training from them, with the examples of the console's model 7" in said
    assert "is up to date, with the examples" in _train(data, models)
    (models / "current.changes.json").write_text("{}", encoding="utf-8")
    assert "holds no changes of examples" in _train(data, models)


def _train(data: Path, models: Path, *more: str) -> str:
    command = [sys.executable, "-m", "nlu.engine.train", "--config", str(PROJECT / "config.yml"), *more]
    command += ["--domain", str(PROJECT / "domain.yml"), "--data", str(data), "--models", str(models)]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "PYTHONPATH": "."}, capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr
