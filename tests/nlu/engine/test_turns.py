"""Turns through the agent: what the bounded slice keeps and forgets, repeats, failures."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from rasa.core.tracker_store import InMemoryTrackerStore, TrackerStore
from rasa.engine import loader
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ConversationPaused, Restarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.training_data.message import Message

from nlu.engine import patches, slices
from nlu.engine.agent import EngineAgent, TurnOutput, load_model, understanding_target
from nlu.engine.endpoint import ActionServerError, KeepAliveEndpoint
from nlu.engine.messages import Turn, to_user_message
from nlu.engine.tracker_store import CONVERSATIONS, ConversationMovedError, SliceTrackerStore
from tests.nlu.engine.conftest import Actions

HEARD = ["هلو", "شكد الرسوم", "شنو المستمسكات", "شكوى", "المنصور", "الوكيل نقص الحصة", "كلام غير مفهوم", "/greet"]
PRESSED = ["/greet", '/ask_fee{"service":"loan-02"}', '/ask_documents{"service":"hea-01"}', "/file_complaint"]

MakeAgent = Callable[[TrackerStore], EngineAgent]


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SliceTrackerStore]:
    """An empty store: the test runs once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'engine.db'}"
    else:
        url = request.getfixturevalue("postgresql_url")
    store = SliceTrackerStore(url=url)
    store._delete(CONVERSATIONS.c.revision > 0)
    yield store
    store.close()


@pytest.fixture
async def make_agent(model: Path, actions: Actions) -> AsyncIterator[MakeAgent]:
    patches.apply()
    endpoint = KeepAliveEndpoint(actions.url)

    def make(tracker_store: TrackerStore) -> EngineAgent:
        agent = EngineAgent(tracker_store=tracker_store, action_endpoint=endpoint)
        agent.load_model(model)
        return agent

    yield make
    await endpoint.close()


async def say(agent: EngineAgent, text: str, message_id: str, sender: str = "s") -> TurnOutput:
    output = TurnOutput()
    turn = Turn(sender, message_id, None if text in PRESSED else text, text if text in PRESSED else None, {})
    await agent.handle_message(to_user_message(turn, agent.domain, output))
    return output


def told(output: TurnOutput) -> list[Any]:
    return [(answer["text"], answer.get("buttons"), answer.get("custom")) for answer in output.answers]


async def test_a_cut_conversation_goes_on_like_a_whole_one(make_agent: MakeAgent, store: SliceTrackerStore) -> None:
    cut, whole = make_agent(store), make_agent(InMemoryTrackerStore(Domain.empty()))
    chance = random.Random(7)
    for number in range(60):
        text = chance.choice(HEARD + PRESSED)
        assert told(await say(cut, text, str(number))) == told(await say(whole, text, str(number))), (number, text)
        mine, all_of_it = await store.retrieve("s"), await whole.tracker_store.retrieve("s")
        assert mine.current_slot_values() == all_of_it.current_slot_values()
        assert mine.active_loop_name == all_of_it.active_loop_name
    assert len(mine.events) < 40 < len(all_of_it.events)


async def test_a_turn_costs_the_same_for_ever(
    make_agent: MakeAgent, store: SliceTrackerStore, actions: Actions
) -> None:
    agent, sizes = make_agent(store), []
    for number in range(60):
        await say(agent, "شكد الرسوم", f"{number:04}")
        sizes.append(len(store._read("s").slice))
    assert sizes[-1] == pytest.approx(sizes[6], rel=0.05)
    events = [len(call["tracker"]["events"]) for call in actions.calls]
    assert events[-1] == events[6]


async def test_the_store_keeps_no_words_of_the_citizen(make_agent: MakeAgent, store: SliceTrackerStore) -> None:
    agent = make_agent(store)
    await say(agent, "كلامي السري", "1")
    assert "السري" not in store._read("s").slice
    for number in range(4):
        await say(agent, "شكد الرسوم", f"n{number}")
    assert store._read("s").slice.count("action_answer loan-01") == slices.REPLAYED_TURNS


async def test_a_repeated_message_is_answered_as_before(
    make_agent: MakeAgent, store: SliceTrackerStore, actions: Actions
) -> None:
    agent = make_agent(store)
    await say(agent, "هلو", "1")
    first = await say(agent, "شكد الرسوم", "2")
    before, calls = store._read("s"), len(actions.calls)
    again = await say(agent, "شكد الرسوم", "2")
    assert (first.replayed, again.replayed) == (False, True)
    assert told(again) == told(first)
    assert store._read("s") == before
    assert len(actions.calls) == calls


@pytest.mark.parametrize("text", ["عطل", "شكد الرسوم"])
async def test_a_failed_action_fails_the_turn_and_leaves_no_trace(
    make_agent: MakeAgent, store: SliceTrackerStore, actions: Actions, text: str
) -> None:
    agent = make_agent(store)
    await say(agent, "هلو", "1")
    before = store._read("s")
    actions.failing = True
    with pytest.raises(ActionServerError):
        await say(agent, text, "2")
    assert store._read("s") == before
    actions.failing = False
    assert not (await say(agent, "شكد الرسوم", "2")).replayed


async def test_a_text_is_never_a_command(make_agent: MakeAgent, store: SliceTrackerStore) -> None:
    agent = make_agent(store)
    for number, text in enumerate(["/ask_fee", '/ask_fee{"service":"loan-01"}', "\u200f/greet", "/restart", "//greet"]):
        await say(agent, text, str(number))
        tracker = await store.retrieve("s")
        assert tracker.latest_message.intent_name not in {"ask_fee", "greet", "restart"}
        assert tracker.get_slot("topic") is None


async def test_a_button_fills_no_slot_that_waits_for_text(make_agent: MakeAgent, store: SliceTrackerStore) -> None:
    agent = make_agent(store)
    await say(agent, "شكوى", "1")
    await say(agent, "/greet", "2")
    tracker = await store.retrieve("s")
    assert tracker.get_slot("district") is None
    await say(agent, "/المنصور", "3")
    assert (await store.retrieve("s")).get_slot("district") == "/المنصور"


async def test_the_answer_is_whole(make_agent: MakeAgent, store: SliceTrackerStore) -> None:
    (answer,) = (await say(make_agent(store), "هلو", "1")).answers
    assert answer["text"].count("\n\n") == 1
    assert answer["buttons"]


async def test_four_quick_messages_are_answered_at_once_in_order(
    make_agent: MakeAgent, store: SliceTrackerStore
) -> None:
    agent = make_agent(store)
    await asyncio.wait_for(asyncio.gather(*(say(agent, "شكد الرسوم", str(number)) for number in range(4))), 2)
    heard = [event.message_id for event in (await store.retrieve("s")).events if isinstance(event, UserUttered)]
    assert heard == ["1", "2", "3"]


async def test_two_engines_cannot_both_save_a_turn(make_agent: MakeAgent, store: SliceTrackerStore) -> None:
    agent = make_agent(store)
    await say(agent, "هلو", "1")
    one, other = await store.retrieve("s"), await store.retrieve("s")
    await store.save(one)
    with pytest.raises(ConversationMovedError):
        await store.save(other)
    fresh = store.init_tracker("s")
    with pytest.raises(ConversationMovedError):
        await store.save(fresh)


async def test_conversations_are_forgotten_on_request_and_with_time(make_agent: MakeAgent, tmp_path: Path) -> None:
    clock = [1_000.0]
    store = SliceTrackerStore(url=f"sqlite:///{tmp_path / 'engine.db'}", now=lambda: clock[0])
    agent = make_agent(store)
    await say(agent, "هلو", "1", sender="old")
    clock[0] += 100
    await say(agent, "هلو", "1", sender="new")
    assert await store.purge(50) == 1
    assert list(await store.keys()) == ["new"]
    assert await store.delete("new") is True
    assert await store.delete("new") is False
    assert await store.retrieve("new") is None


async def test_what_was_saved_is_there_after_a_restart(make_agent: MakeAgent, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'engine.db'}"
    await say(make_agent(SliceTrackerStore(url=url)), '/ask_fee{"service":"loan-02"}', "1")
    domain = Domain.from_dict({"slots": {"topic": {"type": "any", "mappings": []}}})
    tracker = await SliceTrackerStore(domain, url=url).retrieve("s")
    assert tracker.get_slot("topic") == "loan-02"


def test_the_products_database_addresses_fit(tmp_path: Path) -> None:
    store = SliceTrackerStore(url=f"sqlite+aiosqlite:///{tmp_path / 'sub' / 'engine.db'}")
    assert (tmp_path / "sub" / "engine.db").is_file()
    store.close()


def test_the_slice_keeps_the_result_of_what_it_cuts() -> None:
    slots = {"a": {"type": "any", "mappings": []}, "b": {"type": "any", "initial_value": 1, "mappings": []}}
    domain = Domain.from_dict({"slots": slots})
    events: list[Any] = [Restarted(), SlotSet("a", 5), SlotSet("b", None), ConversationPaused()]
    for number in range(5):
        events += [ActionExecuted("action_listen"), UserUttered(str(number), {"name": "x"})]
    cut = slices.recent_slice(events, "s", domain, kept_turns=2)
    tracker = DialogueStateTracker.from_events("s", cut, slots=domain.slots)
    assert tracker.get_slot("a") == 5
    assert tracker.get_slot("b") is None
    assert tracker.is_paused()
    assert [event.text for event in cut if isinstance(event, UserUttered)] == ["3", "4"]
    assert isinstance(cut[-4], ActionExecuted)


def test_the_planned_graph_gives_what_dasks_gives(model: Path, tmp_path: Path) -> None:
    metadata, dask_runner = loader.load_predict_graph_runner(tmp_path, model, LocalModelStorage, DaskGraphRunner)
    _, _, planned = load_model(model)
    target = understanding_target(metadata)
    from rasa.core.channels.channel import UserMessage

    for text in HEARD:
        inputs = {"__message__": [UserMessage(text)], "__tracker__": DialogueStateTracker("s", [])}
        by_plan: Message = planned.run(inputs, [target])[target][0]
        by_dask: Message = dask_runner.run(inputs, [target])[target][0]
        assert by_plan.as_dict(True) == by_dask.as_dict(True)
