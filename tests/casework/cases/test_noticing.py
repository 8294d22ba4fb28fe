"""Complaints that say nothing of being one are noticed; questions about rations are not taken for complaints."""

import json
from datetime import date

import pytest

from casework.cases.chat.noticing import is_complaint
from foundation.settings import ROOT

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    "line",
    [
        "الوكيل أخذ مني ألفين زيادة",
        "الوكيل كريم جاسم بالزبير أخذ مني ألفين زيادة البارحة",
        "وكيلنا ما وزع الطحين من شهرين",
        "الوكيل يبيع حصتنا بالسوق",
        "حصتنا ناقصة زيت وسكر",
    ],
)
def test_noticed(line: str) -> None:
    assert is_complaint(line, TODAY)


@pytest.mark.parametrize("line", ["شنو رأيك بفريق برشلونة", "عزل الوكيل لدى كاتب العدل", "أريد أجدد جوازي", ""])
def test_not_taken_for_one(line: str) -> None:
    assert not is_complaint(line, TODAY)


def test_other_lines_of_the_development_set_are_left_alone() -> None:
    lines = [json.loads(line) for line in (ROOT / "nlu" / "devset" / "dev.jsonl").read_text().splitlines()]
    asked = [line["text"] for line in lines if line["intent"].startswith(("ask_", "out_of_scope", "list_"))]
    assert [text for text in asked if is_complaint(text, TODAY)] == []
