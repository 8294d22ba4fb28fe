"""A citizen complains in the web chat, staff works on it, the citizen hears of each step, reopens and rates."""

import re
import subprocess
import sys
import time

import pytest

from foundation.settings import ROOT
from tests.e2e.conftest import Citizen, Product

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]

NUMBER = re.compile(r"R-\d{3}-\d{3}-\d{4}")
TOLD_AFTER_SECONDS = 20.0
SAMPLE = "R-123-456-7894"


def staff(product: Product, *arguments: str) -> None:
    """Runs `python -m casework.cases` as a case officer does."""
    done = subprocess.run(
        [sys.executable, "-m", "casework.cases", *arguments, "--by", "sara"],
        cwd=ROOT,
        env=product.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def told(citizen: Citizen, words: str) -> str:
    """Waits until the history says something; its buttons can be pressed then."""
    deadline = time.monotonic() + TOLD_AFTER_SECONDS
    while time.monotonic() < deadline:
        history = citizen.http.get(f"/api/chat/{citizen.conversation}/history").json()["messages"]
        for message in reversed(history):
            if words in message["text"]:
                citizen.last = [message]
                return str(message["text"])
        time.sleep(0.2)
    raise AssertionError(f"«{words}» was never said: {[message['text'] for message in history]}")


def number_in(text: str) -> str:
    """The tracking number in a reply."""
    found = NUMBER.search(text)
    assert found is not None, text
    return found[0]


def complains(citizen: Citizen) -> str:
    """From the first sentence to the receipt; the number."""
    said = citizen.says("الوكيل كريم جاسم بالزبير أخذ مني ألفين زيادة البارحة")
    assert "كريم جاسم محمد" in said
    if "لا، شكوى جديدة" in citizen.buttons:
        said = citizen.presses("لا، شكوى جديدة")
    assert "بطاقتك التموينية" in said
    assert "صور" in citizen.says("١٢٣٤٥٦٧")
    review = citizen.presses("تم، أخفوا اسمي عن الوكيل")
    assert "2,000 دينار" in review
    receipt = citizen.presses("نعم، أرسل")
    (picture,) = [attachment for message in citizen.last for attachment in message["attachments"]]
    assert citizen.http.get(picture["url"]).content.startswith(b"\x89PNG")
    return number_in(receipt)


def test_from_the_complaint_to_the_rating(citizen: Citizen, product: Product) -> None:
    number = complains(citizen)
    staff(product, "assign", number, "--to", "sara")
    told(citizen, "صارت عند موظف مختص")
    staff(product, "investigate", number)
    staff(product, "reject", number)
    told(citizen, "لم تثبت الشكوى")
    assert "لماذا" in citizen.presses("أعد فتحها")
    assert "أُعيد فتحها" in citizen.says("عندي شهود من الجيران")
    staff(product, "assign", number, "--to", "omar")
    staff(product, "investigate", number)
    staff(product, "uphold", number, "--measure", "fine")
    told(citizen, "غرامة على الوكيل")
    assert "سجلنا تقييمك 5 من 5" in citizen.presses("5")
    shown = citizen.says("وين وصلت شكواي")
    assert number in shown
    assert "غرامة على الوكيل" in shown


def test_how_far_alone_and_taken_back(citizen: Citizen) -> None:
    number = complains(citizen)
    assert number in citizen.says("وين وصلت")
    assert "هل تسحب شكواك" in citizen.presses("اسحب شكواي")
    assert "سحبنا شكواك" in citizen.presses("نعم، اسحبها")
    assert "سحبها صاحبها" in citizen.says("شصار")
    assert "لا أرى لك شكوى مفتوحة" in citizen.says("الغوا شكواي")


@pytest.mark.parametrize("line", ["اريد اشتكي على الكهرباء", "الكهرباء مقطوعة من البارحة ومحد يجي"])
def test_another_bodys_business(citizen: Citizen, line: str) -> None:
    assert "شكواك على الكهرباء" in citizen.says(line)
    assert "التحدث مع إنسان" in citizen.buttons


def test_somebody_else_sees_the_state_only(citizen: Citizen, product: Product) -> None:
    number = complains(citizen)
    other = Citizen(product.url)
    typed = "".join(chr(ord("٠") + int(char)) if char.isdigit() else " " for char in number)
    shown = other.says(f"وين وصلت الشكوى رقم {typed}")
    assert "وصلت ولم يستلمها موظف بعد" in shown
    assert "كريم" not in shown
    assert "الزبير" not in shown
    other.http.close()


def test_a_side_question_in_the_middle(citizen: Citizen) -> None:
    citizen.says("اريد اشتكي على الوكيل")
    reply = citizen.says("شكد رسوم البطاقة الوطنية")
    assert "البطاقة الوطنية" in reply
    assert "إلغاء" in citizen.buttons, "the form goes on"
    citizen.says("إلغاء")


def test_the_sample_to_try(citizen: Citizen) -> None:
    shown = citizen.says(f"وين وصلت شكواي {SAMPLE}")
    assert "نموذج للتجربة" in shown
    assert "قيد التحقيق" in shown
