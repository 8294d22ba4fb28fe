from hypothesis import given
from hypothesis import strategies as st

from arabic import isolate, rtl_line, rtl_text


def test_numbers_and_latin_are_wrapped() -> None:
    assert isolate("الرسوم 25,000 دينار عبر Ur Portal.") == "الرسوم \u206825,000\u2069 دينار عبر \u2068Ur Portal\u2069."


def test_links_stay_bare() -> None:
    assert isolate("الرابط https://ur.gov.iq/x?y=1") == "الرابط https://ur.gov.iq/x?y=1"
    assert isolate("البريد info@ur.gov.iq") == "البريد info@ur.gov.iq"


def test_a_line_that_begins_with_latin_is_directed() -> None:
    assert rtl_line("PCR هو فحص") == "\u200fPCR هو فحص"
    assert rtl_line("فحص PCR") == "فحص PCR"
    assert rtl_text("1. جواز\n") == "\u20681\u2069. جواز\n"


@given(st.text(max_size=80) | st.text(alphabet="اب aZ09.,:/@+- \u2068\u2069\n", max_size=40))
def test_directing_again_changes_nothing(text: str) -> None:
    once = isolate(text)
    assert isolate(once) == once
