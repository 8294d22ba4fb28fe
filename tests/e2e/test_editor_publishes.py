"""An editor puts an answer right, a reviewer publishes it, the assistant gives it: in the whole product."""

import re
import sqlite3
import time
from collections.abc import Iterator

import pytest

from tests.e2e.conftest import Citizen, Product
from tests.e2e.test_agent_helps import Colleague

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]
ENTRY = "/console/content/entries/nat-02"
ANSWERS_WITHIN_SECONDS = 2.0


@pytest.fixture(scope="module")
def editors(product: Product) -> Iterator[tuple[Colleague, Colleague]]:
    """The sample editor and the sample reviewer."""
    both = Colleague(product, "noor"), Colleague(product, "ali")
    yield both
    for one in both:
        one.http.close()


def _typed(page: str) -> dict[str, str]:
    """What stands in the form."""
    form = page[page.index('id="entry"') :]
    found = dict(re.findall(r'<input type="(?:text|date|hidden)"[^>]* name="(\w+)" value="([^"]*)"', form))
    found |= dict(re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>(.*?)</textarea>', form, re.DOTALL))
    for name, choices in re.findall(r'<select[^>]* name="(\w+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        found[name] = re.findall(r'value="([^"]*)" selected', choices)[0]
    return found | {"active": "1"}


def test_what_is_published_is_answered_within_two_seconds(
    product: Product, citizen: Citizen, editors: tuple[Colleague, Colleague]
) -> None:
    noor, ali = editors
    assert "لم أجد" in citizen.says("اريد دفتر الطيران الازرك") or citizen.buttons
    typed = _typed(noor.sees(ENTRY))
    typed["fee"] = "25,000 دينار، و31,000 في المطار"
    typed["aliases"] += "\nدفتر الطيران الازرك"
    typed.pop("csrf")
    assert "أُرسلت للمراجعة" in noor.sends(ENTRY, **typed, then="submit", note="من الموقع")
    assert "31,000" not in citizen.says("شكد رسوم جواز السفر؟")
    found = re.search(r'name="revision" value="(\d+)"', ali.sees("/console/content/review/nat-02"))
    assert found is not None
    assert "نُشرت" in ali.sends("/console/content/review/nat-02/approve", revision=found[1])
    published = time.monotonic()
    while "31,000" not in citizen.says("شكد رسوم جواز السفر؟"):
        assert time.monotonic() - published < ANSWERS_WITHIN_SECONDS
    print(f"answered {time.monotonic() - published:.2f} s after publishing")
    assert "جواز السفر" in citizen.says("دفتر الطيران الازرك")


def test_a_line_without_an_answer_is_kept_without_its_number(product: Product, citizen: Citizen) -> None:
    citizen.says("رقمي 07701234567 واريد اعرف منو بطل الدوري العراقي بالكرة")
    path = product.environment["DATABASE_URL"].partition("///")[2]
    with sqlite3.connect(path) as database:
        lines = [text for (text,) in database.execute("SELECT text FROM unanswered")]
    assert any("بطل الدوري" in line for line in lines)
    assert not any("0770" in line or "⟦" in line for line in lines)


def test_a_notice_goes_before_answers_of_all(
    product: Product, citizen: Citizen, editors: tuple[Colleague, Colleague]
) -> None:
    _, ali = editors
    ali.sees("/console/content/notice")
    page = ali.sends(
        "/console/content/notice",
        text="البوابة متوقفة للصيانة حتى المساء.",
        reason="صيانة",
        starts="2026-01-01T00:00",
        ends=time.strftime("%Y-%m-%dT%H:%M", time.gmtime(time.time() + 5 * 3600)),
    )
    assert "31 يوماً" in page
    page = ali.sends(
        "/console/content/notice",
        text="البوابة متوقفة للصيانة حتى المساء.",
        reason="صيانة",
        starts=time.strftime("%Y-%m-%dT%H:%M", time.gmtime(time.time() + 2 * 3600)),
        ends=time.strftime("%Y-%m-%dT%H:%M", time.gmtime(time.time() + 5 * 3600)),
    )
    assert "يظهر الآن" in page
    time.sleep(2.0)
    assert citizen.says("هلو").startswith("البوابة متوقفة")
    assert "متوقفة" not in citizen.says("شكد رسوم جواز السفر؟")
    number = re.search(r"/notice/(\d+)/end", page)
    assert number is not None
    ali.sends(f"/console/content/notice/{number[1]}/end")
    time.sleep(2.0)
    other = Citizen(product.url)
    assert "متوقفة" not in other.says("هلو")
    other.http.close()
