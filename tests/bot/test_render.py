"""Replies as Telegram messages."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram import InlineKeyboardMarkup

from bot.telegram.render import PART_MAX_UNITS, render, units

SIGNS = dict.fromkeys(map(ord, "\u2068\u2069\u200f"))


def buttons(*titles: str) -> dict[str, object]:
    return {"buttons": [{"title": title, "payload": "x"} for title in titles]}


def test_title_and_link_become_entities() -> None:
    [part] = render("جواز السفر 😀\n\nالرابط: https://ur.gov.iq/جواز.\nشكراً", {})
    bold, link = part.entities
    encoded = part.text.encode("utf-16-le")
    assert encoded[bold.offset * 2 : (bold.offset + bold.length) * 2].decode("utf-16-le") == "جواز السفر 😀"
    assert encoded[link.offset * 2 : (link.offset + link.length) * 2].decode("utf-16-le") == "https://ur.gov.iq/جواز"
    assert link.url == "https://ur.gov.iq/جواز"


def test_numbers_are_isolated_and_latin_lines_start_right_to_left() -> None:
    [part] = render("الرسم 25,000 دينار\nPDF", {})
    assert part.text == "الرسم \u206825,000\u2069 دينار\n\u200f\u2068PDF\u2069"


@pytest.mark.parametrize(
    ("titles", "rows"),
    [
        (["الرسوم", "الرابط", "المدة"], [2, 1]),
        (["الرسوم", "شروط التقديم على القرض", "المدة", "الرابط"], [1, 1, 2]),
        (["شروط التقديم على القرض"] * 2, [1, 1]),
    ],
)
def test_rows_fit_a_phone(titles: list[str], rows: list[int]) -> None:
    keyboard = render("نص", buttons(*titles))[0].keyboard
    assert isinstance(keyboard, InlineKeyboardMarkup)
    assert [len(row) for row in keyboard.inline_keyboard] == rows
    assert [button.text for row in keyboard.inline_keyboard for button in row] == titles


def test_empty_reply_has_no_part() -> None:
    assert render("  ", buttons("الرسوم")) == ()


def test_attachment_is_a_line_with_its_link() -> None:
    [part] = render("نص", {"attachments": [{"name": "استمارة", "media_type": "x", "url": "https://a.iq/f.pdf"}]})
    assert part.text.endswith("استمارة: https://a.iq/f.pdf")


def test_link_is_never_cut() -> None:
    link = "https://ur.gov.iq/" + "a" * 300
    parts = render("ك" * 3000 + " " + "ل" * 900 + " " + link + " نهاية", {})
    assert sum(link in part.text for part in parts) == 1


@settings(deadline=None)
@given(st.text(alphabet="اب 1a.\n😀؟", min_size=1, max_size=12).map(lambda piece: piece * 900))
def test_parts_keep_everything_and_fit(text: str) -> None:
    parts = render(text, buttons("الرسوم"))
    assert all(0 < units(part.text) <= PART_MAX_UNITS for part in parts)
    assert [part.keyboard is not None for part in parts] == [False] * (len(parts) - 1) + [True] * bool(parts)
    kept = "".join("".join(part.text.translate(SIGNS).split()) for part in parts)
    assert kept == "".join(text.translate(SIGNS).split())
    for part in parts:
        for entity in part.entities:
            assert entity.offset + entity.length <= units(part.text)
