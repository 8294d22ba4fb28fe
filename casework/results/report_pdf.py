"""The weekly report on paper: pages A4: figures, a chart of the last weeks, tables, what each figure means."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from fpdf import FPDF
from fpdf.enums import Align, TextDirection

from casework import fonts
from casework.places import atlas
from casework.results.picture import DEFINITIONS, Dimension, Figures
from foundation.clock import in_baghdad, show_date

Color = tuple[int, int, int]
_BRAND: Final[Color] = (11, 93, 81)
_BAR: Final[Color] = (111, 179, 166)
_INK: Final[Color] = (20, 33, 31)
_SOFT: Final[Color] = (76, 91, 88)
_LINE: Final[Color] = (217, 210, 193)
_WIDTH, _MARGIN, _BOTTOM = 210.0, 16.0, 280.0
_INNER = _WIDTH - 2 * _MARGIN
_CHART_MM = 46.0
_ROW_MM = 7.0
_NAME_MM = 62.0
HIDDEN: Final = "لا يظهر"
_HEADS: Final = ("الفحوص", "الموجبة", "نسبة الموجبة", "بلا نتيجة")


@dataclass(frozen=True, slots=True)
class Report:
    """What stands in it."""

    since: date
    until: date
    made_at: datetime
    whole: Figures
    tables: Mapping[Dimension, Sequence[Figures]]
    laboratories: Mapping[str, str]
    small: int


def make_pdf(report: Report) -> bytes:
    """The PDF."""
    page = _Page(report)
    page.head()
    page.numbers()
    page.chart(report.tables[Dimension.WEEK])
    page.table("المحافظات", report.tables[Dimension.GOVERNORATE], lambda key: atlas.label(key, None))
    page.table("المختبرات", report.tables[Dimension.LABORATORY], lambda key: report.laboratories.get(key, key))
    page.table("الأيام", report.tables[Dimension.DAY], lambda key: key.replace("-", "/"))
    page.meanings()
    return bytes(page.pdf.output())


class _Page:
    def __init__(self, report: Report) -> None:
        self._report = report
        pdf = FPDF(format="A4")
        pdf.set_auto_page_break(False)
        for style, arabic, latin in (("", fonts.ARABIC, fonts.LATIN), ("B", fonts.ARABIC_BOLD, fonts.LATIN_BOLD)):
            pdf.add_font("arabic", style, arabic)
            pdf.add_font("latin", style, latin)
        pdf.set_title("الموقف الوبائي الأسبوعي")
        pdf.set_lang("ar")
        pdf.set_creation_date(report.made_at)
        pdf.add_page()
        pdf.set_fallback_fonts(["latin"], exact_match=True)
        pdf.set_text_shaping(True, direction=TextDirection.RTL, script="arab", language="ara")
        self.pdf = pdf
        self._y = 0.0

    def head(self) -> None:
        """The title on a band."""
        pdf, report = self.pdf, self._report
        pdf.set_fill_color(*_BRAND)
        pdf.rect(0, 0, _WIDTH, 28, style="F")
        self._text("الموقف الوبائي الأسبوعي", 5, 19, bold=True, color=(255, 255, 255))
        days = f"من {show_date(report.since)} إلى {show_date(report.until)}"
        self._text(days, 16, 12, color=(220, 239, 233))
        self._y = 34

    def numbers(self) -> None:
        """The week in four figures."""
        one, width = self._report.whole, _INNER / 4
        for place, (title, value) in enumerate(zip(_HEADS, self._shown(one), strict=True)):
            x = _WIDTH - _MARGIN - (place + 1) * width
            self._text(value, self._y, 20, bold=True, x=x, width=width)
            self._text(title, self._y + 10, 11, color=_SOFT, x=x, width=width)
        self._y += 22

    def chart(self, weeks: Sequence[Figures]) -> None:
        """Bars of the weeks, their positive part darker; a hidden one is an empty frame."""
        self._title(f"آخر {len(weeks)} أسابيع: الفحوص، والموجبة منها أغمق")
        if not weeks:
            return
        pdf, top, bottom = self.pdf, self._y, self._y + _CHART_MM
        most, step = max((one.tests or 0 for one in weeks), default=0) or 1, _INNER / len(weeks)
        pdf.set_draw_color(*_LINE)
        pdf.line(_MARGIN, bottom, _WIDTH - _MARGIN, bottom)
        for place, one in enumerate(weeks):
            x, width = _MARGIN + place * step + step * 0.18, step * 0.64
            if one.tests is None:
                pdf.rect(x, bottom - 6, width, 6, style="D")
            else:
                for count, color in ((one.tests, _BAR), (one.positive or 0, _BRAND)):
                    height = (_CHART_MM - 8) * count / most
                    pdf.set_fill_color(*color)
                    pdf.rect(x, bottom - height, width, height, style="F")
                at = bottom - (_CHART_MM - 8) * one.tests / most - 6
                self._text(f"{one.tests:,}", max(top, at), 9, x=x - 4, width=width + 8, align=Align.C)
            label = one.key[5:].replace("-", "/")
            self._text(label, bottom + 1, 9, color=_SOFT, x=x - 4, width=width + 8, align=Align.C)
        self._y = bottom + 11

    def table(self, title: str, found: Sequence[Figures], name_of: object) -> None:
        """A line for each entry."""
        assert callable(name_of)  # noqa: S101  # given above
        if not found:
            return
        if self._y + 3 * _ROW_MM > _BOTTOM:
            self._new_page()
        self._title(title)
        self._row(("", *_HEADS), head=True)
        for one in found:
            if self._y + _ROW_MM > _BOTTOM:
                self._new_page()
                self._row(("", *_HEADS), head=True)
            self._row((name_of(one.key), *self._shown(one)))
        self._y += 5

    def meanings(self) -> None:
        """What each figure means."""
        if self._y + 40 > _BOTTOM:
            self._new_page()
        self._title("معنى الأرقام")
        titles = {"tests": "الفحوص", "positive": "الموجبة", "positivity": "نسبة الموجبة", "pending": "بلا نتيجة"}
        for name, text in DEFINITIONS.items():
            said = text.format(most=self._report.small - 1)
            said = f"{titles[name]}: {said}" if name in titles else said
            self._text(said, self._y, 10, color=_SOFT)
            self._y += 6
        made = in_baghdad(self._report.made_at)
        self._text(
            f"أُعد آلياً في {show_date(made.date())} الساعة {made:%H:%M} بتوقيت بغداد.", self._y + 2, 9, color=_SOFT
        )

    def _shown(self, one: Figures) -> tuple[str, str, str, str]:
        share = "—" if one.positivity is None else f"{one.positivity}%"
        counts = [HIDDEN if value is None else f"{value:,}" for value in (one.tests, one.positive, one.pending)]
        return counts[0], counts[1], share, counts[2]

    def _title(self, text: str) -> None:
        self._text(text, self._y, 13, bold=True, color=_BRAND)
        self._y += 9

    def _row(self, cells: Sequence[str], *, head: bool = False) -> None:
        width = (_INNER - _NAME_MM) / (len(cells) - 1)
        for place, cell in enumerate(cells):
            x = _WIDTH - _MARGIN - _NAME_MM - place * width
            wide = _NAME_MM if place == 0 else width
            self._text(cell, self._y, 9.5 if head else 10.5, color=_SOFT if head else _INK, x=x, width=wide)
        self._y += _ROW_MM
        self.pdf.set_draw_color(*_LINE)
        self.pdf.line(_MARGIN, self._y - 0.8, _WIDTH - _MARGIN, self._y - 0.8)

    def _text(
        self,
        text: str,
        y: float,
        size: float,
        *,
        bold: bool = False,
        color: Color = _INK,
        x: float = _MARGIN,
        width: float = _INNER,
        align: Align = Align.R,
    ) -> None:
        pdf = self.pdf
        pdf.set_text_color(*color)
        pdf.set_font("arabic", "B" if bold else "", size)
        while size > 7 and pdf.get_string_width(text) + 2 > width:
            size -= 0.5
            pdf.set_font("arabic", "B" if bold else "", size)
        pdf.set_xy(x, y)
        pdf.cell(width, size * 0.53, text, align=align)

    def _new_page(self) -> None:
        self.pdf.add_page()
        self._y = _MARGIN
