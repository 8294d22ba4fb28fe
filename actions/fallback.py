"""What is said when a line was not understood or nothing was found: never a dead end, never a guess."""

from typing import Any, Final

from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.abuse import is_abuse
from actions.answers import GUIDANCE_LINE, facet_buttons
from actions.decision import Decision
from actions.messages import Button, say, service_button
from actions.offer import no_offer, set_offer
from actions.resources import resources
from actions.turn import Turn
from catalog import service as catalogue

FAILURES_BEFORE_PERSON: Final = 2
"""So many turns in a row without an answer, and a person is offered."""
NEAREST_MIN_SCORE: Final = 0.05
"""Entries less likely than this are no help even as a nearest guess."""
NEAREST_OUTSIDE_MIN_SCORE: Final = 0.25
"""The same for a line that is not the assistant's business: there a wrong guess only puzzles."""

CATEGORIES = Button("كل الخدمات", "list_services")
PERSON = Button("التحدث مع إنسان", "request_human")


async def offer_nearest(dispatcher: CollectingDispatcher, decision: Decision, turn: Turn) -> list[dict[str, Any]]:
    """Says that no service was found, and shows the nearest, the categories and a person."""
    nearest = await _nearest(decision, NEAREST_MIN_SCORE)
    text = "لم أجد خدمة بهذا الوصف في الدليل."
    text += "\nهذه أقرب الخدمات، أو اكتب اسم الخدمة بكلمات أخرى." if nearest else "\nاكتب اسم الخدمة بكلمات أخرى."
    say(dispatcher, text + _person_line(turn), [*nearest, CATEGORIES, PERSON])
    return _failed(turn)


async def fail(dispatcher: CollectingDispatcher, decision: Decision, turn: Turn) -> list[dict[str, Any]]:
    """Says that the line is not understood or not the assistant's business; the topic's buttons stay at hand."""
    if is_abuse(turn.text):
        dispatcher.utter_message(response="utter_abuse")
        return _failed(turn)
    if turn.topic and (about := await _about_topic(turn.topic)):
        title, buttons = about
        text = f"لم أفهم سؤالك. إذا كان عن «{title}» فاختر من الأزرار، أو اكتبه بكلمات أخرى."
        say(dispatcher, text + _person_line(turn), [*buttons, CATEGORIES])
        return _failed(turn)
    text = "هذا خارج ما أعرفه. أجيب عن الخدمات الحكومية الإلكترونية فقط، مثل المستمسكات والرسوم والخطوات."
    say(
        dispatcher,
        text + _person_line(turn),
        [*await _nearest(decision, NEAREST_OUTSIDE_MIN_SCORE), CATEGORIES, PERSON],
    )
    return _failed(turn)


async def _about_topic(code: str) -> tuple[str, list[Button]] | None:
    async with resources().sessions() as session:
        service = await catalogue.get_service(session, code)
    return (service.name, facet_buttons(service)) if service else None


def _person_line(turn: Turn) -> str:
    if turn.failures_before + 1 < FAILURES_BEFORE_PERSON:
        return ""
    return f"\nهل تريد أن تتكلم مع إنسان؟ خط الإرشاد لبوابة أور: {GUIDANCE_LINE}."


def _failed(turn: Turn) -> list[dict[str, Any]]:
    failures = turn.failures_before + 1
    offer = set_offer("request_human") if failures >= FAILURES_BEFORE_PERSON else no_offer()
    return [SlotSet("failures", failures), offer]


async def _nearest(decision: Decision, min_score: float) -> list[Button]:
    codes = [hit.code for hit in decision.hits if hit.score >= min_score]
    if not codes:
        return []
    async with resources().sessions() as session:
        titles = await catalogue.titles(session, codes)
    return [service_button(title, decision.asked_intent, code) for code, title in titles.items()]
