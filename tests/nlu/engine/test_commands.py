"""The commands: start, train, understand lines."""

from __future__ import annotations

import io
import json
import logging
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from nlu.engine import __main__ as start
from nlu.engine import log, parse, train
from ops.ports import free_port
from tests.nlu.engine.conftest import PROJECT, ROOT, TOKEN, EngineProcess, engine_command, engine_environment

GREETING = {"sender": "http", "message_id": "1", "text": "هلو"}


def test_a_turn_over_http(engine: EngineProcess) -> None:
    status, body = engine.call("POST", "/turn", GREETING)
    assert status == 200
    assert body["replayed"] is False
    assert body["messages"][0]["text"] == "أهلاً وسهلاً.\n\nشلون أگدر أساعدك؟"
    assert body["messages"][0]["buttons"] == [{"title": "الخدمات", "payload": '/ask_documents{"service":"loan-01"}'}]
    assert engine.call("POST", "/turn", GREETING) == (200, {**body, "replayed": True})


def test_a_failed_turn_is_a_500(engine: EngineProcess) -> None:
    turn = {"sender": "http", "message_id": "broken", "text": "عطل"}
    assert engine.call("POST", "/turn", turn) == (500, {"error": "turn_failed"})


@pytest.mark.parametrize("token", [None, "", "wrong", "a-token-of-the-test", "a-token-of-the-tests "])
def test_nobody_gets_in_without_the_token(engine: EngineProcess, token: str | None) -> None:
    if token != "a-token-of-the-tests ":  # HTTP cuts spaces at the end of a header
        assert engine.call("POST", "/turn", GREETING, token=token) == (401, {"error": "unauthorized"})
    assert engine.call("DELETE", "/conversations/http", token="no") == (401, {"error": "unauthorized"})


def test_what_is_no_turn_is_a_400(engine: EngineProcess) -> None:
    assert engine.call("POST", "/turn", b"{") == (400, {"error": "bad_json"})
    bad = {"sender": "http", "message_id": "2", "payload": "/restart"}
    assert engine.call("POST", "/turn", bad) == (400, {"error": "bad_payload"})


def test_a_conversation_is_forgotten(engine: EngineProcess) -> None:
    engine.call("POST", "/turn", {"sender": "chat:ا/1", "message_id": "1", "text": "هلو"})
    assert engine.call("DELETE", "/conversations/chat%3A%D8%A7%2F1") == (200, {"deleted": True})
    assert engine.call("DELETE", "/conversations/chat%3A%D8%A7%2F1") == (200, {"deleted": False})


def test_health_needs_no_token(engine: EngineProcess) -> None:
    status, body = engine.call("GET", "/health", token=None)
    assert (status, body["ready"]) == (200, True)


def test_lines_of_other_loggers_hold_no_values() -> None:
    values = {"response": "نتيجتك سالبة"}
    record = logging.makeLogRecord({"name": "rasa.core", "msg": "interpolate", "levelname": "ERROR", **values})
    assert "سالبة" not in log.JsonLines().format(record)
    record = logging.makeLogRecord({"name": "nlu.engine", "msg": "purged", "conversations": 3})
    assert json.loads(log.JsonLines().format(record))["conversations"] == 3


def test_the_engine_stops_when_told_and_its_log_holds_no_words(engine: EngineProcess) -> None:
    engine.call("POST", "/turn", {"sender": "http", "message_id": "log", "text": "كلمة سرية عطل"})
    engine.call("POST", "/turn", {"sender": "http", "message_id": "log2", "text": "عطل"})
    status, written = engine.stop()
    assert status == 0
    lines = [json.loads(line) for line in written.splitlines()]
    assert {"engine_ready", "turn_failed", "engine_stopped"} <= {line["event"] for line in lines}
    assert "سرية" not in written
    assert "action_answer" not in written


def start_engine(model: Path, folder: Path, port: int | None = None, token: str = TOKEN) -> tuple[int, str]:
    done = subprocess.run(
        engine_command(model, port or free_port(), folder, "http://127.0.0.1:9/webhook"),
        cwd=ROOT,
        env=engine_environment(token),
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stderr


def test_a_missing_model_is_one_line(tmp_path: Path) -> None:
    status, text = start_engine(tmp_path / "none.tar.gz", tmp_path)
    assert status == start.EXIT_MODEL
    assert text.startswith("engine: no model at")
    assert text.count("\n") == 1


def test_a_broken_model_is_one_line(tmp_path: Path, model: Path) -> None:
    broken = tmp_path / "broken.tar.gz"
    broken.write_bytes(model.read_bytes()[:1_500])
    status, text = start_engine(broken, tmp_path)
    assert status == start.EXIT_MODEL
    assert "cannot be loaded" in text
    assert text.count("\n") == 1


def test_a_port_in_use_is_one_line(tmp_path: Path, model: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        status, text = start_engine(model, tmp_path, port=taken.getsockname()[1])
    assert status == start.EXIT_PORT
    assert "cannot listen" in text
    assert text.count("\n") == 1


def test_a_missing_token_is_one_line(tmp_path: Path, model: Path) -> None:
    status, text = start_engine(model, tmp_path, token="")
    assert status == start.EXIT_SETTINGS
    assert "ENGINE_TOKEN" in text
    assert text.count("\n") == 1


def test_lines_are_understood(model: Path) -> None:
    out = io.StringIO()
    lines = ['{"text": "هلو"}', "", '{"text": "/greet"}', "no json", '{"text": 5}', '{"text": "شكد الرسوم"}']
    assert parse.main(["--model", str(model)], io.StringIO("\n".join(lines)), out) == 0
    answers = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [answer.get("intent", answer.get("error")) for answer in answers] == [
        "greet",
        None,
        "bad_line",
        "bad_line",
        "ask_fee",
    ]
    assert answers[0]["ms"] > 0


def test_lines_without_a_model(tmp_path: Path) -> None:
    assert parse.main(["--model", str(tmp_path / "none")], io.StringIO(""), io.StringIO()) == parse.EXIT_MODEL


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(PROJECT, tmp_path / "project")
    return tmp_path / "project"


def arguments(project: Path, models: Path) -> tuple[Path, Path, list[Path], Path]:
    return project / "config.yml", project / "domain.yml", [project / "data"], models


def test_the_fingerprint_sees_every_change(project: Path) -> None:
    before = train.fingerprint([project])
    assert train.fingerprint([project]) == before
    (project / "__pycache__").mkdir()
    (project / "__pycache__" / "x.pyc").write_bytes(b"1")
    assert train.fingerprint([project]) == before
    (project / "data" / "rules.yml").rename(project / "data" / "other.yml")
    assert train.fingerprint([project]) != before


def test_nothing_is_trained_when_nothing_changed(
    project: Path, models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    here = tmp_path / "models"
    shutil.copytree(models, here)
    inputs = arguments(PROJECT, here)
    wanted = train.fingerprint([*inputs[:2], *inputs[2], *train.CODE_INPUTS])
    (here / train.FINGERPRINT_NAME).write_text(wanted)
    assert train.train(*inputs) is False
    (here / train.MODEL_NAME).unlink()
    assert not train.is_current(here, wanted)


def test_a_failed_training_keeps_the_old_model(project: Path, tmp_path: Path) -> None:
    here = tmp_path / "models"
    here.mkdir()
    (here / train.MODEL_NAME).write_bytes(b"old")
    (project / "config.yml").write_text(
        "recipe: default.v1\nlanguage: ar\npipeline: [{name: DIETClassifier}]\npolicies: [{name: RulePolicy}]\n"
    )
    with pytest.raises(train.TrainingError, match="DIETClassifier"):
        train.train(*arguments(project, here))
    assert [file.name for file in here.iterdir()] == [train.MODEL_NAME]
    assert (here / train.MODEL_NAME).read_bytes() == b"old"


def test_a_missing_input_is_named(tmp_path: Path) -> None:
    with pytest.raises(train.TrainingError, match="missing"):
        train.train(*arguments(tmp_path, tmp_path / "models"))


def test_rasas_own_training_command_works(project: Path, tmp_path: Path) -> None:
    pipeline = "[{name: WhitespaceTokenizer}, {name: CountVectorsFeaturizer}, {name: LogisticRegressionClassifier}]"
    config = f"recipe: default.v1\nlanguage: ar\nassistant_id: x\npipeline: {pipeline}\n"
    (project / "nlu_only.yml").write_text(config)
    command = [str(Path(sys.executable).with_name("rasa")), "train", "nlu", "--config", "nlu_only.yml"]
    command += ["--nlu", "data/nlu.yml", "--out", "out"]
    subprocess.run(
        command, cwd=project, check=True, capture_output=True, env={**os.environ, "RASA_MAX_CACHE_SIZE": "0"}
    )
    assert list((project / "out").glob("*.tar.gz"))
