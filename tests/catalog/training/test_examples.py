"""Examples: what is taken, what is refused and why, removing and putting back, what a model is trained with."""

import json

import pytest
from sqlalchemy import select

from catalog.editing.service import Editor
from catalog.training import examples
from catalog.training.examples import ExampleError
from catalog.training.intents import intents
from catalog.training.shipped import digest_of, shipped
from foundation.clock import utc_now
from foundation.database import SessionFactory, transaction
from nlu.examples import DEVSET
from operations.audit.models import Action, AuditEntry

NOOR = Editor("1", "noor", "نور")
SHIPPED = shipped()


async def _add(sessions: SessionFactory, intent: str, *lines: str) -> examples.Added:
    async with transaction(sessions) as session:
        return await examples.add(session, intent, lines, SHIPPED, NOOR, utc_now())


async def _texts(sessions: SessionFactory, intent: str, **asked: str) -> list[str]:
    async with sessions() as session:
        return [line.text for line in await examples.listed(session, intent, SHIPPED, **asked)]  # type: ignore[arg-type]


def test_every_intent_of_the_data_has_a_name() -> None:
    assert set(SHIPPED.lines) == set(intents())
    assert all(intent.name and intent.about for intent in intents().values())


async def test_lines_are_added_once_and_audited(sessions: SessionFactory) -> None:
    found = await _add(sessions, "out_of_scope", " - شلون  اربي نحل بالبيت؟ ", "شلون أربي نحل بالبيت", "", "تربية دجاج")
    assert list(found.lines) == ["شلون اربي نحل بالبيت؟", "تربية دجاج"]
    assert list(found.there) == ["شلون أربي نحل بالبيت"]
    again = await _add(sessions, "out_of_scope", "تربية دجاج")
    assert (list(again.lines), list(again.there)) == ([], ["تربية دجاج"])
    assert await _texts(sessions, "out_of_scope", which="added") == ["تربية دجاج", "شلون اربي نحل بالبيت؟"]
    assert await _texts(sessions, "out_of_scope", words="أُربّي نحل") == ["شلون اربي نحل بالبيت؟"]
    async with sessions() as session:
        entries = list(await session.scalars(select(AuditEntry).where(AuditEntry.action == Action.TRAINING)))
        counts = await examples.counts(session, SHIPPED)
    assert [(one.who, one.subject, one.details) for one in entries] == [
        ("noor", "intent:out_of_scope", {"step": "add", "lines": 2})
    ]
    assert counts["out_of_scope"].added == 2
    assert counts["out_of_scope"].lines == len(SHIPPED.of("out_of_scope")) + 2


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("رقمي 07701234567 وين معاملتي", "رقم شخصي"),
        ("رقمي ••• وين معاملتي", "رقم شخصي"),
        ("sara@example.com وين معاملتي", "رقم شخصي"),
        ("كلمة " * 60, "طويل"),
        ("؟؟ 12", "ليس كلاماً"),
        ("/greet", "ليس كلاماً"),
        ("اريد [جواز](service)", "أقواس"),
    ],
)
async def test_lines_that_may_not_be_trained_with(sessions: SessionFactory, line: str, reason: str) -> None:
    found = await _add(sessions, "ask_service", line)
    assert not found.lines
    assert reason in found.refused[0][1]


async def test_a_line_of_another_intent_is_refused_with_its_name(sessions: SessionFactory) -> None:
    line = next(iter(SHIPPED.of("thank").values()))
    found = await _add(sessions, "ask_fee", f"{line}!")
    assert "«شكر»" in found.refused[0][1]
    await _add(sessions, "greet", "صباح القيمر")
    assert "«تحية»" in (await _add(sessions, "thank", "صباح القيمر")).refused[0][1]


@pytest.mark.parametrize("name", ["dev.jsonl", "heldout.jsonl"])
async def test_no_line_of_a_test_set_gets_in(sessions: SessionFactory, name: str) -> None:
    lines = [json.loads(line)["text"] for line in (DEVSET / name).read_text("utf-8").splitlines()[:20]]
    found = await _add(sessions, "ask_service", *(f"{line} !" for line in lines))
    assert not found.lines
    assert not [reason for _, reason in found.refused if name in reason or "heldout" in reason]
    assert any("من أسطر الاختبار" in reason for _, reason in found.refused)


async def test_limits(sessions: SessionFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ExampleError, match="سطراً واحداً"):
        await _add(sessions, "greet", " ", "-")
    with pytest.raises(ExampleError, match="القصد"):
        await _add(sessions, "ask_weather", "هلو بيك")
    with pytest.raises(ExampleError, match="200 سطر"):
        await _add(sessions, "greet", *(f"هلو {'ا' * number} بيك" for number in range(1, 202)))
    monkeypatch.setattr(examples, "ADDED_MAX", 1)
    await _add(sessions, "greet", "صباح القيمر")
    with pytest.raises(ExampleError, match="حدها"):
        await _add(sessions, "greet", "صباح الكاهي")


async def test_removing_and_putting_back(sessions: SessionFactory) -> None:
    digest, text = next(iter(SHIPPED.of("thank").items()))
    await _add(sessions, "thank", "ممنون يا طيب القلب")
    for one in (digest, digest_of("ممنون يا طيب القلب")):
        async with transaction(sessions) as session:
            await examples.remove(session, "thank", one, SHIPPED, NOOR, utc_now())
    assert set(await _texts(sessions, "thank", which="removed")) == {text, "ممنون يا طيب القلب"}
    assert text not in await _texts(sessions, "thank")
    async with transaction(sessions) as session:
        changes = await examples.changes(session, 7)
        assert (changes.number, changes.added, changes.removed) == (7, {}, {"thank": [text]})
        with pytest.raises(ExampleError):
            await examples.remove(session, "thank", digest, SHIPPED, NOOR, utc_now())
    # What was removed here may be added elsewhere, and then it cannot be put back.
    assert (await _add(sessions, "greet", text)).lines == [text]
    async with transaction(sessions) as session:
        with pytest.raises(ExampleError, match="تحية"):
            await examples.put_back(session, "thank", digest, NOOR, utc_now())
        await examples.put_back(session, "thank", digest_of("ممنون يا طيب القلب"), NOOR, utc_now())
        changes = await examples.changes(session, 8)
    assert changes.added == {"greet": [text], "thank": ["ممنون يا طيب القلب"]}


async def test_an_intent_keeps_some_lines(sessions: SessionFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examples, "LEAST_LEFT", len(SHIPPED.of("thank")))
    async with transaction(sessions) as session:
        with pytest.raises(ExampleError, match="لا يبقى"):
            await examples.remove(session, "thank", next(iter(SHIPPED.of("thank"))), SHIPPED, NOOR, utc_now())
