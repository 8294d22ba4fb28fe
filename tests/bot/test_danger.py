"""People in danger hear at once whom to call; who asks for a service does not."""

import pytest

from bot.danger import danger_in
from bot.gate import Answer, Circumstances, ToEngine, judge
from bot.incoming import Incoming, Kind
from catalog.schema import read_content
from foundation.clock import in_baghdad, utc_now
from foundation.settings import ROOT

MAX_CHARS = 1000


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("احس اريد انهي حياتي", "self_harm"),
        ("اني تعبان من الحياة ومحد يساعدني اريد اموت", "self_harm"),
        ("راح اذبح روحي", "self_harm"),
        ("تعبت من الدنيا واريد انتحر", "self_harm"),
        ("مااريد أعيــش بعد", "self_harm"),
        ("زوجي يضربني كل يوم وين اروح", "violence"),
        ("بنت جيرانا يعذبوها اهلها منو نبلغ", "violence"),
        ("اكو واحد يهددني بالقتل", "violence"),
        ("ابوي انجلط شنو رقم الاسعاف", "medical"),
        ("ابني محموم ٤٠", "medical"),
        ("امي غايبه عن الوعي", "medical"),
        ("حريق بالبيت", "fire"),
        ("اكو حريق يم بيتنا", "fire"),
        ("رقم الشرطه", "police"),
        ("شنو رقم الطوارئ", "police"),
    ],
)
def test_told_at_once(text: str, kind: str) -> None:
    assert danger_in(text) == kind
    verdict = judge(Incoming(Kind.TEXT, text=text), Circumstances(), max_chars=MAX_CHARS)
    assert isinstance(verdict, Answer)
    assert verdict.reason == "danger"
    assert "911" in verdict.replies[-1].text


@pytest.mark.parametrize(
    "text",
    [
        "اريد اموت من الضحك",
        "اخوي انتحر واريد شهادة الوفاة",
        "كتاب سلامة من الدفاع المدني لمحل",
        "تعويض عن حريق المحل",
        "زوجي خطفوه داعش واريد راتب الشهداء",
        "شنو شروط التعيين على الاسعاف",
        "دورة اسعافات اولية",
        "الوكيل ضارب الحصة",
        "اريد اوكف قرضي",
        "شلون اطلع شهادة وفاة لابوي",
        "صار حادث لسيارتي شنو الاجراءات",
    ],
)
def test_a_service_is_meant(text: str) -> None:
    assert danger_in(text) is None


def test_no_question_of_the_catalogue_is_taken_for_danger() -> None:
    content = read_content(ROOT / "catalog" / "content", in_baghdad(utc_now()).date())
    lines = [
        line
        for entry in (*content.services, *content.faqs)
        for line in (*entry.aliases, *entry.questions, *entry.situations)
    ]
    assert len(lines) > 1000
    assert [line for line in lines if danger_in(line)] == []


def test_within_a_form_nothing_that_was_told_is_lost() -> None:
    text = "الوكيل ضربني قدام الناس وهددني بالقتل"
    verdict = judge(Incoming(Kind.TEXT, text=text), Circumstances(expects=frozenset()), max_chars=MAX_CHARS)
    assert isinstance(verdict, ToEngine)
    assert verdict.text == text
    assert "911" in verdict.preface[0].text


def test_said_while_the_assistant_is_switched_off() -> None:
    around = Circumstances(switched_off="متوقف.")
    verdict = judge(Incoming(Kind.TEXT, text="حريق بالبيت"), around, max_chars=MAX_CHARS)
    assert isinstance(verdict, Answer)
    assert ["911" in reply.text for reply in verdict.replies] == [True, False]
