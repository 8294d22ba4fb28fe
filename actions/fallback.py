"""What is said when a line was not understood or nothing was found: never a dead end, never a guess."""

from collections.abc import Sequence
from typing import Any, Final

import structlog
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.exc import SQLAlchemyError

from actions.abuse import is_abuse
from actions.answers import GUIDANCE_LINE, facet_buttons
from actions.decision import Decision
from actions.elsewhere import answer as say_who_takes_it
from actions.messages import CATEGORIES, PERSON, Button, say, service_button
from actions.offer import no_offer, set_offer
from actions.resources import resources
from actions.turn import Turn
from casework.cases.chat import elsewhere
from catalog.unanswered import service as unanswered
from catalog.unanswered.models import Outcome
from foundation.database import transaction

FAILURES_BEFORE_PERSON: Final = 2
"""So many turns in a row without an answer, and a person is offered."""
NEAREST_MIN_SCORE: Final = 0.05
"""Entries less likely than this are no help even as a nearest guess."""
NEAREST_OUTSIDE_MIN_SCORE: Final = 0.25
"""The same for a line that is not the assistant's business: there a wrong guess only puzzles."""

LIKELY_MIN_SCORE: Final = 0.1
"""Entries from this probability on are what a follow-up question is taken to be about."""

log = structlog.get_logger(__name__)


async def offer_nearest(dispatcher: CollectingDispatcher, decision: Decision, turn: Turn) -> list[dict[str, Any]]:
    """Says that no service was found, and shows the nearest, the categories and a person."""
    await _note(turn, decision, Outcome.NOT_FOUND)
    nearest = await _nearest(decision, NEAREST_MIN_SCORE)
    text = "لم أجد خدمة بهذا الوصف في الدليل."
    text += "\nهذه أقرب الخدمات، أو اكتب اسم الخدمة بكلمات أخرى." if nearest else "\nاكتب اسم الخدمة بكلمات أخرى."
    say(dispatcher, text + _person_line(turn), [*nearest, CATEGORIES, PERSON])
    return _failed(turn, () if turn.topic else _likely(decision))


async def confirm_nearest(dispatcher: CollectingDispatcher, decision: Decision, turn: Turn) -> list[dict[str, Any]]:
    """Asks whether the one clearly nearest entry is meant, where the line sounded like none."""
    if is_abuse(turn.text) or (not turn.in_form and elsewhere.read(turn.text) is not None):
        return await fail(dispatcher, decision, turn)
    await _note(turn, decision, Outcome.OUT_OF_SCOPE)
    nearest = await _nearest(decision, NEAREST_OUTSIDE_MIN_SCORE)
    if not nearest:
        return await fail(dispatcher, decision, turn)
    title = nearest[0].title.rstrip("؟")
    text = f"لم أتأكد أني فهمت. هل تقصد «{title}»؟ إن كان شيئاً آخر فقد لا يكون في دليلي."
    say(dispatcher, text + _person_line(turn), [*nearest, CATEGORIES, PERSON])
    return _failed(turn, [decision.hits[0].code])


async def fail(dispatcher: CollectingDispatcher, decision: Decision, turn: Turn) -> list[dict[str, Any]]:
    """Says that the line is not understood or not the assistant's business; the topic's buttons stay at hand."""
    if is_abuse(turn.text):
        dispatcher.utter_message(response="utter_abuse")
        return _failed(turn)
    if not turn.in_form and (complaint := elsewhere.read(turn.text)) is not None:
        return say_who_takes_it(dispatcher, complaint)
    await _note(turn, decision, Outcome.OUT_OF_SCOPE)
    if turn.topic and (about := await _about_topic(turn.topic)):
        title, buttons = about
        text = f"لم أفهم سؤالك. إذا كان عن «{title}» فاختر من الأزرار، أو اكتبه بكلمات أخرى."
        person = [PERSON] if turn.failures_before + 1 >= FAILURES_BEFORE_PERSON else []
        say(dispatcher, text + _person_line(turn), [*person, *buttons, CATEGORIES])
        return _failed(turn)
    text = "هذا خارج ما أعرفه. أجيب عن الخدمات الحكومية الإلكترونية فقط، مثل المستمسكات والرسوم والخطوات."
    nearest = await _nearest(decision, NEAREST_OUTSIDE_MIN_SCORE)
    say(dispatcher, text + _person_line(turn), [*nearest, CATEGORIES, PERSON])
    return _failed(turn)


async def _note(turn: Turn, decision: Decision, outcome: Outcome) -> None:
    """Keeps the line for the editors; if that fails the citizen is answered all the same."""
    if turn.in_form:
        return
    nearest = decision.hits[0].code if decision.hits else ""
    try:
        async with transaction(resources().sessions) as session:
            guess = turn.understood.likeliest_but_refusal
            await unanswered.note(session, turn.text, outcome, nearest, resources().clock(), guess=guess)
    except (SQLAlchemyError, OSError) as error:
        log.warning("unanswered_not_kept", error=type(error).__name__)


async def _about_topic(code: str) -> tuple[str, list[Button]] | None:
    service = resources().index.service(code)
    return (service.name, facet_buttons(service)) if service else None


def _person_line(turn: Turn) -> str:
    if turn.failures_before + 1 < FAILURES_BEFORE_PERSON:
        return ""
    return f"\nهل تريد أن تتكلم مع إنسان؟ اضغط الزر، أو اتصل بخط الإرشاد لبوابة أور: {GUIDANCE_LINE}."


def _failed(turn: Turn, likely: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Counts the failure; what was offered as likely, now or just before, is what «وشكد؟» is about next."""
    failures = turn.failures_before + 1
    codes = likely or (turn.offer.candidates if turn.offer else ())
    if codes:
        return [SlotSet("failures", failures), set_offer("ask_service", codes, asked=0)]
    offer = set_offer("request_human") if failures >= FAILURES_BEFORE_PERSON else no_offer()
    return [SlotSet("failures", failures), offer]


def _likely(decision: Decision) -> list[str]:
    return [hit.code for hit in decision.hits if hit.score >= LIKELY_MIN_SCORE]


async def _nearest(decision: Decision, min_score: float) -> list[Button]:
    codes = [hit.code for hit in decision.hits if hit.score >= min_score]
    if not codes:
        return []
    titles = resources().index.titles(codes)
    return [service_button(title, decision.asked_intent, code) for code, title in titles.items()]
