"""What steers a form, in the many words that people have for it; and what is never an answer."""

import pytest

from casework.dialogues import asides, words


@pytest.mark.parametrize(
    "text", ["بطلت", "لا خلاص بطلت", "عوفها", "خلاص عوفها", "ما اريد بعد", "الغيها", "خلص ما اريد اشتكي", "عوفها يمعود"]
)
def test_giving_up(text: str) -> None:
    assert words.gives_up(text)


@pytest.mark.parametrize("text", ["بطل يوزع طحين", "لا ما اريد انطي رقم", "ما اريد الوكيل يعرف اسمي", "كريم", "لا"])
def test_not_giving_up(text: str) -> None:
    assert not words.gives_up(text)


@pytest.mark.parametrize("text", ["اي", "نعم", "ارسل", "اي ارسل", "تم", "كمل", "صح دزها", "خلص", "اي صدك"])
def test_going_on(text: str) -> None:
    assert words.goes_on(text)


@pytest.mark.parametrize("text", ["تم", "كمل", "ارسل", "خلص"])
def test_to_go_on_is_no_consent(text: str) -> None:
    assert not words.is_assent(text)


@pytest.mark.parametrize("text", ["كمل", "كمل الشكوى", "خلينا نكمل", "اي كمل"])
def test_resuming(text: str) -> None:
    assert words.command_of(text) == "resume"


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("امسح كلشي عني", "privacy"),
        ("احذفوا بياناتي", "privacy"),
        ("منو يشوف كلامي", "privacy"),
        ("هلو", "greet"),
        ("السلام عليكم ورحمة الله وبركاته", "greet"),
        ("اريد احجي ويه موظف", "request_human"),
        ("خلي احجي ويه بني ادم", "request_human"),
        ("هسه وين وصلت شكوتي", "track_complaint"),
        ("هسه شيصير", "help"),
        ("سلام كاظم", None),
        ("كريم جاسم محمد", None),
        ("ابو علي", None),
        ("يصيح على الناس ويطردهم", None),
    ],
)
def test_what_is_never_an_answer(text: str, intent: str | None) -> None:
    assert asides.intent_of(text) == intent


@pytest.mark.parametrize(
    "text",
    ["والله هذا رقمي صح، اريد موظف", "هذا رقمي صح اريد موظف", "ما يطلع. حولوني على موظف رجاء", "اريد احجي ويه موظف"],
)
def test_a_person_is_wanted(text: str) -> None:
    assert asides.wants_person(text)


@pytest.mark.parametrize("text", ["ما اريد موظف", "الموظف كال ارجع باجر", "اريد نتيجتي", "موظف المختبر كال صح"])
def test_no_person_is_wanted(text: str) -> None:
    assert not asides.wants_person(text)
