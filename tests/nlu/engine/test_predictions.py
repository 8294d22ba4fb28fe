"""What is remembered of the rules is what the rules say, and what is cut short is what it stands for."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from nlu.engine import patches, remote_action, slices
from nlu.engine.agent import EngineAgent
from nlu.engine.endpoint import KeepAliveEndpoint
from nlu.engine.tracker_store import SliceTrackerStore
from tests.nlu.engine.conftest import Actions
from tests.nlu.engine.test_turns import HEARD, PRESSED, say


@pytest.fixture
async def agent(model: Path, actions: Actions, tmp_path: Path) -> AsyncIterator[EngineAgent]:
    patches.apply()
    endpoint = KeepAliveEndpoint(actions.url)
    made = EngineAgent(
        tracker_store=SliceTrackerStore(url=f"sqlite:///{tmp_path / 'engine.db'}"), action_endpoint=endpoint
    )
    made.load_model(model)
    yield made
    await endpoint.close()


async def test_what_is_remembered_is_what_the_rules_say(agent: EngineAgent, monkeypatch: pytest.MonkeyPatch) -> None:
    processor, found = agent.processor, []
    predict = type(processor)._predict_next_with_tracker

    def compared(self: MessageProcessor, tracker: DialogueStateTracker) -> PolicyPrediction:
        remembered = self._predictions.get(self._predictions.key(tracker.events)) is not None
        ours, rules = predict(self, tracker), MessageProcessor._predict_next_with_tracker(self, tracker)
        assert ours.probabilities == rules.probabilities
        assert ours.events == rules.events
        assert (ours.policy_name, ours.hide_rule_turn) == (rules.policy_name, rules.hide_rule_turn)
        found.append(remembered)
        return ours

    monkeypatch.setattr(type(processor), "_predict_next_with_tracker", compared)
    chance = random.Random(11)
    for number in range(120):
        await say(agent, chance.choice(HEARD + PRESSED), str(number), sender=str(number % 3))
    assert sum(found) >= 10
    assert not all(found)


async def test_what_a_form_began_is_not_remembered(agent: EngineAgent) -> None:
    plain: list[Any] = [ActionExecuted("action_listen"), UserUttered("x", {"name": "greet"})]
    assert agent.processor._predictions.key(plain) is not None
    assert agent.processor._predictions.key([ActiveLoop("form"), *plain]) is None


def test_results_without_replaying_are_those_of_a_replay() -> None:
    slots = {"a": {"type": "any", "mappings": []}, "b": {"type": "list", "initial_value": None, "mappings": []}}
    domain = Domain.from_dict({"slots": slots})
    chance = random.Random(5)
    for _ in range(200):
        events: list[Any] = [SessionStarted()]
        for number in range(chance.randrange(1, 7)):
            events += [ActionExecuted("action_listen"), UserUttered(str(number), {"name": "x"})]
            events += chance.choices([SlotSet("a", 1), SlotSet("a", None), SlotSet("b", "one"), SessionStarted()], k=2)
        cut = slices.recent_slice(events, "s", domain, kept_turns=2)
        whole = DialogueStateTracker.from_events("s", events, slots=domain.slots)
        kept = DialogueStateTracker.from_events("s", cut, slots=domain.slots)
        assert kept.current_slot_values() == whole.current_slot_values()


def test_an_action_sees_the_last_two_turns_without_earlier_words() -> None:
    events: list[Any] = []
    for number in range(3):
        events += [UserUttered(f"سر {number}", {"name": "x"}, message_id=str(number)), BotUttered("جواب")]
    rows = remote_action.recent_events(events)
    assert [row.get("message_id") for row in rows if row["event"] == "user"] == ["1", "2"]
    assert "سر" not in str(rows)
