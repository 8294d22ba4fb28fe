"""The component in Rasa's own graph: trained from a file, loaded from the model archive, asked."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from rasa.core.agent import Agent
from rasa.model_training import train_nlu
from rasa.shared.exceptions import InvalidConfigException

from nlu.components.benchmark import limited, main, read_lines
from nlu.components.intent_classifier import ArabicIntentClassifier

CONFIG = """
recipe: default.v1
assistant_id: test
language: ar
pipeline:
  - name: nlu.components.intent_classifier.ArabicIntentClassifier
    encoders: []
"""
DATA = """
version: "3.1"
nlu:
  - intent: ask_fee
    examples: |
      - شكد رسوم [الجواز](service)
      - بكم إصدار الجواز
      - كم رسوم البطاقة
      - شكد يكلف الجواز
      - شكد رسم المعاملة
      - بيش الجواز
  - intent: chitchat/weather
    examples: |
      - شلون الجو
      - الجو حار
      - تمطر باچر
      - درجة الحرارة
      - شكد الحرارة اليوم
      - الجو بارد
  - intent: greet
    examples: |
      - هلو
      - مرحبا
      - السلام عليكم
      - هلا بيكم
      - صباح الخير
      - مساء الخير
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("nlu")
    (folder / "config.yml").write_text(CONFIG, encoding="utf-8")
    (folder / "nlu.yml").write_text(DATA, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def agent(files: Path) -> Agent:
    return Agent.load(str(train_nlu(str(files / "config.yml"), str(files / "nlu.yml"), str(files))))


def parse(agent: Agent, text: str) -> dict[str, Any]:
    return asyncio.run(agent.parse_message(text))


@pytest.mark.parametrize(
    ("text", "intent"),
    [("شكد رسوم الجواز", "ask_fee"), ("b kam el jawaz", "ask_fee"), ("مرحباا", "greet"), ("الجو حااار", "chitchat")],
)
def test_parses(agent: Agent, text: str, intent: str) -> None:
    parsed = parse(agent, text)
    assert parsed["intent"]["name"] == intent
    assert parsed["intent"] == parsed["intent_ranking"][0]
    assert len(parsed["intent_ranking"]) == 3
    json.dumps(parsed)


def test_an_empty_line_is_no_error(agent: Agent) -> None:
    assert "intent" in parse(agent, "")


def test_an_unknown_encoder_is_refused() -> None:
    with pytest.raises(InvalidConfigException, match="bert"):
        ArabicIntentClassifier.validate_config({"encoders": ["bert"]})


def test_benchmark_prints_its_figures(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, config = str(files / "nlu.yml"), str(files / "config.yml")
    assert main([data, data, "--config", config, "--per-intent", "5"]) == 0
    figures = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    assert figures["train_n"] == 15
    assert figures["accuracy"] > 0.8


def test_benchmark_says_what_is_missing(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(files / "none.jsonl"), "--split", "0.2"]) == 1
    assert "none.jsonl" in capsys.readouterr().err


def test_benchmark_reads_json_lines(tmp_path: Path) -> None:
    file = tmp_path / "lines.jsonl"
    file.write_text('{"text": "هلو", "intent": "greet", "service": null}\n', encoding="utf-8")
    assert read_lines(file) == [("هلو", "greet")]
    assert limited([("أ", "x"), ("ب", "x"), ("ج", "y")], 1, seed=1)[0][1] in "xy"
