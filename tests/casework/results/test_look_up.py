"""Only the owner sees a result; guessing leads nowhere; those who wait are told."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from casework.notices import service as notices
from casework.notices.models import Notice
from casework.results import intake, service
from casework.results.models import Status, Value
from casework.results.service import Found, Locked, NotFound, Shown
from foundation.database import transaction
from operations.audit import repository as audit
from operations.audit.models import Action
from operations.events.models import Event
from tests.casework.results.conftest import Desk, row

SAMPLE, NATIONAL_ID, PASSPORT, BIRTH, PHONE = "BGD-2026-000001", "198500000001", "A12340001", "1985 0001", "07701230001"


async def told(desk: Desk, conversation: str = "c1") -> list[str]:
    """What a conversation was sent by itself."""
    async with desk.sessions() as session:
        found = await session.scalars(select(Notice).where(Notice.conversation_id == conversation).order_by(Notice.id))
        return [notices.read(one.content, desk.keys).text for one in found if one.content]


@pytest.mark.parametrize(
    "factor", [NATIONAL_ID, "١٩٨٥ ٠٠٠٠ ٠٠٠١", PASSPORT, "a 1234 0001", BIRTH, "0001 1985", f"1985 {PHONE}"]
)
async def test_each_factor_fits(desk: Desk, factor: str) -> None:
    await desk.send(row(1), row(2))
    shown = await desk.ask("رقم العينة bgd/2026/٠٠٠٠٠١", factor)
    assert isinstance(shown, Shown)
    assert (shown.personal.sample, shown.result.value) == (SAMPLE, Value.NEGATIVE)


async def test_a_shared_phone_must_be_that_of_the_record(desk: Desk) -> None:
    await desk.send(row(1), row(2))
    assert isinstance(await desk.ask(SAMPLE, "9647701230001", proven=True), Shown)
    assert isinstance(await desk.ask(SAMPLE, "9647701230002", proven=True), NotFound)


async def test_no_laboratory_hides_the_result_of_another(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    await desk.laboratory("ZZZ", "basra")
    await desk.send(row(1, value="موجبة"))
    # As it may stand from before such rows were refused.
    monkeypatch.setattr(intake, "ELSEWHERE", "")
    await desk.send(row(1), laboratory="ZZZ")
    shown = await desk.ask(SAMPLE, NATIONAL_ID)
    assert isinstance(shown, Shown)
    found = {(one.result.laboratory, one.result.value) for one in (shown, *shown.others)}
    assert found == {("LAB", Value.POSITIVE), ("ZZZ", Value.NEGATIVE)}


async def test_missing_and_wrong_answer_alike_and_lock_alike(desk: Desk) -> None:
    await desk.send(row(1), row(2))
    await desk.conversation("c2")

    async def guesses(conversation: str, sample: str) -> list[Found]:
        found = []
        for number in range(6):
            found.append(await desk.ask(sample, f"19850000900{number}", conversation))
            desk.later(minutes=1)
        return found

    start = desk.now
    wrong = await guesses("c1", SAMPLE)
    desk.now = start
    missing = await guesses("c2", "BGD-2026-999999")
    assert wrong == missing
    assert [type(one).__name__ for one in wrong] == ["NotFound"] * 3 + ["Locked"] * 3
    assert wrong[2] == NotFound(start + timedelta(minutes=2 + 5))
    async with desk.sessions() as session:
        refused = await audit.newest(session, [Action.RESULT_REFUSED], 10)
    assert len(refused) == 6
    assert {str(entry.details) for entry in refused[:3]} == {str(entry.details) for entry in refused[3:]}
    assert "000001" not in "".join(f"{entry.subject}{entry.details}" for entry in refused)


async def test_locks_grow_and_hold_for_the_right_factor_too(desk: Desk) -> None:
    await desk.send(row(1))
    waits = []
    for _ in range(5):
        while not isinstance(found := await desk.ask(SAMPLE, "198500009999"), Locked):
            pass
        assert isinstance(await desk.ask(SAMPLE, NATIONAL_ID), Locked)
        waits.append((found.until - desk.now).total_seconds() / 60)
        desk.now = found.until + timedelta(seconds=1)
    assert waits == [5, 10, 20, 40, 80]
    assert isinstance(await desk.ask(SAMPLE, NATIONAL_ID), Shown)


async def test_a_sample_locks_against_many_citizens(desk: Desk) -> None:
    await desk.send(row(1), row(2))
    names = [await desk.conversation(f"n{number}") for number in range(5)]
    found = [await desk.ask(SAMPLE, f"1985 999{place}", name) for place, name in enumerate(names)]
    assert [type(one).__name__ for one in found] == ["NotFound"] * 3 + ["Locked"] * 2
    assert isinstance(await desk.ask(SAMPLE, BIRTH), Locked)
    # Who has an id is not kept away by those who guess at years and digits.
    assert isinstance(await desk.ask(SAMPLE, NATIONAL_ID), Shown)
    # Its owner, who has proven the phone, is not kept away; nor is anybody from another sample.
    assert isinstance(await desk.ask(SAMPLE, PHONE, proven=True), Shown)
    assert isinstance(await desk.ask("BGD-2026-000002", "198500000002"), Shown)


async def test_ids_of_a_sample_lock_late(desk: Desk) -> None:
    await desk.send(row(1))
    limit = desk.settings.attempts_id_before_lock
    found = [
        await desk.ask(SAMPLE, f"1985001{place:05}", await desk.conversation(f"n{place}")) for place in range(limit)
    ]
    assert {type(one) for one in found} == {NotFound}
    assert isinstance(await desk.ask(SAMPLE, NATIONAL_ID), Locked)
    assert isinstance(await desk.ask(SAMPLE, BIRTH), Shown)


@pytest.mark.parametrize("factor", [BIRTH, NATIONAL_ID])
async def test_one_factor_is_not_tried_on_many_samples(desk: Desk, factor: str) -> None:
    await desk.send(row(1))
    names = [await desk.conversation(f"n{number}") for number in range(6)]
    found = [await desk.ask(f"BGD-2026-00010{place}", factor, name) for place, name in enumerate(names)]
    assert [type(one).__name__ for one in found] == ["NotFound"] * 5 + ["Locked"]
    assert isinstance(await desk.ask(SAMPLE, factor), Locked)
    assert isinstance(await desk.ask(SAMPLE, PHONE, proven=True), Shown)


async def test_many_guesses_from_one_network_slow_it_down_for_minutes(desk: Desk) -> None:
    desk.settings = desk.settings.model_copy(update={"attempts_network_per_hour": 8})
    await desk.send(row(1))

    async def guess(number: int, address: str) -> Found:
        name = await desk.conversation(f"n{number}-{address}", address)
        return await desk.ask(f"BGD-2026-1{number:05}", f"1985{number:08}", name)

    # Each from a conversation, for a sample and with an id of its own: only the network is the same.
    found = [await guess(number, f"203.0.113.{number}") for number in range(8)]
    assert {type(one) for one in found} == {NotFound}
    assert found[-1] == NotFound(desk.now + timedelta(minutes=5))
    neighbour = await desk.conversation("neighbour", "::ffff:203.0.113.77")
    locked = await desk.ask(SAMPLE, NATIONAL_ID, neighbour)
    assert locked == Locked(desk.now + timedelta(minutes=5)), "the answer of any lock"
    assert isinstance(await desk.ask(SAMPLE, PHONE, neighbour, proven=True), Shown)
    assert isinstance(await desk.ask(SAMPLE, NATIONAL_ID, await desk.conversation("far", "203.0.114.1")), Shown)
    async with desk.sessions() as session:
        entries = await audit.newest(session, [Action.RESULT_REFUSED], 10)
    assert [bool((entry.details or {}).get("network")) for entry in entries] == [True] + [False] * 7
    assert "203" not in str(entries[0].details)
    # It never lasts: minutes for the network, and an hour begins anew.
    desk.later(minutes=6)
    assert isinstance(await desk.ask(SAMPLE, NATIONAL_ID, neighbour), Shown)
    assert (await guess(20, "203.0.113.20")) == NotFound(desk.now + timedelta(minutes=5))
    desk.later(hours=1)
    assert (await guess(21, "203.0.113.21")) == NotFound(None)


async def test_being_right_once_does_not_forgive_guesses(desk: Desk) -> None:
    await desk.send(row(1), row(2))
    found = []
    for _ in range(3):
        found.append(await desk.ask("BGD-2026-000002", "198500000002"))
        found.append(await desk.ask(SAMPLE, "198500009999"))
    assert [type(one).__name__ for one in found] == ["Shown", "NotFound"] * 3
    assert isinstance(await desk.ask("BGD-2026-000002", "198500000002"), Locked)


async def test_who_waits_is_told_the_moment_it_comes(desk: Desk) -> None:
    await desk.send(row(1, status="قيد الفحص"))
    await desk.conversation("other")
    shown = await desk.ask(SAMPLE, NATIONAL_ID)
    assert isinstance(shown, Shown)
    async with transaction(desk.sessions) as session:
        assert await service.wait_for(session, "other", shown.result.id, desk.now) is None
        pending = await service.wait_for(session, "c1", shown.result.id, desk.now)
    assert pending is not None
    assert pending.status == Status.PENDING
    await desk.send(row(1, value="موجبة"))
    await desk.send(row(1, value="موجبة"))
    (notice,) = await told(desk)
    first = notice.splitlines()[0]
    assert all(word not in first for word in ("علي", "موجبة", SAMPLE))
    assert "موجبة" in notice
    assert "علي" not in notice
    assert await told(desk, "other") == []


async def test_who_did_not_ask_to_be_told_is_not(desk: Desk) -> None:
    await desk.send(row(1, status="قيد الفحص"))
    await desk.ask(SAMPLE, NATIONAL_ID)
    await desk.send(row(1))
    assert await told(desk) == []


async def test_those_who_received_it_are_told_of_a_correction(desk: Desk) -> None:
    await desk.conversation("c2")
    await desk.send(row(1), row(2))
    await desk.ask(SAMPLE, NATIONAL_ID)
    await desk.ask("BGD-2026-000002", "198500000002", "c2")
    await desk.send(row(1, value="موجبة", status="مصححة", reported="2026-11-23 10:00"))
    result_id = await desk.result_id(SAMPLE)
    async with transaction(desk.sessions) as session:
        assert await service.void(session, result_id, reason="خلط عينات", who="زينب", now=desk.now, keys=desk.keys)
        assert not await service.void(session, result_id, reason="x", who="زينب", now=desk.now, keys=desk.keys)
    corrected, voided = await told(desk)
    assert corrected.startswith("مهم: صحّح المختبر")
    assert "موجبة" in corrected
    assert voided.startswith("مهم: ألغى المختبر")
    assert await told(desk, "c2") == []
    async with desk.sessions() as session:
        types = (await session.scalars(select(Event.type).order_by(Event.type))).all()
        entries = await audit.newest(session, [Action.RESULT_AMEND, Action.RESULT_VOID], 5)
    assert [one for one in types if one.startswith("result.")] == ["result.amended", "result.voided"]
    assert [(entry.who, entry.reason) for entry in entries] == [("زينب", "خلط عينات"), ("tester", "")]
    again = await desk.ask(SAMPLE, NATIONAL_ID)
    assert isinstance(again, Shown)
    assert again.result.status == Status.VOID


async def test_amended_by_hand(desk: Desk) -> None:
    await desk.send(row(1), row(2, status="قيد الفحص"))
    first, pending = await desk.result_id(SAMPLE), await desk.result_id("BGD-2026-000002")

    async def amend(result_id: int, value: Value, reason: str = "إعادة الفحص") -> bool:
        async with transaction(desk.sessions) as session:
            return await service.amend(session, result_id, value, reason=reason, who="ع", now=desk.now, keys=desk.keys)

    assert await amend(first, Value.POSITIVE)
    assert not await amend(first, Value.POSITIVE)
    assert not await amend(pending, Value.POSITIVE)
    assert not await amend(10**6, Value.POSITIVE)
    with pytest.raises(ValueError, match="reason"):
        await amend(first, Value.NEGATIVE, " ")
    # The laboratory's old file comes again: it does not undo the correction.
    assert (await desk.send(row(1))).unchanged == 1
    shown = await desk.ask(SAMPLE, NATIONAL_ID)
    assert isinstance(shown, Shown)
    assert (shown.result.value, shown.result.status, shown.result.version) == ("positive", "amended", 2)


async def test_once_proven_it_is_shown_again_to_nobody_else(desk: Desk) -> None:
    await desk.conversation("c2")
    await desk.send(row(1))
    shown = await desk.ask(SAMPLE, NATIONAL_ID)
    assert isinstance(shown, Shown)
    async with transaction(desk.sessions) as session:
        mine = await service.show_again(session, "c1", shown.result.id, desk.now, keys=desk.keys)
        theirs = await service.show_again(session, "c2", shown.result.id, desk.now, keys=desk.keys)
        looks = await audit.newest(session, [Action.RESULT_SHOWN], 5)
    assert mine is not None
    assert theirs is None
    assert [look.subject for look in looks] == [f"result/{shown.result.id}"] * 2
