"""How citizens say that they do not want to wait."""

import pytest

from casework.handoffs.leaving import wish_of


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("خلص ما اريد موظف", "leave"),
        ("اطلع من الدور", "leave"),
        ("طلعني من الدور", "leave"),
        ("لا، اريد اطلع من الدور", "leave"),
        ("ما اريد انتظر بعد", "leave"),
        ("لا اريد اطلع من الدور", "ask"),
        ("لا أريد أن أخرج من الدور", "ask"),
        ("اخرج", "leave_if_no_form"),
        ("إلغاء", "leave_if_no_form"),
        ("لا خلاص بطلت", "leave_if_no_form"),
        ("اريد موظف", None),
        ("شوكت يجاوب", "when"),
        ("شكد انتظر بعد", "when"),
        ("شوكت يطلع الجواز", None),
        ("ما اريد الجواز", None),
        ("شلون اطلع جواز", None),
    ],
)
def test_wish(text: str, wish: str | None) -> None:
    assert wish_of(text) == wish
