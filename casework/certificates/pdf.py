"""The certificate on paper: one page A4, Arabic on the right and English on the left, with the QR code.

Nothing stands on it that the code does not carry, so it can be made again at any time from the code alone.
"""

from io import BytesIO
from typing import Any

import segno
from fpdf import FPDF
from fpdf.enums import Align, TextDirection, XPos, YPos

from casework import fonts
from casework.certificates.content import Content, Outcome
from casework.certificates.words import show_born, show_letters, show_moment, show_name, words

ERROR_CORRECTION = "q"
"""Recommended by the specification, and a diagonal between 35 and 60 mm."""
QR_SIDE_MM = 42.0

Color = tuple[int, int, int]
_BRAND: Color = (11, 93, 81)
_BRAND_DEEP: Color = (8, 74, 65)
_GOLD: Color = (227, 167, 47)
_SAND: Color = (246, 241, 230)
_PALE: Color = (220, 239, 233)
_INK: Color = (20, 33, 31)
_SOFT: Color = (76, 91, 88)
_WHITE: Color = (255, 255, 255)
_LINE: Color = (217, 210, 193)
_RED: Color = (150, 30, 30)
_RED_PALE: Color = (251, 233, 231)

_WIDTH, _HEIGHT, _MARGIN, _GAP = 210.0, 297.0, 18.0, 6.0
_COLUMN = (_WIDTH - 2 * _MARGIN - _GAP) / 2
_RIGHT = _MARGIN + _COLUMN + _GAP
_SMALLEST = 8.0
"""Points; what is still too long then goes on in the next line."""
_MM_PER_POINT = 25.4 / 72
_PICTURE_SCALE = 10
"""Pixels of a module."""


def make_pdf(content: Content, code: str) -> bytes:
    """The PDF of a certificate."""
    page = _Page(content)
    y = page.head()
    if content.sample:
        y = page.sample_band(y)
    y = page.outcome(y)
    y = page.facts(y)
    page.code(code, y)
    return bytes(page.pdf.output())


def make_picture(code: str) -> bytes:
    """The QR code alone, with its quiet zone, as PNG: to be shown on a phone."""
    out = BytesIO()
    segno.make_qr(code, error=ERROR_CORRECTION, boost_error=False).save(out, kind="png", scale=_PICTURE_SCALE, border=4)
    return out.getvalue()


class _Page:
    def __init__(self, content: Content) -> None:
        self._content = content
        self._words: dict[str, Any] = words()["pdf"]
        pdf = FPDF(format="A4")
        pdf.set_auto_page_break(False)
        for style, arabic, latin in (("", fonts.ARABIC, fonts.LATIN), ("B", fonts.ARABIC_BOLD, fonts.LATIN_BOLD)):
            pdf.add_font("arabic", style, arabic)
            pdf.add_font("latin", style, latin)
        pdf.set_title(f"{self._words['title']['en']} - {self._words['title']['ar']}")
        pdf.set_lang("ar")
        pdf.set_creation_date(content.issued_at)
        pdf.add_page()
        self.pdf = pdf

    def head(self) -> float:
        """The name of the paper on a band; where what follows begins."""
        pdf, height = self.pdf, 32.0
        pdf.set_fill_color(*_BRAND)
        pdf.rect(0, 0, _WIDTH, height, style="F")
        pdf.set_fill_color(*_GOLD)
        pdf.rect(0, height, _WIDTH, 1.2, style="F")
        for language in ("ar", "en"):
            self._text(language, self._words["country"][language], 6.5, 12, color=_PALE)
            self._text(language, self._words["title"][language], 14, 20, bold=True, color=_WHITE)
        if self._content.sample:
            self._watermark()
        return height + 1.2

    def sample_band(self, y: float) -> float:
        """Says that it proves nothing."""
        self.pdf.set_fill_color(*_RED)
        self.pdf.rect(0, y, _WIDTH, 10, style="F")
        for language in ("ar", "en"):
            self._text(language, self._words["sample"][language], y + 1.5, 11, bold=True, color=_WHITE)
        return y + 10

    def outcome(self, y: float) -> float:
        """What was found, larger than all else."""
        negative = self._content.outcome is Outcome.NEGATIVE
        paper, ink = (_PALE, _BRAND_DEEP) if negative else (_RED_PALE, _RED)
        top, height = y + 6, 30.0
        self.pdf.set_fill_color(*paper)
        self.pdf.set_draw_color(*ink)
        self.pdf.set_line_width(0.5)
        self.pdf.rect(_MARGIN, top, _WIDTH - 2 * _MARGIN, height, style="DF", round_corners=True, corner_radius=3)
        found = self._content.outcome.value
        for language in ("ar", "en"):
            label = words()["outcome_label"][language]
            self._text(language, label, top + 2.5, 11, color=_SOFT, indent=6)
            self._text(language, words()["outcome"][found][language], top + 8, 24, bold=True, color=ink, indent=6)
            meaning = words()["outcome_meaning"][found][language]
            self._text(language, meaning, top + 20.5, 12, color=ink, indent=6)
        return top + height

    def facts(self, y: float) -> float:
        """Line by line, what the code carries."""
        content = self._content
        method = words()["method"][content.method.value]
        y += 4
        y = self._fact("name", y, show_name(content), show_letters(content), large=True)
        y = self._fact("born", y, show_born(content, "ar"), show_born(content, "en"))
        y = self._fact("test", y, method["ar"], method["en"])
        for label, moment in (("sampled", content.sampled_at), ("valid_until", content.expires_at)):
            y = self._fact(label, y, show_moment(moment, "ar"), show_moment(moment, "en"))
        y = self._fact("laboratory", y, *_in_two(content.laboratory))
        y = self._fact("issuer", y, *_in_two(content.issuer))
        return self._fact("identifier", y, content.identifier)

    def code(self, code: str, y: float) -> None:
        """The QR code, and how to use it."""
        top = max(y + 5, _HEIGHT - _MARGIN - QR_SIDE_MM)
        x = (_WIDTH - QR_SIDE_MM) / 2
        self.pdf.set_fill_color(*_WHITE)
        quiet = 4.0
        self.pdf.rect(x - quiet, top - quiet, QR_SIDE_MM + 2 * quiet, QR_SIDE_MM + 2 * quiet, style="F")
        matrix = segno.make_qr(code, error=ERROR_CORRECTION, boost_error=False).matrix
        module = QR_SIDE_MM / len(matrix)
        self.pdf.set_fill_color(0, 0, 0)
        for line, row in enumerate(matrix):
            for start, length in _runs(row):
                self.pdf.rect(x + start * module, top + line * module, length * module, module, style="F")
        side = x - quiet - 3 - _MARGIN
        for language, left in (("ar", _WIDTH - _MARGIN - side), ("en", _MARGIN)):
            smaller = 0 if language == "ar" else 1.5
            below = self._paragraph(language, self._words["check"][language], left, top, side, 11 - smaller, _INK)
            said = self._words["only_code"][language]
            self._paragraph(language, said, left, below + 4, side, 9.5 - smaller, _SOFT)

    def _fact(self, label: str, y: float, arabic: str, english: str | None = None, *, large: bool = False) -> float:
        labels = self._words[label]
        size = 16.0 if large else 13.0
        self._text("ar", labels["ar"], y, 10.5, color=_SOFT)
        self._text("en", labels["en"], y, 9.5, color=_SOFT)
        y += 5
        if english is None:
            # One value for both: on its own script's side, over the whole width.
            language = "ar" if _is_arabic(arabic) else "en"
            below = self._value(language, arabic, y, size, wide=True)
        else:
            below = max(self._value("ar", arabic, y, size), self._value("en", english, y, size - 1.5))
        below += 1.6
        self.pdf.set_draw_color(*_LINE)
        self.pdf.set_line_width(0.2)
        self.pdf.line(_MARGIN, below, _WIDTH - _MARGIN, below)
        return below + 2

    def _value(self, language: str, text: str, y: float, size: float, *, wide: bool = False) -> float:
        """A value in its column, smaller and in several lines if it is long; where it ends."""
        width = _WIDTH - 2 * _MARGIN if wide else _COLUMN
        x = _MARGIN if wide or language == "en" else _RIGHT
        self._shape(language)
        self.pdf.set_font("arabic" if language == "ar" else "latin", "B", size)
        if self.pdf.get_string_width(text) + 2 > width:
            size = max(size - 3, _SMALLEST)
        return self._paragraph(language, text, x, y, width, size, _INK, style="B")

    def _text(
        self,
        language: str,
        text: str,
        y: float,
        size: float,
        *,
        bold: bool = False,
        color: Color = _INK,
        indent: float = 0,
    ) -> None:
        """One line in its column, made smaller until it fits."""
        width, height = _COLUMN - indent, size * _MM_PER_POINT * 1.5
        arabic = language == "ar"
        self._shape(language)
        self.pdf.set_text_color(*color)
        while True:
            self.pdf.set_font("arabic" if arabic else "latin", "B" if bold else "", size)
            if size <= _SMALLEST or self.pdf.get_string_width(text) + 2 <= width:
                break
            size -= 0.5
        self.pdf.set_xy(_RIGHT if arabic else _MARGIN + indent, y)
        self.pdf.cell(width, height, text, align=Align.R if arabic else Align.L, new_x=XPos.LMARGIN, new_y=YPos.TOP)

    def _paragraph(
        self, language: str, text: str, x: float, y: float, width: float, size: float, color: Color, *, style: str = ""
    ) -> float:
        """Lines as wide as `width`; where they end."""
        arabic = language == "ar"
        self._shape(language)
        self.pdf.set_text_color(*color)
        self.pdf.set_font("arabic" if arabic else "latin", style, size)
        self.pdf.set_xy(x, y)
        self.pdf.multi_cell(width, size * _MM_PER_POINT * 1.45, text, align=Align.R if arabic else Align.L)
        return float(self.pdf.get_y())

    def _watermark(self) -> None:
        self._shape("en")
        self.pdf.set_text_color(225, 120, 110)
        self.pdf.set_font("latin", "B", 110)
        text = self._words["watermark"]["en"]
        with self.pdf.local_context(fill_opacity=0.16), self.pdf.rotation(52, _WIDTH / 2, 150):
            self.pdf.text(_WIDTH / 2 - self.pdf.get_string_width(text) / 2, 163, text)

    def _shape(self, language: str) -> None:
        if language == "ar":
            self.pdf.set_fallback_fonts(["latin"], exact_match=True)
            self.pdf.set_text_shaping(True, direction=TextDirection.RTL, script="arab", language="ara")
        else:
            self.pdf.set_fallback_fonts(["arabic"], exact_match=True)
            self.pdf.set_text_shaping(True, direction=TextDirection.LTR, script="latn", language="eng")


def _in_two(text: str) -> tuple[str, ...]:
    """An Arabic and a Latin name that stand in one field, «… / …»; else the whole."""
    arabic, slash, latin = text.partition(" / ")
    return (arabic, latin) if slash and _is_arabic(arabic) and not _is_arabic(latin) else (text,)


def _is_arabic(text: str) -> bool:
    return any("\u0600" <= character <= "\u06ff" for character in text)


def _runs(row: Any) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    start = None
    for place, dark in enumerate([*row, 0]):
        if dark and start is None:
            start = place
        elif not dark and start is not None:
            runs.append((start, place - start))
            start = None
    return runs
