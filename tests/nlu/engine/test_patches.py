"""The patches: the same verdicts as Rasa's own code, without its cost and without citizens' words in errors."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from rasa.core.actions.action import RemoteAction

from nlu.engine import lean, patches

SLOT = {"event": "slot", "name": "topic", "value": {"code": "loan-01"}, "timestamp": None}
ANSWERS: list[Any] = [
    {},
    {"events": []},
    {"events": [], "responses": []},
    {"events": [SLOT], "responses": [{"text": "hello"}]},
    {"events": [SLOT, {"event": "followup", "name": "action_listen"}, {"event": "reset_slots", "timestamp": 1.5}]},
    {"events": [{"event": "slot", "name": "topic"}]},
    {"events": [{"event": "slot", "name": 5, "value": 1}]},
    {"events": [{"event": "nothing_known"}]},
    {"events": [{"name": "topic"}]},
    {"events": [{"event": 5}]},
    {"events": [{"event": "slot", "name": "a", "value": 1, "timestamp": "now"}]},
    {"events": [{"event": "slot", "name": "a", "value": 1, "metadata": []}]},
    {"events": ["slot"]},
    {"events": {"event": "slot"}},
    {"events": None},
    {"responses": {}},
    {"responses": ["text"]},
    {"events": [{"event": "entities", "entities": [{"entity": "service", "value": 1}]}]},
    {"events": [{"event": "entities", "entities": [{"value": 1}]}]},
    {"events": [{"event": "action", "name": None, "policy": None, "confidence": "high"}]},
    {"events": [{"event": "user", "text": None, "parse_data": {"intent": {"name": "a", "confidence": 1.0}}}]},
    {"events": [{"event": "user", "text": 5}]},
    {"events": [{"event": "active_loop", "name": None}]},
    [],
    None,
    "text",
]


@pytest.mark.parametrize("answer", ANSWERS, ids=str)
def test_the_compiled_check_and_the_schema_agree(answer: Any) -> None:
    schema = RemoteAction.action_response_format_spec()
    fits = jsonschema.validators.validator_for(schema)(schema).is_valid(answer)
    assert (patches._compiled_check(schema)(answer) is None) == fits


def test_a_misfit_is_named_by_its_place_only() -> None:
    patches.validate_action_results_with_one_validator()
    words = "رقم هويتي"
    with pytest.raises(jsonschema.ValidationError) as caught:
        RemoteAction("action_answer", None)._validate_action_result({"events": [SLOT, {"event": words}]})
    assert words not in str(caught.value)
    assert "$.events[1]" in str(caught.value)


def test_patches_refuse_another_rasa(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lean.importlib.metadata, "version", lambda name: "3.6.20")
    with pytest.raises(lean.UnsupportedRasaError):
        patches.apply()
