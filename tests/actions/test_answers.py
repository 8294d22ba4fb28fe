"""Answers say what the entry says, where it comes from, when it was reviewed, and what is not known."""

from datetime import date

import pytest

from actions import answers
from catalog.models import Faq, Service


def service(**facts: object) -> Service:
    known: dict[str, object] = {
        "code": "x-01",
        "name": "خدمة مثال",
        "agency": "وزارة المثال",
        "description": "",
        "audience": "",
        "eligibility": [],
        "documents": [],
        "steps": [],
        "fee": "",
        "duration": "",
        "channel": "",
        "url": "",
        "contact": "",
        "confidence": "sourced",
        "sources": ["صفحة الوزارة"],
        "verified_on": date(2026, 11, 23),
        "caveat": "",
        "inferred_fields": [],
    }
    return Service(**{**known, **facts})


def test_documents_are_listed_one_a_line() -> None:
    text = answers.facets_answer(service(documents=["البطاقة الوطنية", "صورة"]), ["documents"])
    assert "المستمسكات:\n• البطاقة الوطنية\n• صورة\n" in text


def test_steps_are_numbered() -> None:
    assert "1. أولاً\n2. ثانياً" in answers.facets_answer(service(steps=["أولاً", "ثانياً"]), ["steps"])


def test_source_and_day_of_review_end_every_answer() -> None:
    for text in (answers.card(service()), answers.facets_answer(service(fee="5,000 دينار"), ["fee"])):
        assert text.endswith("المصدر: صفحة الوزارة\nآخر مراجعة: 2026/11/23")


def test_a_day_of_review_that_is_unknown_is_not_made_up() -> None:
    assert "آخر مراجعة" not in answers.card(service(verified_on=None))


@pytest.mark.parametrize("confidence", ["partly", "name-only", "illustrative"])
def test_what_is_not_sourced_says_so_and_names_the_guidance_line(confidence: str) -> None:
    text = answers.card(service(confidence=confidence))
    assert "غير مؤكدة" in text
    assert "5599" in text


def test_sourced_entries_carry_no_warning() -> None:
    assert "غير مؤكدة" not in answers.card(service())


@pytest.mark.parametrize("facet", [facet for facet in answers.FACET_LABELS if facet != "contact"])
def test_an_unknown_facet_is_never_an_empty_answer(facet: str) -> None:
    text = answers.facets_answer(service(), [facet])
    assert "لا نعرف" in text
    assert "5599" in text


def test_an_unknown_fee_is_not_free() -> None:
    assert "لا يعني أنها مجانية" in answers.facets_answer(service(), ["fee"])


def test_a_caveat_is_shown() -> None:
    assert "تنبيه: الأرقام قديمة" in answers.card(service(caveat="الأرقام قديمة"))


def test_an_inferred_facet_says_so() -> None:
    assert "استنتجناها" in answers.facets_answer(service(steps=["أولاً"], inferred_fields=["steps"]), ["steps"])


def test_contact_always_gives_the_guidance_line() -> None:
    text = answers.facets_answer(service(contact="154"), ["contact"])
    assert "154" in text
    assert "5599" in text


def test_buttons_are_for_what_is_known_or_always_asked_except_the_one_answered() -> None:
    buttons = answers.facet_buttons(service(fee="1", url="https://ur.gov.iq/"), without=["fee"])
    assert [button.title for button in buttons] == ["المستمسكات", "الخطوات", "الرابط", "الجهة والاتصال"]
    assert buttons[2].as_json()["payload"] == '/ask_link{"service": "x-01"}'


def test_a_general_question_shows_its_source() -> None:
    faq = Faq(
        code="faq-x",
        title="سؤال",
        answer="جواب",
        url="",
        confidence="partly",
        sources=["دليل"],
        verified_on=date(2026, 11, 1),
        caveat="",
    )
    text = answers.faq_answer(faq)
    assert text.startswith("سؤال\n\nجواب")
    assert text.endswith("المصدر: دليل\nآخر مراجعة: 2026/11/01 (راجعنا المصدر، ولم يتأكد رسمياً)")


def test_several_facets_stand_in_one_answer_with_one_footer() -> None:
    text = answers.facets_answer(service(fee="5,000 دينار", duration="يوم"), ["fee", "duration"])
    assert "الرسوم: 5,000 دينار\n\nالمدة: يوم" in text
    assert text.count("آخر مراجعة") == 1


def test_nothing_stated_is_nothing_to_warn_of() -> None:
    assert "غير مؤكدة" not in answers.facets_answer(service(confidence="partly"), ["fee"])


def test_what_no_entry_holds_is_said_to_be_unknown() -> None:
    assert "لا نعرف أوقات الدوام" in answers.missing_answer(service(), "أوقات الدوام")


def test_what_was_told_before_is_not_told_again() -> None:
    unsure = service(confidence="partly", fee="5,000 دينار", caveat="الأرقام قديمة")
    again = answers.facets_answer(unsure, ["fee"], again=True)
    assert again.endswith("\n\nغير مؤكدة رسمياً: تأكد من 5599 · مراجعتنا 2026/11/23")
    assert "المصدر" not in again
    assert "الأرقام قديمة" not in again
    assert answers.facets_answer(service(fee="5,000 دينار"), ["fee"], again=True).endswith("آخر مراجعة: 2026/11/23")


def test_a_review_of_what_is_not_confirmed_does_not_read_as_confirmed() -> None:
    assert answers.card(service(confidence="partly")).endswith("(راجعنا المصدر، ولم يتأكد رسمياً)")


def test_a_paper_that_the_entry_does_not_mention_is_said_to_be_unknown() -> None:
    text = answers.facets_answer(service(documents=["صورة"]), ["documents"], unknown="كفيل")
    assert "لا نعرف هل يُطلب لهذه الخدمة: كفيل" in text
    assert "• صورة" in text
