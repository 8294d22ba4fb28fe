"""The form of a PCR result: sample number, second factor, answer; and what the buttons under the answer do."""

import re
from datetime import datetime
from typing import Final

from arabic import digits_to_ascii, normalise
from casework.dialogues import asides
from casework.dialogues.forms import (
    Accepted,
    Answers,
    Choice,
    Context,
    Expect,
    Finished,
    Form,
    Given,
    NotAnAnswer,
    Opened,
    Prompt,
    Question,
    Read,
    Retry,
)
from casework.dialogues.registry import Registry
from casework.results import doubts, factors, repository, sample_number, sentences, service, together, wording
from casework.results.factors import Factor, Kind
from casework.results.models import Status
from casework.results.service import Locked, NotFound, Shown
from citizens.models import Channel, Conversation
from citizens.vault.recognise import Identifier
from citizens.vault.recognise import find as identifiers
from foundation.clock import in_baghdad, show_date

HANDLER: Final = "result"
"""Buttons are `do:result:send-<id>`, `show-<id>`, and what words stand for: `why-<id>`, `advice-<id>`."""
KNOWN_SHOWN: Final = 3
"""So many results that were proven before are offered as buttons."""
OPENING_MIN_CHARS: Final = 5
"""A shorter number in the opening sentence is a date or a count rather than a sample."""
_KNOWN = re.compile(r"known-(\d{1,18})")
_ARGUMENT = re.compile(r"(send|show|why|advice)-(\d{1,18})")
_LOST = tuple(
    map(normalise, ("ما عندي", "ضاع", "ضيعت", "وين ألكاه", "وين القاه", "لا أعرف", "ما أعرف", "نسيت", "ما أدري"))
)
_NAMES_ONESELF = re.compile(r"(?:اني )?ا?سمي (?!\w*ما)\w+")
_OTHER_LETTERS = re.compile(r"^\s*(?!تست|بغد)[\u0621-\u064a]{2,4}[ \-_/]*(?:[0-9\u0660-\u0669]{4}[ \-_/]*){2}\s*$")
"""The letters of a laboratory's code in Arabic, which nobody can turn back with certainty."""
_SIDE_QUESTION = re.compile(r"ask_|list_services|greet|thank")

_PERSON = Choice("التحدث مع إنسان", "/request_human")


class SampleNumber(Question):
    """Which sample."""

    key = "sample"
    expects = frozenset({Expect.DIGITS})

    def forget(self, answers: Answers) -> None:
        """With it goes what was to prove it."""
        for key in ("sample", "factor", "known"):
            answers.pop(key, None)

    async def ask(self, context: Context, answers: Answers) -> Prompt:
        """The question, with results that this conversation has proven before."""
        known = await repository.of_reader(context.session, context.conversation_id)
        choices = tuple(
            Choice(f"عينة يوم {show_date(in_baghdad(result.sampled_at).date())}", f"known-{result.id}")
            for _, result in known[:KNOWN_SHOWN]
            if result.personal is not None
        )
        return (
            Prompt(sentences.ASK_AGAIN, (*choices, _PERSON))
            if "last" in answers
            else Prompt(sentences.ASK_SAMPLE, choices)
        )

    async def read(self, context: Context, answers: Answers, given: Given) -> Read:
        """Reads a number, or a button of a known result."""
        if given.choice is not None:
            known = _KNOWN.fullmatch(given.choice)
            return Accepted({self.key: "", "known": int(known[1])}) if known else NotAnAnswer()
        if given.shared is not None:
            return Retry(sentences.CONTACT_FIRST if given.shared.kind == "contact" else sentences.ASK_SAMPLE)
        if asides.wants_person(given.text):
            return NotAnAnswer()
        if sample_number.is_phone(given.text):
            return Retry(sentences.PHONE_AS_SAMPLE)
        number, factor = together.read(given.text, in_baghdad(context.now).year)
        if number and factor:
            return Accepted({self.key: number, **_as_answers(factor)})
        if last := answers.get("last"):  # the sample stays, what proves it is mended
            factor = factors.read(given.text, in_baghdad(context.now).year)
            if factor and not _is_plainly_sample(given.text):
                return Accepted({self.key: last, **_as_answers(factor)})
        plain = normalise(given.text)
        if any(word in plain for word in _LOST) and not _has_digit(given.text):
            return Retry(sentences.LOST_SAMPLE)
        if _NAMES_ONESELF.match(plain) and not _has_digit(given.text):
            return Retry(sentences.NAME_AS_SAMPLE)
        if _SIDE_QUESTION.match(given.intent) and len(plain.split()) > 2:
            return NotAnAnswer()
        if _OTHER_LETTERS.search(given.text):
            return Retry(sentences.LATIN_LETTERS)
        if number:
            return Accepted({self.key: number})
        if any(word in plain for word in _LOST):
            return Retry(sentences.LOST_SAMPLE)
        return Retry(sentences.NO_SAMPLE) if _has_digit(given.text) else NotAnAnswer()


class Proof(Question):
    """What proves that the sample is one's own."""

    key = "factor"
    expects = frozenset({Expect.DIGITS, Expect.CONTACT})

    def applies(self, answers: Answers) -> bool:
        """Not for what was proven before."""
        return self.key not in answers and "known" not in answers

    async def ask(self, context: Context, answers: Answers) -> Prompt:
        """The question; sharing one's number is there on Telegram only."""
        conversation = await context.session.get(Conversation, context.conversation_id)
        telegram = conversation is not None and conversation.channel == Channel.TELEGRAM
        return Prompt(f"{sentences.ASK_FACTOR}\n{sentences.OR_CONTACT}" if telegram else sentences.ASK_FACTOR)

    async def read(self, context: Context, answers: Answers, given: Given) -> Read:
        """Reads a factor, typed or shared."""
        if given.shared is not None:
            return self._shared(given)
        if asides.wants_person(given.text):
            return NotAnAnswer()
        number, both = together.read(given.text, in_baghdad(context.now).year)
        if number and both and any(one.kind is Identifier.SAMPLE for one in identifiers(given.text)):
            return Accepted({"sample": number, **_as_answers(both)})
        if _is_plainly_sample(given.text):  # another sample, not a wrong proof
            return Accepted({"sample": sample_number.find(given.text)})
        if factor := factors.read(given.text, in_baghdad(context.now).year):
            return self._accepted(factor)
        if factors.phone(given.text):
            return Retry(sentences.PHONE_ALONE)
        return Retry(sentences.NO_FACTOR) if _has_digit(given.text) else NotAnAnswer()

    def _shared(self, given: Given) -> Read:
        if given.shared is None or given.shared.kind != "contact":
            return Retry(sentences.NO_FACTOR)
        if not given.shared.own:
            return Retry(sentences.OTHERS_CONTACT)
        factor = factors.proven_phone(given.shared.phone or "")
        return self._accepted(factor) if factor else Retry(sentences.UNREADABLE_CONTACT)

    def _accepted(self, factor: Factor) -> Accepted:
        return Accepted(_as_answers(factor))


class ResultForm(Form):
    """`result`: one's own PCR result."""

    kind, title, confirm = "result", "طلب النتيجة", False
    questions = (SampleNumber(), Proof())

    async def begin(self, context: Context, opening: Given) -> Opened:
        """Takes the sample number and its proof from the first sentence, if they are there."""
        if sample_number.is_phone(opening.text):
            return Opened()
        number, factor = together.read(opening.text, in_baghdad(context.now).year)
        if number is not None and len(number) < OPENING_MIN_CHARS:
            return Opened()
        return Opened(({"sample": number} if number else {}) | (_as_answers(factor) if factor else {}))

    async def note(self, context: Context, answers: Answers, given: Given) -> str | None:
        """Says why a result may not be found to who doubts it."""
        return doubts.remark(given.text) if "last" in answers else None

    async def finish(self, context: Context, answers: Answers) -> Finished:
        """Looks up, and answers."""
        if "known" in answers:
            return Finished(await _show(context, int(answers["known"])))
        kept = answers["factor"]
        factor = Factor(tuple((Kind(kind), value) for kind, value in kept["readings"]), bool(kept["proven"]))
        found = await service.look_up(
            context.session,
            context.conversation_id,
            answers["sample"],
            factor,
            context.now,
            keys=context.keys,
            settings=context.settings,
        )
        match found:
            case Shown():
                return Finished(tuple(_answer(context, one) for one in (found, *found.others)))
            case Locked(until):
                return Finished((Prompt(_stopped(until, context.now)),))
            case NotFound(None):
                last = {"last": answers["sample"]}
                return Finished((Prompt(sentences.NOT_FOUND),), again=SampleNumber.key, updates=last)
            case NotFound(locked_until):
                stopped = "" if locked_until is None else _stopped(locked_until, context.now)
                return Finished((Prompt(f"{sentences.NOT_FOUND}\n\n{stopped}"),))


def _as_answers(factor: Factor) -> Answers:
    return {Proof.key: {"readings": [list(one) for one in factor.readings], "proven": factor.proven}}


def _is_plainly_sample(text: str) -> bool:
    found = identifiers(text)
    return len(found) == 1 and found[0].kind is Identifier.SAMPLE


def register(registry: Registry) -> None:
    """Adds the form and what its buttons do."""
    registry.add(ResultForm())
    registry.on(HANDLER, _pressed)


async def _pressed(context: Context, argument: str) -> tuple[Prompt, ...]:
    asked = _ARGUMENT.fullmatch(argument)
    if asked is None:
        return (Prompt(sentences.GONE),)
    if asked[1] == "show":
        return await _show(context, int(asked[2]))
    if asked[1] in ("why", "advice"):
        return await _explain(context, asked[1], int(asked[2]))
    result = await service.wait_for(context.session, context.conversation_id, int(asked[2]), context.now)
    if result is None:
        return (Prompt(sentences.GONE),)
    return (Prompt(wording.WILL_SEND),) if result.status == Status.PENDING else await _show(context, result.id)


async def _explain(context: Context, what: str, result_id: int) -> tuple[Prompt, ...]:
    """What a result means, or what to do now: to those who have proven that it is theirs."""
    shown = await service.show_again(
        context.session, context.conversation_id, result_id, context.now, keys=context.keys
    )
    if shown is None:
        return (Prompt(sentences.GONE),)
    say = wording.meaning if what == "why" else wording.advice
    return (say(shown.result, context.settings.results_emergency_line),)


async def _show(context: Context, result_id: int) -> tuple[Prompt, ...]:
    shown = await service.show_again(
        context.session, context.conversation_id, result_id, context.now, keys=context.keys
    )
    return (Prompt(sentences.GONE),) if shown is None else (_answer(context, shown),)


def _answer(context: Context, shown: Shown) -> Prompt:
    return wording.answer(
        shown.result,
        shown.personal.sample,
        shown.laboratory,
        context.settings.results_emergency_line,
        waiting=shown.waiting,
    )


def _stopped(until: datetime, now: datetime) -> str:
    there = in_baghdad(until)
    same_day = there.date() == in_baghdad(now).date()
    return sentences.STOPPED.format(
        when=f"الساعة {there:%H:%M}" if same_day else f"{show_date(there.date())} الساعة {there:%H:%M}"
    )


def _has_digit(text: str) -> bool:
    return any(char.isdecimal() for char in digits_to_ascii(text))
