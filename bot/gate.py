"""The gate: what is answered without the engine, and what goes to it."""

import re
import unicodedata
from dataclasses import dataclass, replace

from arabic import guess, strip_controls
from bot.commands import payload_of
from bot.danger import danger_in
from bot.incoming import Incoming, Kind
from bot.ratelimit import Allowance
from bot.replies import Reply
from bot.sentences import say
from casework.dialogues.forms import Expect
from citizens.vault.service import TOKEN_CLOSE, TOKEN_OPEN

_SENTENCE_OF_KIND = {
    Kind.PHOTO: "photo",
    Kind.VOICE: "voice",
    Kind.VIDEO: "video",
    Kind.STICKER: "sticker",
    Kind.DOCUMENT: "document",
    Kind.LOCATION: "location",
    Kind.CONTACT: "contact",
    Kind.POLL: "poll",
    Kind.OTHER: "other",
    Kind.EDITED: "edited",
}
_EXPECTED_AS = {
    Kind.PHOTO: Expect.PHOTO,
    Kind.DOCUMENT: Expect.DOCUMENT,
    Kind.LOCATION: Expect.LOCATION,
    Kind.CONTACT: Expect.CONTACT,
}
_WITH_CAPTION = frozenset({Kind.PHOTO, Kind.VIDEO, Kind.DOCUMENT, Kind.VOICE})
_ARABIC_SCRIPT = re.compile(r"[\u0620-\u06ff]")


@dataclass(frozen=True, slots=True)
class ToEngine:
    """Ask the engine; one of `text` and `payload` is set, or what was shared goes. `preface` is said first."""

    text: str | None = None
    payload: str | None = None
    shared: bool = False
    preface: tuple[Reply, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """Answered here. `reason` names why, for the metrics."""

    replies: tuple[Reply, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing is said."""

    reason: str


Verdict = ToEngine | Answer | Silence


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the gate needs to know of the conversation.

    Attributes:
        allowance: What the rate limiter says of this message.
        button_payload: What the pressed button stands for, None if this conversation was never shown it.
        repeated: The same button was pressed, or the same album sent, a moment ago.
        answered_before: Something was said in this conversation.
        own_link: A link to the private chat with the assistant.
        expects: What the open question of a form waits for; None if no form is open.
        switched_off: What citizens are told while the channel, or everything, is switched off.
    """

    allowance: Allowance = Allowance.GRANTED
    button_payload: str | None = None
    repeated: bool = False
    answered_before: bool = False
    own_link: str = ""
    expects: frozenset[Expect] | None = None
    switched_off: str | None = None


def clean(text: str) -> str:
    """Typed text without anything invisible, without the signs of a vault token and without blanks at its ends."""
    return strip_controls(text).replace(TOKEN_OPEN, "[").replace(TOKEN_CLOSE, "]").strip()


def cleaned(incoming: Incoming) -> Incoming:
    """The message as it may be stored and judged: PostgreSQL takes neither a null character nor a lone surrogate."""
    return replace(
        incoming,
        text=clean(incoming.text),
        button=strip_controls(incoming.button),
        album=strip_controls(incoming.album),
    )


def judge(incoming: Incoming, around: Circumstances, *, max_chars: int) -> Verdict:
    """Decides on one message.

    Args:
        incoming: The message, `cleaned`.
        around: What is known of the conversation.
        max_chars: Longer texts are refused with a sentence that says so.
    """
    if incoming.kind is Kind.SILENT:
        return Silence("nothing_asked")
    if incoming.kind is Kind.GROUP:
        if around.answered_before:
            return Silence("group")
        return Answer((say("group", link=around.own_link),), "group")
    if around.repeated:
        return Silence("repeated")
    if around.allowance is Allowance.REFUSED_FIRST:
        return Answer((say("rate_limited"),), "rate_limited")
    if around.allowance is Allowance.REFUSED:
        return Silence("rate_limited")
    if around.switched_off is not None:
        danger = danger_in(incoming.text) if incoming.kind is Kind.TEXT else None
        warning = () if danger is None else (say(f"danger_{danger}"),)
        return Answer((*warning, Reply(text=around.switched_off)), "switched_off")
    if incoming.kind is Kind.BUTTON:
        if around.button_payload is None:
            return Answer((say("old_button"),), "old_button")
        return ToEngine(payload=around.button_payload)
    in_form = around.expects is not None
    if incoming.kind is Kind.TEXT:
        return _judge_text(incoming.text, max_chars, (), in_form=in_form)
    if around.expects and _EXPECTED_AS.get(incoming.kind) in around.expects:
        return ToEngine(shared=True)
    if incoming.kind in _WITH_CAPTION and _has_words(incoming.text):
        return _judge_text(incoming.text, max_chars, (say("photo_with_text"),), in_form=in_form)
    return Answer((say(_SENTENCE_OF_KIND[incoming.kind]),), incoming.kind.value)


def _judge_text(text: str, max_chars: int, preface: tuple[Reply, ...], *, in_form: bool) -> Verdict:
    if not _has_words(text):
        return Answer((say("empty"),), "empty")
    if len(text) > max_chars:
        return Answer((say("too_long", chars=len(text), limit=max_chars),), "too_long")
    payload = payload_of(text)
    if payload is not None:
        return ToEngine(payload=payload)
    danger = danger_in(text)
    if danger is not None and not in_form:
        return Answer((*preface, say(f"danger_{danger}")), "danger")
    if in_form:  # a name or an account may be written in any language, and an account may tell of violence
        return ToEngine(text=text, preface=preface if danger is None else (*preface, say(f"danger_{danger}")))
    match guess(text):
        case "ku":
            return Answer((say("kurdish" if _ARABIC_SCRIPT.search(text) else "kurmanji"),), "kurdish")
        case "en":
            return Answer((say("english"),), "english")
        case _:
            return ToEngine(text=text, preface=preface)


def _has_words(text: str) -> bool:
    return any(unicodedata.category(char)[0] in "LN" for char in text)
