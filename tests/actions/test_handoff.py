"""Asking for a person."""

import secrets
from typing import Any

import pytest
from cryptography.fernet import Fernet
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy import select

from actions.handoff import RequestHuman
from actions.resources import Resources, provide
from casework.dialogues.registry import Registry
from casework.dialogues.service import Dialogues
from casework.handoffs.models import Handoff, Reason
from catalog.search import LiveIndex
from citizens.models import Channel, Conversation
from foundation.clock import utc_now
from foundation.database import SessionFactory, transaction
from foundation.datakeys import DataKeys
from foundation.settings import Settings
from operations.switches.board import SwitchBoard


async def _nothing(text: str) -> bool:
    return False


@pytest.fixture
async def sender(sessions: SessionFactory) -> str:
    provide(
        Resources(
            sessions=sessions,
            index=LiveIndex(sessions),
            clock=utc_now,
            board=SwitchBoard(sessions),
            keys=DataKeys([Fernet.generate_key().decode()]),
            settings=Settings(_env_file=None, handoff_sensitive_topics="jus-01, jus-02"),
            dialogues=Dialogues(Registry(), _nothing),
        )
    )
    name = secrets.token_hex(16)
    async with transaction(sessions) as session:
        session.add(
            Conversation(id=secrets.token_hex(16), channel=Channel.WEB, engine_sender=name, created_at=utc_now())
        )
    return name


async def _asks(sender: str, before: str = "", **slots: Any) -> dict[str, Any]:
    message = {"text": "أريد موظف", "intent": {"name": "request_human"}, "entities": []}
    events = [
        {"event": "user", "text": before},
        {"event": "slot", "name": "failures", "value": slots.get("failures", 0)},
        {"event": "user", "text": "أريد موظف"},
    ]
    tracker = Tracker(sender, slots, message, events, False, None, {}, None)
    dispatcher = CollectingDispatcher()
    await RequestHuman().run(dispatcher, tracker, {})
    [said] = dispatcher.messages
    return dict(said.get("custom") or said)


async def test_the_conversation_is_queued_once_with_its_reason(sessions: SessionFactory, sender: str) -> None:
    first = await _asks(sender, failures=2)
    assert first["buttons"][-1]["title"] == "الخروج من الدور"
    await _asks(sender)
    async with sessions() as session:
        [handoff] = (await session.scalars(select(Handoff))).all()
    assert handoff.reason == Reason.FAILURES


async def test_anger_and_sensitive_topics_are_noted(sessions: SessionFactory, sender: str) -> None:
    await _asks(sender, before="انت غبي")
    async with transaction(sessions) as session:
        [handoff] = (await session.scalars(select(Handoff))).all()
        assert handoff.reason == Reason.ANGER
        handoff.state = "closed"  # type: ignore[assignment]
    await _asks(sender, topic={"code": "jus-02", "at": utc_now().isoformat()})
    async with sessions() as session:
        newest = (await session.scalars(select(Handoff).order_by(Handoff.id.desc()))).first()
    assert newest is not None
    assert (newest.reason, newest.topic) == (Reason.SENSITIVE, "jus-02")


async def test_an_unknown_conversation_gets_the_fixed_sentence(sender: str) -> None:
    assert (await _asks("unknown"))["response"] == "utter_request_human"
