"""Complaints that another body must hear are known as such; those of rations, and questions of services, are not."""

import pytest

from casework.cases.chat.elsewhere import read


@pytest.mark.parametrize(
    ("line", "body"),
    [
        ("اريد اشتكي على الكهرباء", "الكهرباء"),
        ("الكهرباء مقطوعة من البارحة ومحد يجي", "الكهرباء"),
        ("عندي شكوى على البلدية الزبالة متراكمة بمنطقتنا", "البلدية والمجاري"),
        ("ماكو ماي بالبيت صارله اسبوع", "الماء"),
        ("اشتكي على موظفين الجوازات يصيحون علينا", "الجوازات"),
        ("المستشفى بيها اهمال وماكو علاج", "الصحة"),
        ("شكوى على مدير المدرسة", "التربية والتعليم"),
    ],
)
def test_another_body(line: str, body: str) -> None:
    found = read(line)
    assert found is not None
    assert found.body == body


def test_a_bribe_and_a_place() -> None:
    found = read("موظف بالطابو ببغداد يطلب رشوة")
    assert found is not None
    assert (found.bribe, found.governorate) == (True, "baghdad")


@pytest.mark.parametrize(
    "line",
    [
        *("الوكيل اخذ مني الفين زيادة", "الطحين خربان", "شكوى على وكيل الحصة بالموصل", "وكيل التموين يرتشي"),
        *("شكد رسوم جواز السفر", "اريد ايصال كهرباء للبيت", "تجديد جواز", "شكرا", "عندي شكوى", "شلون احول الماء باسمي"),
    ],
)
def test_none(line: str) -> None:
    assert read(line) is None
