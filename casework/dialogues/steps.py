"""One step of a form: what a message does to the stack of open forms, and what is said."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace

from casework.dialogues import asides, pages, sentences, words
from casework.dialogues.forms import (
    Accepted,
    Answers,
    Context,
    Expect,
    Form,
    Given,
    Prompt,
    Question,
    Retry,
)
from casework.dialogues.state import Frame

ASK_BEFORE_DROPPING = 2
"""From so many answers on, a form is not thrown away without asking."""
STEERING_WORDS = 3
"""A longer text that agrees says more than that."""


@dataclass(frozen=True, slots=True)
class Step:
    """What is said; `aside` is a side question to be answered first, `hint` what is said if nobody understands it."""

    replies: tuple[Prompt, ...] = ()
    aside: str | None = None
    hint: str = ""


class Desk:
    """The stack of one conversation, for one message. Changes `frames` in place."""

    def __init__(
        self,
        forms: Mapping[str, Form],
        frames: list[Frame],
        context: Context,
        side_question: Callable[[str], Awaitable[bool]],
    ) -> None:
        self._forms = forms
        self._frames = frames
        self._context = context
        self._side_question = side_question

    @property
    def _top(self) -> Frame:
        return self._frames[-1]

    @property
    def _form(self) -> Form:
        return self._forms[self._top.kind]

    async def begin(self, kind: str, given: Given, known: Answers | None, *, away: bool) -> Step:
        """Puts a form on the stack and asks its first question; one that is open is gone on with."""
        if known is None and any(frame.kind == kind for frame in self._frames):
            return await self._same_again(kind, given, away=away)
        if known is None and self._frames and (instead := self._form.instead_of(kind, given)) is not None:
            return Step((Prompt(self._standing(instead)), *await self.again()))
        form, before = self._forms[kind], self._form if self._frames else None
        opened = await form.begin(self._context, given)
        self._frames.append(Frame(kind, {**opened.answers, **(known or {})}))
        going = await self._go_on()
        if before is None or len(self._frames) == 1 or self._top.kind != kind:  # over already
            return Step(opened.preface + going)
        return Step((Prompt(sentences.laid_aside(before.title)), *opened.preface, *going))

    async def _same_again(self, kind: str, given: Given, *, away: bool) -> Step:
        inner = self._top.kind != kind
        while self._top.kind != kind:
            self._frames.pop()
        if away or self._top.paused:
            self._top.paused = True
            return Step((pages.offer(self._form),))
        remark = await self._form.note(self._context, self._top.answers, given)
        if remark is None:
            remark = sentences.returning(self._form.title) if inner else sentences.within(self._form.title)
        return Step((Prompt(remark), *await self.again()))

    def _standing(self, sentence: str) -> str:
        """The sentence, with how much is left."""
        if self._top.phase == "confirm":
            return f"{sentence} {sentences.ONLY_CONFIRM}"
        return f"{sentence} {pages.left(self._form, self._top.answers)}."

    async def take(self, given: Given, *, away: bool) -> Step:
        """Acts on a message while a form is open; `away`: the citizen has not gone on with it for long."""
        frame = self._top
        if given.choice is not None:
            frame.paused = False
            return await self._pressed(given)
        if not given.text and given.shared is None:  # a button of something else
            return Step(await self.again(), aside="")
        command = words.command_of(given.text) if given.shared is None else None
        if away or frame.paused:
            return await self._back_again(given, command)
        if frame.phase == "cancel" and (wish := words.whether_to_drop(given.text)) is not None:
            return await self._control(wish)
        if command == "resume" and self._takes_assent():
            command = None
        if command is not None:
            return await self._control(command)
        match frame.phase:
            case "ask":
                return await self._typed(self._question(frame.question), given)
            case "confirm" | "edit" if remark := await self._form.beside(self._context, frame.answers, given, ""):
                return Step((Prompt(remark), *await self._go_on()))
            case "confirm" if words.goes_on(given.text) or given.intent == "affirm":
                return await self._control("confirm")
            case "confirm" if words.gives_up(given.text):
                return await self._control("leave")
            case "confirm" if words.is_no(given.text) or given.intent == "deny":
                return await self._control("edit")
            case "edit" if named := pages.named(self._form, frame.answers, given.text):
                return await self._edit(named)
            case "edit" if words.goes_on(given.text) or words.is_no(given.text):
                return await self._control("review")
            case "edit" if (question := self._open_question()) is not None:
                frame.phase, frame.question = "ask", question.key
                return await self._typed(question, given)
            case _:
                return await self._aside(given)

    def _takes_assent(self) -> bool:
        """Whether «كمل» is an answer: yes to the review, or to a question that is gone on from."""
        frame = self._top
        return frame.phase in ("confirm", "edit") or (
            frame.phase == "ask" and self._question(frame.question).takes_assent
        )

    async def _typed(self, question: Question, given: Given) -> Step:
        """What was typed while a question is open; much of it is no answer, though any words might be one."""
        text, frame = given.text, self._top
        if given.shared is None and text:
            if words.gives_up(text) and not words.is_skip(text) and not question.reads_giving_up:
                return await self._control("leave")
            remark = await self._form.beside(self._context, frame.answers, given, question.key)
            if remark is not None:
                return Step((Prompt(remark), *await self._go_on()))
            if Expect.WHOLE_TEXT in question.expects:
                if question.claims(text, frame.answers):
                    return await self._answered(question, given)
                if asides.intent_of(text) or await self._side_question(text):
                    return await self._aside(given)
                if words.corrects(text) and pages.changeable(self._form, frame.answers):
                    return await self._control("edit")
                if words.goes_on(text) and not words.is_skip(text):
                    return await self._aside(given)
        return await self._answered(question, given)

    async def _aside(self, given: Given) -> Step:
        """What is no answer: kept, or understood as about the form, or else a question of its own."""
        frame, form, text = self._top, self._form, given.text
        remark = await form.note(self._context, frame.answers, given)
        if remark is not None:
            return Step((Prompt(remark), *await self.again()))
        intent = asides.intent_of(text) or given.intent
        if intent == "cancel" or words.gives_up(text) or (words.is_done(text) and frame.phase == "ask"):
            return await self._control("leave")
        if words.goes_on(text) or (intent == "affirm" and len(text.split()) <= STEERING_WORDS):
            return Step((Prompt(sentences.GOING_ON), *await self.again()))
        if words.corrects(text) and frame.phase == "ask" and pages.changeable(form, frame.answers):
            return await self._control("edit")
        said = sentences.courtesy(intent, form.title, reviewed=form.confirm)
        if said is not None:
            return Step((Prompt(said), *await self.again()))
        if intent == "goodbye":
            return Step((Prompt(sentences.kept(form.title), (sentences.RESUME, sentences.CANCEL)),))
        return Step(await self.again(), aside=text, hint=sentences.NOT_UNDERSTOOD)

    async def again(self) -> tuple[Prompt, ...]:
        """What the open form waits for, once more; nothing if none is open."""
        if not self._frames:
            return ()
        frame = self._top
        if frame.paused:
            return (pages.offer(self._form),)
        match frame.phase:
            case "ask":
                return (await pages.asked(self._context, frame, self._question(frame.question)),)
            case "confirm":
                return (pages.summary(self._form, frame.answers),)
            case "edit":
                return (pages.what_to_edit(self._form, frame.answers),)
            case _:
                return (Prompt(sentences.surely(self._form.title), sentences.CANCEL_CHOICES),)

    async def _back_again(self, given: Given, command: words.Command | None) -> Step:
        self._top.paused = True
        if given.shared is not None or command == "resume" or words.is_yes(given.text):
            self._top.paused = False
            if given.shared is not None and self._top.phase == "ask":
                return await self._answered(self._question(self._top.question), given)
            return Step(await self.again())
        if command == "cancel":
            self._top.paused = False
            return await self._control("cancel")
        if self._top.phase == "ask" and await self._answers_plainly(given):
            self._top.paused = False
            return await self._answered(self._question(self._top.question), given)
        return Step((pages.offer(self._form),), aside=given.text)

    async def _answers_plainly(self, given: Given) -> bool:
        """Whether a citizen who was away simply answers; where anything is an answer that cannot be known."""
        question = self._question(self._top.question)
        if Expect.WHOLE_TEXT in question.expects:
            return False
        read = await question.read(self._context, dict(self._top.answers), given)
        return isinstance(read, Accepted) and bool(read.updates.get(question.key))

    async def _pressed(self, given: Given) -> Step:
        choice = given.choice or ""
        if choice.startswith("ctl:"):
            return await self._control(choice.removeprefix("ctl:"))
        if choice.startswith("edit:"):
            key = choice.removeprefix("edit:")
            return await self._edit(key) if self._find(key) else Step(await self.again())
        address, _, value = choice.partition("=")
        kind, _, key = address.partition(".")
        question = self._find(key) if kind == self._top.kind else None
        is_open = question is not None and self._top.phase == "ask" and self._top.question == key
        if question is None or not (is_open or key in self._top.answers):
            return Step((Prompt(sentences.OLD_BUTTON), *await self.again()))
        return await self._answered(question, replace(given, choice=value))

    async def _control(self, command: str) -> Step:
        frame = self._top
        match command:
            case "resume":
                if frame.phase == "cancel":
                    frame.phase = "ask" if frame.question else "confirm"
                return Step(await self.again())
            case "back" if frame.phase == "edit":
                return Step(await self._go_on())
            case "back":
                return await self._back()
            case "leave" if self._form.confirm:
                frame.phase = "cancel"
                return Step(await self.again())
            case "cancel" if len(frame.trail) >= ASK_BEFORE_DROPPING:
                frame.phase = "cancel"
                return Step(await self.again())
            case "cancel" | "drop" | "leave":
                title = self._form.title
                self._frames.pop()
                return Step((Prompt(sentences.dropped(title)), *await self._rest()))
            case "edit":
                if not pages.changeable(self._form, frame.answers):
                    return Step((Prompt(sentences.NOTHING_TO_EDIT), *await self.again()))
                frame.phase = "edit"
                return Step(await self.again())
            case "review":
                return Step(await self._go_on())
            case "confirm" if frame.phase in ("confirm", "cancel", "edit") and not self._open_question():
                return Step(await self._finish())
            case _:
                return Step((Prompt(sentences.OLD_BUTTON), *await self.again()))

    async def _back(self) -> Step:
        frame = self._top
        if not frame.trail:
            return Step((Prompt(sentences.FIRST_QUESTION), *await self.again()))
        question = self._question(frame.trail.pop())
        question.forget(frame.answers)
        return Step(await self._ask(question))

    async def _edit(self, key: str) -> Step:
        question = self._question(key)
        question.forget(self._top.answers)
        return Step(await self._ask(question))

    async def _answered(self, question: Question, given: Given) -> Step:
        frame = self._top
        match await question.read(self._context, frame.answers, given):
            case Accepted(updates, remark):
                frame.answers.update(updates)
                if question.key in frame.trail:
                    frame.trail.remove(question.key)
                frame.trail.append(question.key)
                return Step((*((Prompt(remark),) if remark else ()), *await self._go_on()))
            case Retry(text, choices):
                prompt = await pages.asked(self._context, frame, question)
                shown = prompt.choices if choices is None else pages.bound(frame, question, choices)
                frame.phase, frame.question = "ask", question.key
                return Step((Prompt(text, shown),))
            case _:
                return await self._aside(given)

    async def _go_on(self) -> tuple[Prompt, ...]:
        frame = self._top
        if (question := self._open_question()) is not None:
            return await self._ask(question)
        if self._form.confirm:
            frame.phase, frame.question = "confirm", None
            return (pages.summary(self._form, frame.answers),)
        return await self._finish()

    async def _finish(self) -> tuple[Prompt, ...]:
        frame = self._top
        finished = await self._form.finish(self._context, frame.answers)
        if finished.again is not None:
            frame.answers.update(finished.updates)
            question = self._question(finished.again)
            question.forget(frame.answers)
            return finished.replies + await self._ask(question)
        self._frames.pop()
        if finished.ends_all:
            self._frames.clear()
        return finished.replies + await self._rest()

    async def _rest(self) -> tuple[Prompt, ...]:
        if not self._frames:
            return ()
        self._top.paused = False
        return (Prompt(sentences.returning(self._form.title)), *await self.again())

    async def _ask(self, question: Question) -> tuple[Prompt, ...]:
        self._top.phase, self._top.question = "ask", question.key
        return (await pages.asked(self._context, self._top, question),)

    def _open_question(self) -> Question | None:
        return next((question for question in self._form.questions if question.applies(self._top.answers)), None)

    def _find(self, key: str) -> Question | None:
        return next((question for question in self._form.questions if question.key == key), None)

    def _question(self, key: str | None) -> Question:
        found = None if key is None else self._find(key)
        # A form that has changed since: go on with what is open now.
        return found or self._open_question() or self._form.questions[0]
