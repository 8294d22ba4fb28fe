"""What a line plainly means."""

from datetime import UTC, datetime, timedelta

import pytest

from actions.meaning import (
    asks_how,
    asks_of_finding,
    asks_what,
    complained_elsewhere,
    files,
    is_complaint,
    is_tracking_number,
    remember_elsewhere,
    suggests,
)

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
OUTAGE = "صارلنا ٣ ايام بلا كهرباء والمحوله محترقه والجهال راح يموتون من الحر وينكم"


@pytest.mark.parametrize("text", ["عندي رقم شكوى R-999-999-9999", "R-123-456-7894", "شكوتي رقمها 123 456 7894"])
def test_tracking_numbers(text: str) -> None:
    assert is_tracking_number(text)


@pytest.mark.parametrize("text", ["وين اشتكي", "لمن اشتكي", "اريد اقدم شكوى رسميه", "اي اشتكي عليه"])
def test_a_bare_wish_stays_with_the_body_that_was_complained_of(text: str) -> None:
    (event,) = remember_elsewhere(OUTAGE, NOW)
    said = complained_elsewhere(text, event["value"], NOW + timedelta(minutes=5))
    assert said is not None
    assert said.body == "الكهرباء"
    assert complained_elsewhere(text, event["value"], NOW + timedelta(hours=1)) is None
    assert complained_elsewhere(text, None, NOW) is None


@pytest.mark.parametrize("text", ["اشتكي على وكيل الحصة", "الوكيل ما ينطي طحين", "/file_complaint"])
def test_a_complaint_of_rations_does_not(text: str) -> None:
    (event,) = remember_elsewhere(OUTAGE, NOW)
    assert complained_elsewhere(text, event["value"], NOW) is None


def test_several_requests_with_an_agent_among_them_are_a_complaint() -> None:
    assert is_complaint("اريد اجدد الجواز وابني اضيفه عالتمونيه وهم وكيلنا يبوك شنو اسوي", NOW)
    assert not is_complaint("شلون اجدد الجواز", NOW)


def test_only_what_says_so_suggests() -> None:
    assert suggests("عندي مقترح")
    assert not suggests("شوكت توزعون الطحين")


@pytest.mark.parametrize("text", ["شنو هاي سلامات؟", "شنو راقبني", "ما هو نظام راقبني", "ماذا يعني راقبني"])
def test_what_something_is(text: str) -> None:
    assert asks_what(text)


@pytest.mark.parametrize(
    "text", ["شنو نتيجتي", "شنو هي نتيجة فحصي", "نتيجتي شنو", "اريد نتيجة فحصي", "الوكيل شنو هذا ياخذ فلوس"]
)
def test_what_one_wants_is_not_asked_about(text: str) -> None:
    assert not asks_what(text)
    assert not asks_how(text)


@pytest.mark.parametrize(
    "text",
    ["أود الاطلاع على آلية الإبلاغ عن الوكلاء", "طريقة تقديم شكوى على وكيل", "ما عندي تموينية يصير استخدم راقبني؟"],
)
def test_how_something_is_done(text: str) -> None:
    assert asks_how(text)


@pytest.mark.parametrize("text", ["سجل شكواي", "سجلي شكوى على الوكيل", "اريد اقدم الشكوى", "ارفع شكوتي"])
def test_wishes_to_file(text: str) -> None:
    assert files(text)


@pytest.mark.parametrize("text", ["قدمت شكوى وين صارت", "وين وصلت شكواي", "سجلت شكوى البارحة", "رقم الشكوى"])
def test_of_what_was_filed(text: str) -> None:
    assert not files(text)


@pytest.mark.parametrize(
    "text", ["شنو يعني سالبة؟", "النتيجة غير حاسمة شنو يعني", "العينة مرفوضة شنو معناها", "ما معنى نتيجة موجبة"]
)
def test_what_a_finding_means_is_asked(text: str) -> None:
    assert asks_of_finding(text)


@pytest.mark.parametrize(
    "text", ["سالب لو موجب", "نتيجتي سالبة لو موجبة", "شنو يعني سلامات", "هل نتيجتي سالبة أم موجبة؟"]
)
def test_a_finding_is_wanted(text: str) -> None:
    assert not asks_of_finding(text)
