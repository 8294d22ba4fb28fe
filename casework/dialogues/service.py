"""Filling forms: one question at a time, back and forth, with side questions, over any pause.

A message is acted on once: its outcome is kept with the state in one transaction, and the same message again gets the
same outcome.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from casework.dialogues import repository, sentences, words
from casework.dialogues.forms import Answers, Choice, Context, Form, Given, Prompt
from casework.dialogues.models import Dialogue
from casework.dialogues.registry import Begin, Registry
from casework.dialogues.state import Frame, dump, load
from casework.dialogues.steps import Desk, Step
from citizens.vault import service as vault
from citizens.vault.recognise import Identifier

SideQuestion = Callable[[str], Awaitable[bool]]
Closed = Callable[[str], str | None]


def _nothing_closed(_name: str) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a message.

    Attributes:
        replies: What is said; personal texts are vault tokens.
        aside: A side question to be answered before `replies`; None if there is none.
        hint: Said in place of an answer to a side question that nobody understands.
        handled: False if no form is open: the message is not a form's business.
    """

    replies: tuple[Prompt, ...] = ()
    aside: str | None = None
    hint: str = ""
    handled: bool = True


class Dialogues:
    """The forms of a registry.

    Args:
        registry: Forms and handlers.
        side_question: Tells whether a text typed where an account is expected is plainly a question of its own.
        closed: What is said instead, while the form or the handler of this name is switched off; None if it is not.
    """

    def __init__(self, registry: Registry, side_question: SideQuestion, closed: Closed = _nothing_closed) -> None:
        self._registry = registry
        self._side_question = side_question
        self._closed = closed

    async def take(self, context: Context, message_id: str, given: Given) -> Outcome:
        """Acts on a message of a conversation in which a form is open."""
        row = await repository.get(context.session, context.conversation_id)
        if row is not None and row.message_id == message_id and row.outcome is not None:
            return _outcome(row.outcome)
        frames = _frames(row, context)
        if row is None or not frames:
            return Outcome(handled=False)
        sentence = self._closed(frames[-1].kind)
        if sentence is not None and not _leaves(frames[-1], given):
            # The form stays as it is. What is no answer to it may still be a question of its own.
            return Outcome(aside=given.text, hint=sentence) if given.text else Outcome((Prompt(sentence),))
        away = _away(row, context)
        desk = Desk(self._registry.forms, frames, context, self._side_question)
        return await self._keep(context, message_id, frames, await desk.take(given, away=away))

    async def last_message(self, context: Context) -> str | None:
        """The message that a form or a button acted on last; None if there was none."""
        row = await repository.get(context.session, context.conversation_id)
        return None if row is None else row.message_id

    async def begin(
        self,
        context: Context,
        message_id: str,
        kind: str,
        given: Given,
        known: Answers | None = None,
        *,
        instead: bool = False,
    ) -> Outcome:
        """Begins a form that is not switched off; one that is open already is offered again.

        Args:
            context: Where.
            message_id: The message that opens it.
            kind: Which form.
            given: What the message says.
            known: Answers that a button brought along.
            instead: This message was taken for a side question a moment ago, which this replaces.

        Raises:
            KeyError: There is no such form.
        """
        row = await repository.get(context.session, context.conversation_id)
        if not instead and row is not None and row.message_id == message_id and row.outcome is not None:
            return _outcome(row.outcome)
        if (sentence := self._closed(kind)) is not None:
            return Outcome((Prompt(sentence),))
        frames = _frames(row, context)
        desk = Desk(self._registry.forms, frames, context, self._side_question)
        away = row is not None and _away(row, context)
        return await self._keep(context, message_id, frames, await desk.begin(kind, given, known, away=away))

    async def press(self, context: Context, message_id: str, choice: str) -> Outcome:
        """Acts on a button of no open question: `begin:<kind>`, `do:<handler>:<argument>`, or an old one."""
        action, _, rest = choice.partition(":")
        if action == "begin" and rest in self._registry.forms:
            return await self.begin(context, message_id, rest, Given())
        name, _, argument = rest.partition(":")
        handler = self._registry.handlers.get(name) if action == "do" else None
        row = await repository.get(context.session, context.conversation_id)
        if row is not None and row.message_id == message_id and row.outcome is not None:
            return _outcome(row.outcome)
        frames = _frames(row, context)
        if handler is None:
            return await self._keep(context, message_id, frames, Step((Prompt(sentences.NOTHING_OPEN),)))
        if (sentence := self._closed(name)) is not None:
            return Outcome((Prompt(sentence),))
        wish = await handler(context, argument)
        if isinstance(wish, Begin):
            return await self.begin(context, message_id, wish.kind, Given(), wish.answers)
        desk = Desk(self._registry.forms, frames, context, self._side_question)
        return await self._keep(context, message_id, frames, Step(wish + await desk.again()))

    async def _keep(self, context: Context, message_id: str, frames: list[Frame], step: Step) -> Outcome:
        replies = [await _concealed(context, prompt) for prompt in step.replies]
        outcome = Outcome(tuple(replies), step.aside, step.hint)
        top = frames[-1] if frames else None
        await repository.put(
            context.session,
            context.conversation_id,
            expects=None if top is None else _expects(self._registry.forms[top.kind], top),
            state=context.keys.encrypt(dump(frames)) if frames else None,
            message_id=message_id,
            outcome=_as_json(outcome),
            now=context.now,
        )
        return outcome


def _leaves(frame: Frame, given: Given) -> bool:
    """Whether the message is about leaving the form: that is possible while the form is switched off, too."""
    if given.choice is not None:
        return given.choice in ("ctl:cancel", "ctl:drop", "ctl:resume")
    return frame.phase == "cancel" or (given.shared is None and words.command_of(given.text) == "cancel")


def _away(row: Dialogue, context: Context) -> bool:
    return context.now - row.updated_at > timedelta(hours=context.settings.dialogue_pause_hours)


def _frames(row: Dialogue | None, context: Context) -> list[Frame]:
    return load(context.keys.decrypt(row.state)) if row is not None and row.state is not None else []


def _expects(form: Form, frame: Frame) -> str:
    if frame.phase != "ask" or frame.paused:
        return ""
    question = next((question for question in form.questions if question.key == frame.question), None)
    return ",".join(sorted(question.expects)) if question else ""


async def _concealed(context: Context, prompt: Prompt) -> Prompt:
    place = (context.session, context.conversation_id, prompt.text, context.keys, context.now)
    if prompt.personal:
        return replace(prompt, text=await vault.conceal_whole(*place))
    # A question may show what a sample number looks like.
    return replace(prompt, text=await vault.conceal(*place, but=(Identifier.SAMPLE, Identifier.RATION_CARD)))


def _as_json(outcome: Outcome) -> dict[str, Any]:
    return {
        "replies": [
            {
                "text": prompt.text,
                "choices": [[choice.title, choice.value] for choice in prompt.choices],
                "files": list(prompt.files),
            }
            for prompt in outcome.replies
        ],
        # What a side question says is not kept: a repeat of it is only told again where the form stands.
        "aside": outcome.aside is not None,
        "hint": outcome.hint,
    }


def _outcome(stored: dict[str, Any]) -> Outcome:
    replies = tuple(
        Prompt(reply["text"], tuple(Choice(title, value) for title, value in reply["choices"]), tuple(reply["files"]))
        for reply in stored["replies"]
    )
    return Outcome(replies, "" if stored["aside"] else None, stored["hint"])
