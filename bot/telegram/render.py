"""A reply as Telegram messages: right to left, in parts of at most 4,096 UTF-16 units, buttons under the last."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, KeyboardButton, MessageEntity, ReplyKeyboardMarkup
from telegram.constants import MessageLimit

from arabic import rtl_text
from arabic.bidi import FIRST_STRONG_ISOLATE, POP_ISOLATE
from bot.sentences import text_of
from casework.dialogues.wire import FILE, SHARE, SHARE_PHOTO

PART_MAX_UNITS = MessageLimit.MAX_TEXT_LENGTH.value
BUTTONS_A_ROW = 2
HALF_ROW_CHARS = 17
"""A title up to this length is readable on half the width of a small phone."""
TITLE_MAX_CHARS = 90

_URL = re.compile(r"https?://[^\s<>«»\"\u2066-\u2069\u200e\u200f]*[^\s<>«»\"\u2066-\u2069\u200e\u200f.,،؛;:!؟?)\]]")
_ISOLATED = re.compile(f"{FIRST_STRONG_ISOLATE}[^{POP_ISOLATE}\n]*{POP_ISOLATE}")
_TITLE = re.compile(r"(?P<title>[^\n]+)\n\s*\n")
# Better places to cut first.
_CUTS = (re.compile(r"\n\s*\n"), re.compile(r"\n"), re.compile(r"(?<=[.!؟?؛])\s+"), re.compile(r"\s+"))


@dataclass(frozen=True, slots=True)
class Part:
    """One Telegram message."""

    text: str
    entities: Sequence[MessageEntity]
    keyboard: InlineKeyboardMarkup | ReplyKeyboardMarkup | None
    file: str | None = None
    """Id of a stored file that is sent instead of the text."""


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    kind: str
    url: str | None = None


def render(text: str, body: dict[str, Any]) -> Sequence[Part]:
    """A reply's parts; none if it has no text.

    A first line that is followed by an empty line is a title and becomes bold; links become entities.

    Args:
        text: The reply's text, identifiers revealed.
        body: Its buttons (with opaque ids as payloads) and attachments.
    """
    attachments = body.get("attachments", [])
    links = [f"{one['name']}: {one['url']}" for one in attachments if not one["url"].startswith(FILE)]
    files = [Part("", (), None, one["url"].removeprefix(FILE)) for one in attachments if one["url"].startswith(FILE)]
    whole = rtl_text("\n".join(line for line in (text, *links) if line)).strip()
    if not whole:
        return tuple(files)
    spans = _spans(whole)
    buttons = body.get("buttons", [])
    keyboard = _keyboard([button for button in buttons if not button["payload"].startswith(SHARE)])
    device = [one for one in buttons if one["payload"].startswith(SHARE) and one["payload"] != SHARE_PHOTO]
    places = _places(whole, [(span.start, span.end) for span in spans] + [m.span() for m in _ISOLATED.finditer(whole)])
    texts = [
        Part(whole[start:end], _entities(whole, spans, start, end), keyboard if end == places[-1][1] else None)
        for start, end in places
    ]
    return [*texts, *files, *([_device_keyboard(device)] if device else [])]


def units(text: str) -> int:
    """Length in UTF-16 code units, in which Telegram counts."""
    return len(text) + sum(char > "\uffff" for char in text)


def _spans(text: str) -> list[_Span]:
    spans = [_Span(*match.span(), MessageEntity.TEXT_LINK, match[0]) for match in _URL.finditer(text)]
    title = _TITLE.match(text)
    if title is not None and title.end("title") <= TITLE_MAX_CHARS and not any(s.start < title.end() for s in spans):
        spans.insert(0, _Span(title.start("title"), title.end("title"), MessageEntity.BOLD))
    return spans


def _entities(whole: str, spans: Sequence[_Span], start: int, end: int) -> list[MessageEntity]:
    return [
        MessageEntity(
            span.kind, offset=units(whole[start : span.start]), length=units(whole[span.start : span.end]), url=span.url
        )
        for span in spans
        if start <= span.start and span.end <= end
    ]


def _places(text: str, kept_whole: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Where the parts begin and end; blanks at their borders are left out."""
    places: list[tuple[int, int]] = []
    start = 0
    while units(text[start:]) > PART_MAX_UNITS:
        furthest = _furthest(text, start)
        end, following = _cut(text, start, furthest, kept_whole)
        places.append((start, end))
        start = following
    places.append((start, len(text)))
    return places


def _furthest(text: str, start: int) -> int:
    room = PART_MAX_UNITS
    for place in range(start, len(text)):
        room -= 2 if text[place] > "\uffff" else 1
        if room < 0:
            return place
    return len(text)


def _cut(text: str, start: int, furthest: int, kept_whole: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """The end of the part that begins at `start`, and the beginning of the next one."""

    def allowed(place: int) -> bool:
        return start < place <= furthest and not any(first < place < last for first, last in kept_whole)

    earliest = start + (furthest - start) // 2  # a part that is nearly empty helps nobody
    for pattern in _CUTS:
        for match in reversed(list(pattern.finditer(text, earliest, min(len(text), furthest + 1)))):
            if allowed(match.start()):
                return match.span()
    for first, last in kept_whole:
        if start < first < furthest < last:
            return first, first
    return furthest, furthest


def _device_keyboard(buttons: Sequence[dict[str, str]]) -> Part:
    """Buttons that ask the phone for its number or place; Telegram allows these at the foot of the screen only."""
    keys = [
        [
            KeyboardButton(
                button["title"],
                request_contact=button["payload"] == f"{SHARE}contact",
                request_location=button["payload"] == f"{SHARE}location",
            )
        ]
        for button in buttons
    ]
    keyboard = ReplyKeyboardMarkup(keys, resize_keyboard=True, one_time_keyboard=True)
    return Part(rtl_text(text_of("device_button")), (), keyboard)


def _keyboard(buttons: Sequence[dict[str, str]]) -> InlineKeyboardMarkup | None:
    rows: list[list[InlineKeyboardButton]] = []
    half_free = False
    for button in buttons:
        key = InlineKeyboardButton(button["title"], callback_data=button["payload"])
        short = len(button["title"]) <= HALF_ROW_CHARS
        if short and half_free and len(rows[-1]) < BUTTONS_A_ROW:
            rows[-1].append(key)
            half_free = False
        else:
            rows.append([key])
            half_free = short
    return InlineKeyboardMarkup(rows) if rows else None
