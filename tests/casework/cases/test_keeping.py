"""Cases change keys with everything else, wait for their citizen, and go with retention."""

from functools import partial

from cryptography.fernet import Fernet

from bot.rekey import rekey
from bot.retention import repository as retention
from casework.cases import keeping, repository, service, withdrawing
from casework.cases.keeping import card_digests
from casework.cases.models import Measure, State
from casework.cases.office import Office
from casework.files import repository as stored
from casework.files import service as files
from foundation.database import transaction
from foundation.datakeys import DataKeys
from tests.casework.cases.conftest import ALI, NOW, ZAINAB, Bureau


async def test_the_old_key_can_go(bureau: Bureau) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    bureau.keys = DataKeys([old])
    case = await bureau.file(text="ما حدث", ration_card="1234567", agent_named="أبو محمد", agent_id=1)
    await bureau.act(case.number, partial(service.note, actor="sara", text="ملاحظة"))
    await bureau.act(case.number, partial(service.support, conversation_id=ZAINAB, text="ومني"))
    done = await rekey(bureau.sessions, DataKeys([new, old]))
    assert (done.values, done.unreadable, done.settled) == (5, 0, True)
    bureau.keys = DataKeys([new])
    async with bureau.open() as office:
        found = await bureau.case(case.number, office.session)
        assert office.opened(found.text) == "ما حدث"
        assert office.opened(found.agent_named) == "أبو محمد"
        assert office.opened(found.ration_card) == "1234567"
        assert found.ration_card_digest == card_digests(bureau.keys, "1234567")[0]
        assert office.opened((await repository.events(office.session, case.id))[1].note) == "ملاحظة"


async def test_retention_of_cases_counts_before_it_deletes(bureau: Bureau) -> None:
    async with bureau.open() as office:
        kept = await files.keep(
            office.session,
            b"x",
            name="x.png",
            media_type="image/png",
            now=NOW,
            owner_conversation=ALI,
            keys=bureau.keys,
        )
    case = await bureau.file(file_ids=(kept.id,))
    await bureau.act(case.number, partial(withdrawing.withdraw, conversation_id=ALI))

    async def purge(*, dry: bool) -> int:
        async with transaction(bureau.sessions) as session:
            return await keeping.purge(session, bureau.now, 10, dry=dry)

    async def left() -> tuple[bool, bool]:
        async with bureau.sessions() as session:
            file, found = await stored.get(session, kept.id), await repository.by_number(session, case.number)
        return found is not None, file is not None

    assert await purge(dry=True) == 0, "it ended now"
    bureau.later(days=1)
    assert await purge(dry=True) == 1
    assert await left() == (True, True), "only counted"
    assert await purge(dry=False) == 1
    assert await left() == (False, False)


async def test_a_silent_citizen_with_an_open_case_is_kept(bureau: Bureau) -> None:
    case = await bureau.file()
    bureau.later(days=400)

    async def forget() -> int:
        async with transaction(bureau.sessions) as session:
            return await retention.forget(session, [ALI, ZAINAB], bureau.now)

    assert await forget() == 1, "only the one without a case"

    async def to_the_end(office: Office, seen: object) -> None:
        one = await bureau.case(case.number, office.session)
        await service.move(office, one, State.ASSIGNED, "boss", assignee="sara")
        await service.move(office, one, State.UNDER_INVESTIGATION, "sara")
        await service.move(office, one, State.UPHELD, "sara", measure=Measure.FINE)
        await service.move(office, one, State.CLOSED, "sara")

    await bureau.act(case.number, to_the_end)
    assert await forget() == 1
    kept = await bureau.case(case.number)
    assert kept.conversation_id is None
    assert kept.created_at == NOW
