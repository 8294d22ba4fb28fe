"""While answers about services are off, the actions that give them say so, and others work on."""

from typing import Any

import pytest
from cryptography.fernet import Fernet
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answer import ActionAnswer, ActionOutOfScope
from actions.browse import ActionListServices
from actions.courtesy import ActionReset, Affirm
from actions.dialogue import is_side_question
from actions.forms import make_registry
from actions.handoff import RequestHuman
from actions.resources import Resources, provide
from actions.switched_off import _OF_FORMS, closing
from casework.dialogues.registry import Registry
from casework.dialogues.service import Dialogues
from catalog.search import LiveIndex
from foundation.clock import utc_now
from foundation.database import SessionFactory, transaction
from foundation.datakeys import DataKeys
from foundation.settings import Settings
from operations.switches import service
from operations.switches.board import SwitchBoard
from operations.switches.models import Capability
from operations.switches.sentences import SENTENCES

SENTENCE = "أوقفنا الإجابة عن الخدمات."


async def said(action: Action, **slots: Any) -> list[dict[str, Any]]:
    dispatcher = CollectingDispatcher()
    tracker = Tracker("x", slots, {"text": "رسوم الجواز", "intent": {"name": "ask_fee"}}, [], False, None, {}, "")
    await action.run(dispatcher, tracker, {})
    messages: list[dict[str, Any]] = dispatcher.messages
    return messages


@pytest.fixture
async def _off(sessions: SessionFactory) -> None:
    async with transaction(sessions) as session:
        await service.switch_off(
            session, Capability.SERVICE_ANSWERS, message=SENTENCE, reason="r", who="w", now=utc_now()
        )
    board = SwitchBoard(sessions)
    await board.refresh()
    provide(
        Resources(
            sessions=sessions,
            index=LiveIndex(sessions),
            clock=utc_now,
            board=board,
            keys=DataKeys([Fernet.generate_key().decode()]),
            settings=Settings(_env_file=None),
            dialogues=Dialogues(Registry(), is_side_question),
        )
    )


@pytest.mark.usefixtures("_off")
class TestOff:
    @pytest.mark.parametrize("action", [ActionAnswer(), ActionOutOfScope(), ActionListServices()])
    async def test_answers_about_services_are_the_sentence(self, action: Action) -> None:
        [message] = await said(action)
        assert message["custom"]["text"] == SENTENCE

    async def test_an_accepted_offer_of_a_service_is_the_sentence(self) -> None:
        [message] = await said(Affirm("affirm"), offer={"intent": "ask_fee", "codes": ["loan-01"], "first": 1})
        assert message["custom"]["text"] == SENTENCE

    async def test_a_person_can_still_be_asked_for(self) -> None:
        [message] = await said(Affirm("affirm"), offer={"intent": "request_human", "codes": [], "first": 1})
        assert message["response"] == "utter_request_human"

    async def test_starting_over_works_on(self) -> None:
        [message] = await said(ActionReset())
        assert message["response"] == "utter_cancelled"


async def test_forms_and_people_have_switches_of_their_own(sessions: SessionFactory) -> None:
    board = SwitchBoard(sessions)
    closed = closing(board)
    assert closed("complaint") is None
    async with transaction(sessions) as session:
        for capability in (Capability.CASES, Capability.HANDOFFS):
            await service.switch_off(
                session, capability, message=SENTENCES[capability], reason="r", who="w", now=utc_now()
            )
    await board.refresh()
    assert {closed(name) for name in ("complaint", "suggestion", "track", "reopen", "case")} == {
        SENTENCES[Capability.CASES]
    }
    assert [closed(name) for name in ("result", "certificate", "privacy")] == [None] * 3
    provide(
        Resources(
            sessions=sessions,
            index=LiveIndex(sessions),
            clock=utc_now,
            board=board,
            keys=DataKeys([Fernet.generate_key().decode()]),
            settings=Settings(_env_file=None),
            dialogues=Dialogues(Registry(), is_side_question, closed),
        )
    )
    [message] = await said(RequestHuman())
    assert message["custom"]["text"] == SENTENCES[Capability.HANDOFFS]


def test_every_form_and_button_belongs_to_a_switch_or_is_always_on() -> None:
    registry = make_registry()
    assert {*registry.forms, *registry.handlers} - set(_OF_FORMS) == {"privacy"}
    assert set(SENTENCES) == set(Capability)
