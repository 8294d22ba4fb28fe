"""The receipt of a case as a picture that is kept in an old phone's gallery: the number large, and nothing personal.

Pillow draws letters one by one from left to right, so Arabic is joined (arabic-reshaper) and put in visual order first
(python-bidi, its older algorithm: the newer one does not mirror brackets). Arabic and Latin have a font each.
"""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from arabic_reshaper import ArabicReshaper
from bidi.algorithm import get_display
from PIL import Image, ImageDraw, ImageFont

from casework import fonts
from casework.cases.numbers import show
from foundation.clock import show_date

MAX_BYTES = 60_000
WIDTH = 600
"""Pixels; the width of an old phone's screen or a little more, so that it is read without turning."""
_MARGIN = 36
_COLOURS = 24
_PAPER, _BRAND, _BRAND_SOFT, _INK, _INK_SOFT, _WARN = "#ffffff", "#0b5d51", "#dcefe9", "#14211f", "#4c5b58", "#8a2a00"
_LETTERS = r"[\u0600-\u06ff\ufb50-\ufdff\ufe70-\ufeff]"
_ARABIC = re.compile(_LETTERS)
_PIECES = re.compile(rf"{_LETTERS}+(?: +{_LETTERS}+)*|(?:(?!{_LETTERS}).)+")
_reshaper = ArabicReshaper({"delete_harakat": True, "support_ligatures": True})


@dataclass(frozen=True, slots=True)
class _Style:
    size: int
    colour: str = _INK
    bold: bool = False


_TITLE = _Style(34, _PAPER, bold=True)
_LABEL = _Style(24, _INK_SOFT)
_VALUE = _Style(28, _INK, bold=True)
_NUMBER = _Style(52, _BRAND, bold=True)
_SMALL = _Style(22, _INK_SOFT)
_SAMPLE = _Style(24, _WARN, bold=True)


def picture(
    number: str,
    kind_label: str,
    place_label: str,
    day: date,
    *,
    due: date | None = None,
    suggestion: bool = False,
    sample: bool = False,
) -> bytes:
    """A PNG of at most `MAX_BYTES`.

    Args:
        number: Tracking number, digits only.
        kind_label: What it is about, in words (`wording.KINDS`).
        place_label: Where, in words; empty to leave it out.
        day: The day on which it came, in Baghdad.
        due: By when a member of staff takes it; None to leave it out.
        suggestion: It is a suggestion, no complaint.
        sample: It is sample data, which the picture says.
    """
    facts = [("النوع", kind_label), ("المكان", place_label), ("تاريخ الاستلام", show_date(day))]
    if due is not None:
        facts.append(("يستلمه موظف حتى" if suggestion else "يستلمها موظف حتى", show_date(due)))
    facts = [(label, value) for label, value in facts if value]
    height = 392 + len(facts) * 54 + (48 if sample else 0)
    image = Image.new("RGB", (WIDTH, height), _PAPER)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, WIDTH, 92), fill=_BRAND)
    _centred(draw, "راقبني: وصل مقترح" if suggestion else "راقبني: وصل شكوى", 58, _TITLE)
    y = 92
    if sample:
        y += 48
        _centred(draw, "نموذج للتجربة، ليس وصلاً حقيقياً", y - 10, _SAMPLE)
    draw.rounded_rectangle((_MARGIN, y + 24, WIDTH - _MARGIN, y + 162), 16, fill=_BRAND_SOFT)
    _centred(draw, "رقم المتابعة", y + 62, _LABEL)
    _centred(draw, show(number), y + 132, _NUMBER)
    y += 216
    for label, value in facts:
        _right(draw, label + ":", WIDTH - _MARGIN, y, _LABEL)
        _right(draw, value, WIDTH - _MARGIN - 210, y, _fitting(value, WIDTH - 2 * _MARGIN - 210))
        draw.line((_MARGIN, y + 18, WIDTH - _MARGIN, y + 18), fill=_BRAND_SOFT, width=2)
        y += 54
    _centred(draw, "احفظ هذه الصورة. بهذا الرقم تسأل متى شئت:", y + 12, _SMALL)
    _centred(draw, "اكتب للمساعد «وين وصلت» ثم الرقم.", y + 46, _SMALL)
    out = BytesIO()
    image.quantize(_COLOURS).save(out, "PNG", optimize=True)
    return out.getvalue()


def _fitting(text: str, width: int) -> _Style:
    """The style of a value, smaller until it fits."""
    style = _VALUE
    while style.size > _SMALL.size - 8 and _width(text, style) > width:
        style = _Style(style.size - 2, style.colour, style.bold)
    return style


def _centred(draw: ImageDraw.ImageDraw, text: str, baseline: int, style: _Style) -> None:
    _draw(draw, text, (WIDTH - _width(text, style)) / 2, baseline, style)


def _right(draw: ImageDraw.ImageDraw, text: str, right: int, baseline: int, style: _Style) -> None:
    _draw(draw, text, right - _width(text, style), baseline, style)


def _draw(draw: ImageDraw.ImageDraw, text: str, x: float, baseline: int, style: _Style) -> None:
    for piece, font in _pieces(text, style):
        draw.text((x, baseline), piece, font=font, fill=style.colour, anchor="ls")
        x += font.getlength(piece)


def _width(text: str, style: _Style) -> float:
    return sum(font.getlength(piece) for piece, font in _pieces(text, style))


def _pieces(text: str, style: _Style) -> list[tuple[str, ImageFont.FreeTypeFont]]:
    """A line in visual order, cut where the font changes."""
    visible = str(get_display(_reshaper.reshape(text), base_dir="R"))
    return [(piece, _font(_file(piece, style), style.size)) for piece in _PIECES.findall(visible)]


def _file(piece: str, style: _Style) -> Path:
    if _ARABIC.match(piece):
        return fonts.ARABIC_BOLD if style.bold else fonts.ARABIC
    return fonts.LATIN_BOLD if style.bold else fonts.LATIN


@lru_cache(maxsize=32)
def _font(file: Path, size: int) -> ImageFont.FreeTypeFont:
    # The basic layout draws what it is given; the other one would reorder it once more.
    return ImageFont.truetype(file, size, layout_engine=ImageFont.Layout.BASIC)
