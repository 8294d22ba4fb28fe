"""Every dialogue is held with marked identifiers, which then must be nowhere in clear.

Not in the engine's store, not in a plain column of the database (events among them), not in a log.
"""

import random
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from foundation.settings import VAR
from tests.e2e.conftest import Citizen, Product

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]

RANDOM = random.SystemRandom()


def digits(count: int) -> str:
    return "".join(RANDOM.choice("123456789") for _ in range(count))


class Marks:
    """Identifiers of one citizen, fresh for each run."""

    def __init__(self) -> None:
        self.phone = "0770" + digits(7)
        self.national_id = "1987" + digits(8)
        self.passport = "A" + digits(8)
        self.ration_card = digits(7)
        self.sample = "BGD-2026-" + digits(6)
        self.birth = f"1985 {digits(4)}"
        self.mail = f"zainab.{digits(6)}@example.com"
        self.opening = f"الوكيل كريم جاسم بالزبير أخذ مني ألفين زيادة البارحة {digits(8)}"
        self.account = f"الوكيل حجي موحان {digits(6)} ضربني وأخذ حصتي"

    def in_clear(self) -> dict[str, list[str]]:
        """The forms in which each would be found."""
        return {
            "phone": [self.phone, self.phone[1:]],
            "national id": [self.national_id],
            "passport": [self.passport, self.passport.lower(), self.passport[1:]],
            "ration card": [self.ration_card],
            "sample": [self.sample, self.sample.replace("-", ""), self.sample[-6:]],
            "birth": [self.birth],
            "mail": [self.mail],
            "account": [self.account, self.account.split()[3]],
            "opening": [self.opening, self.opening.split()[-1]],
        }


def cells(database: Path) -> Iterator[tuple[str, bytes]]:
    """Every value of every table, with where it stands."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            rows = connection.execute(f'SELECT * FROM "{table}"')
            names = [column[0] for column in rows.description]
            for row in rows:
                for name, value in zip(names, row, strict=True):
                    if isinstance(value, str):
                        yield f"{database.name}: {table}.{name}", value.encode()
                    elif isinstance(value, bytes):
                        yield f"{database.name}: {table}.{name}", value


def complains(citizen: Citizen, marks: Marks) -> None:
    citizen.says("اريد اشتكي")
    for _ in range(12):
        if "نعم، أرسل" in citizen.buttons:
            break
        asked = citizen.last[-1]["text"]
        if "بطاقت" in asked:
            citizen.says(marks.ration_card)
        elif "محافظة" in asked:
            citizen.says("البصرة الزبير")
        elif "ماذا حدث" in asked or "ما حدث" in asked or "احك" in asked or "اكتب ما" in asked:
            citizen.says(marks.account)
        else:
            citizen.presses(citizen.buttons[0])
    assert marks.account in "\n".join(message["text"] for message in citizen.last)
    assert "R-" in citizen.presses("نعم، أرسل")


def tells_it_all_at_once(citizen: Citizen, marks: Marks) -> None:
    assert "أسجل شكواك" in citizen.says(marks.opening)
    citizen.says("الغاء")


def asks_for_results(citizen: Citizen, marks: Marks) -> None:
    citizen.says("اريد نتيجة الفحص")
    citizen.says(marks.sample)
    citizen.says(marks.national_id)
    citizen.says("الغاء")
    citizen.says(f"نتيجة فحصي رقم العينة {marks.sample}")
    citizen.says(marks.passport)
    citizen.says("الغاء")
    for proof in (marks.national_id, marks.birth):
        assert "لم أجد نتيجة" in citizen.says(f"{marks.sample} {proof}")
        citizen.says(f"والله هذا رقمي {marks.sample} صح، اريد موظف")
        citizen.says("الغاء")


def says_too_much(citizen: Citizen, marks: Marks) -> None:
    citizen.says(f"رقمي {marks.phone} وهويتي {marks.national_id} وبريدي {marks.mail} شكد رسوم الجواز")
    citizen.says(f"بطاقتي التموينية {marks.ration_card} شلون احدثها")
    citizen.says("اقترح تضيفون عدس للحصة")
    citizen.says(f"اتصلوا بي {marks.phone}")
    citizen.says("الغاء")
    citizen.says("نعم")
    citizen.says("شنو تحفظون عني")
    citizen.says("اريد احچي وية موظف")
    citizen.says(f"هذا رقمي {marks.phone}")
    citizen.says("الغاء")


def test_identifiers_are_nowhere_in_clear(product: Product) -> None:
    marks = Marks()
    for dialogue in (complains, tells_it_all_at_once, asks_for_results, says_too_much):
        citizen = Citizen(product.url)
        dialogue(citizen, marks)
        citizen.http.close()
    folder = product.log.parent
    found = [
        (what, place)
        for database in (folder / "assistant.db", folder / "tracker.db")
        for place, value in cells(database)
        for what, forms in marks.in_clear().items()
        if any(form.encode() in value for form in forms)
    ]
    logs = [product.log, *(VAR / "log").glob("*.log")]
    found += [
        (what, log.name)
        for log in logs
        for what, forms in marks.in_clear().items()
        if any(form.encode() in log.read_bytes() for form in forms)
    ]
    assert not found
