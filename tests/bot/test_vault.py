"""Which identifiers are recognised, and what stays as it is."""

import pytest
from cryptography.fernet import Fernet

from bot.conversations import repository as conversations
from citizens.models import Channel
from citizens.vault import service as vault
from citizens.vault.recognise import Identifier, find
from foundation.clock import utc_now
from foundation.database import SessionFactory, transaction
from foundation.datakeys import DataKeys

PHONE = (Identifier.PHONE, "+9647701234567")
NATIONAL_ID = (Identifier.NATIONAL_ID, "199012345678")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("رقمي 07701234567", PHONE),
        ("+964 770 123 4567", PHONE),
        ("٠٧٧٠١٢٣٤٥٦٧", PHONE),
        ("۰۷۷۰ ۱۲۳ ۴۵۶۷", PHONE),
        ("009647701234567", PHONE),
        ("9647701234567", PHONE),
        ("7701234567", PHONE),
        ("هاتفي07701234567 موبايل", PHONE),
        ("0770-123-4567", PHONE),
        ("(0770) 123 4567", PHONE),
        ("+964 (0) 770 123 4567", PHONE),
        ("199012345678", NATIONAL_ID),
        ("1990 1234 5678", NATIONAL_ID),
        ("１９９０１２３４５６７８", NATIONAL_ID),
        ("جوازي A12345678", (Identifier.PASSPORT, "A12345678")),
        ("a ١٢٣٤٥٦٧٨", (Identifier.PASSPORT, "A12345678")),
        ("بريدي Zainab.k+1@mail.example.iq.", (Identifier.EMAIL, "zainab.k+1@mail.example.iq")),
    ],
)
def test_identifier_is_found(text: str, expected: tuple[Identifier, str]) -> None:
    assert [(found.kind, found.value) for found in find(text)] == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "25000 دينار",
        "750,000",
        "2026-123456",
        "R-7712345678",
        "5599",
        "2023 2024 2025",
        "2026/11/23 10:45",
        "IQ12 3456",
    ],
)
def test_other_numbers_pass(text: str) -> None:
    assert not find(text)


def test_several_in_one_text() -> None:
    found = find("هويتي 199012345678 وهاتفي 07701234567 وبريدي a@b.iq")
    assert [one.kind for one in found] == [Identifier.NATIONAL_ID, Identifier.PHONE, Identifier.EMAIL]


@pytest.mark.parametrize("text", ["TST-2026-1001 1985 4567", "1985 4567 تست ٢٠٢٦ ١٠٠١"])
def test_what_proves_a_sample_is_found_beside_it(text: str) -> None:
    assert {one.kind for one in find(text)} == {Identifier.SAMPLE, Identifier.BIRTH}
    assert not find("1985 4567")


async def test_same_value_keeps_its_token_and_is_encrypted(sessions: SessionFactory) -> None:
    keys = DataKeys([Fernet.generate_key().decode()])
    async with transaction(sessions) as session:
        conversation = await conversations.get_or_create(session, Channel.WEB, "x", utc_now())
        first = await vault.conceal(session, conversation, "07701234567", keys, utc_now())
        second = await vault.conceal(session, conversation, "رقم: +964 770 1234567", keys, utc_now())
    assert second == f"رقم: {first}"
    async with sessions() as session:
        assert await vault.reveal(session, conversation, f"هذا {first}", keys) == "هذا +9647701234567"
        assert await vault.reveal(session, "another", first, keys) == first


async def test_old_key_still_opens_after_rotation(sessions: SessionFactory) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    async with transaction(sessions) as session:
        conversation = await conversations.get_or_create(session, Channel.WEB, "x", utc_now())
        token = await vault.conceal(session, conversation, "07701234567", DataKeys([old]), utc_now())
        rotated = DataKeys([new, old])
        assert await vault.conceal(session, conversation, "07701234567", rotated, utc_now()) == token
        assert await vault.reveal(session, conversation, token, rotated) == "+9647701234567"


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("نتيجتي رقم العينة BGD-2026-004512", "sample", "BGD2026004512"),
        ("فحص كورونا ١٢٣٤٥٦٧", "sample", "1234567"),
        ("TST-2026-1001", "sample", "TST20261001"),
        ("tst 2026 ١٠٠١", "sample", "TST20261001"),
        ("رقم بطاقتي التموينية 4512378", "ration", "4512378"),
    ],
)
def test_numbers_are_known_by_the_words_beside_them(text: str, kind: str, value: str) -> None:
    [found] = find(text)
    assert (found.kind, found.value) == (kind, value)


@pytest.mark.parametrize(
    "text",
    [
        "فحص السيارة موديل 2015",
        "نتيجة الشكوى R-123-456-7894",
        "موعد الفحص 2026/11/23",
        "قرض 50000000 دينار",
        "الحصة مال شهر 11",
    ],
)
def test_other_numbers_beside_such_words_stay(text: str) -> None:
    assert not find(text)
