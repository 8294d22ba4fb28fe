"""The pages of cases: who sees which, what is masked, what is done."""

from datetime import timedelta

from sqlalchemy import select, update

from casework.cases import repository
from casework.cases.models import Case, CaseBatch, CaseEvent, CaseFile, State
from casework.files import service as files
from foundation.clock import utc_now
from foundation.database import transaction
from foundation.datakeys import load_data_keys
from foundation.settings import Settings
from operations.accounts import repository as accounts
from operations.accounts.models import Role
from operations.accounts.person import Grant
from operations.audit.models import Action, AuditEntry
from tests.console import casework
from tests.console.conftest import Colleague, Office


async def _officer(office: Office, name: str = "huda", *places: str) -> Colleague:
    account_id = await office.hires(name, f"الموظف {name}", Role.CASE_OFFICER)
    async with transaction(office.sessions) as session:
        await accounts.put_grants(session, account_id, [Grant(Role.CASE_OFFICER, place) for place in places or ("",)])
    someone = office.guest(name)
    await someone.enters()
    return someone


async def _now(office: Office, case: Case) -> Case:
    async with office.sessions() as session:
        found = await repository.by_number(session, case.number, fresh=True)
    assert found is not None
    return found


async def _move(someone: Colleague, case: Case, to: State, version: int, **fields: str) -> str:
    address = f"/console/cases/{case.number}"
    await someone.sends(f"{address}/move", to=to.value, version=str(version), **fields)
    return await someone.sees(address)


async def test_an_officer_sees_the_cases_of_their_governorates_only(office: Office, settings: Settings) -> None:
    agent_id = await casework.agent(office.sessions)
    here = await casework.case(office.sessions, settings, agent_id=agent_id)
    there = await casework.case(office.sessions, settings, governorate="baghdad", text="أخرى")
    nowhere = await casework.case(office.sessions, settings, governorate=None, text="بلا مكان")
    far_agent = await casework.agent(office.sessions, "5001", "baghdad")
    huda = await _officer(office, "huda", "basra")
    for address in ("", "?governorate=baghdad", "?state=open&order=urgent", "?agent=4417"):
        page = await huda.sees(f"/console/cases{address}")
        assert casework.shown(here) in page
        assert casework.shown(there) not in page
        assert casework.shown(nowhere) not in page
    for case in (there, nowhere):
        assert (await huda.http.get(f"/console/cases/{case.number}")).status_code == 404
        assert (await huda.sends(f"/console/cases/{case.number}/note", text="x")).status_code == 404
    assert (await huda.http.get(f"/console/cases/agents/{agent_id}")).status_code == 200
    assert (await huda.http.get(f"/console/cases/agents/{far_agent}")).status_code == 404
    boss = await office.colleague("boss", "المدير", Role.ADMINISTRATOR)
    page = await boss.sees("/console/cases")
    assert all(casework.shown(case) in page for case in (here, there, nowhere))
    sara = await office.colleague("sara", "سارة", Role.AGENT)
    assert (await sara.http.get("/console/cases")).status_code == 403
    found = await huda.http.get("/console/cases", params={"number": casework.shown(here)})
    assert found.headers["location"] == f"/console/cases/{here.number}"


async def test_what_was_told_is_masked_until_a_reason_is_given(office: Office, settings: Settings) -> None:
    case = await casework.case(office.sessions, settings)
    huda = await _officer(office)
    address = f"/console/cases/{case.number}"
    page = await huda.sees(address)
    assert "ألفين" not in page
    assert "1234567" not in page
    await huda.sends(f"{address}/reveal", what="text", reason=" ")
    assert "ألفين" not in await huda.sees(address)
    await huda.sends(f"{address}/reveal", what="text", reason="للتحقيق")
    page = await huda.sees(address)
    assert "أخذ مني الوكيل ألفين زيادة" in page
    assert "07701234567" not in page
    assert "للتحقيق" in page
    await huda.sends(f"{address}/reveal", what="identity", reason="للاتصال به")
    page = await huda.sees(address)
    assert "07701234567" in page
    assert "1234567</bdi>" in page
    ali = await _officer(office, "ali")
    assert "ألفين" not in await ali.sees(address)
    async with office.sessions() as session:
        looks = (await session.scalars(select(AuditEntry).where(AuditEntry.action == Action.REVEAL))).all()
    assert [(look.who, look.subject, look.reason) for look in looks] == [
        ("huda", f"case/{case.number}", "للتحقيق"),
        ("huda", f"case/{case.number}", "للاتصال به"),
    ]


async def test_a_complaint_from_assignment_to_the_end_and_the_citizen_hears_of_it(
    office: Office, settings: Settings
) -> None:
    citizen = await office.citizen("مرحبا")
    case = await casework.case(office.sessions, settings, await office.conversation_of())
    huda = await _officer(office)
    await huda.sees("/console/cases")
    assert "أُسندت" in await _move(huda, case, State.ASSIGNED, 1, assignee="huda")
    assert "بدأ التحقيق" in await _move(huda, case, State.UNDER_INVESTIGATION, 2)
    assert "اختر الإجراء" in await _move(huda, case, State.UPHELD, 3)
    stale = await _move(huda, case, State.UPHELD, 1, measure="warning")
    assert "غيّر زميل" in stale
    page = await _move(huda, case, State.UPHELD, 3, measure="refund", message="راجع المركز", note="سر")
    assert "إعادة المبلغ" in page
    letter = await huda.sends(f"/console/cases/{case.number}/letter", text="شكراً لك ⟦phone:1⟧")
    assert letter.status_code == 303
    now = await _now(office, case)
    assert (now.state, now.measure, now.assignee) == (State.UPHELD, "refund", "huda")
    assert "لا تناسب" in await _move(huda, case, State.ASSIGNED, now.version, assignee="huda")
    said = await _said(office)
    assert [line in said for line in ("صارت عند موظف", "بدأ التحقيق", "ثبت أن شكواك صحيحة", "راجع المركز")] == [
        True
    ] * 4
    assert "سر" not in said
    assert "شكراً لك [phone:1]" in said
    assert citizen is not None


async def _said(office: Office) -> str:
    async with office.sessions() as session:
        events = (await session.execute(select(CaseEvent.public))).scalars().all()
    return "\n".join(text for text in events if text)


async def test_many_are_assigned_and_taken_back(office: Office, settings: Settings) -> None:
    cases = [await casework.case(office.sessions, settings, text=f"شكوى {number}") for number in range(3)]
    huda = await _officer(office, "huda", "basra")
    await _officer(office, "ali", "baghdad")
    await huda.sees("/console/cases")
    numbers = [case.number for case in cases]
    form = {"csrf": huda.csrf, "number": numbers, "to": "ali", "back": "/console/cases?state=open"}
    await huda.http.post("/console/cases/assign", data=form)
    assert "اختر موظفاً مسؤولاً" in await huda.sees("/console/cases")
    answer = await huda.http.post("/console/cases/assign", data={**form, "to": "huda"})
    page = await huda.sees(answer.headers["location"])
    assert "أُسندت 3 شكاوى" in page
    assert "تراجع" in page
    batch = answer.headers["location"].rpartition("=")[2]
    await huda.sends("/console/cases/undo", batch=batch, back="https://elsewhere")
    assert "كما كانت" in await huda.sees("/console/cases")
    assert {(await _now(office, case)).state for case in cases} == {State.RECEIVED}
    answer = await huda.http.post("/console/cases/assign", data={**form, "to": "huda"})
    async with transaction(office.sessions) as session:
        await session.execute(update(CaseBatch).values(undo_until=utc_now() - timedelta(seconds=1)))
    await huda.sends("/console/cases/undo", batch=answer.headers["location"].rpartition("=")[2])
    assert "فات وقت التراجع" in await huda.sees("/console/cases")
    assert (await _now(office, cases[0])).assignee == "huda"


async def test_pages_follow_each_other(office: Office, settings: Settings) -> None:
    for number in range(45):
        await casework.case(office.sessions, settings, text=f"شكوى {number}", hours_ago=number)
    huda = await _officer(office)
    seen: set[str] = set()
    for order in ("", "urgent"):
        address, pages = f"/console/cases?order={order}", 0
        seen.clear()
        while address:
            page = await huda.sees(address)
            found = set(page.split('name="number" value="')[1:])
            assert not seen & {one[:10] for one in found}
            seen |= {one[:10] for one in found}
            following = page.partition('<a class="button" href="/console/cases?')[2]
            after = [part for part in page.split('href="') if 'data-key="n"' in part[:300]]
            address = after[0].partition('"')[0].replace("&amp;", "&") if following and after else ""
            pages += 1
        assert (len(seen), pages) == (45, 2)


async def test_duplicates_and_files(office: Office, settings: Settings) -> None:
    keys = load_data_keys(settings)
    async with transaction(office.sessions) as session:
        kept = await files.keep(
            session, b"%PDF-1.4 x", name="وصل.pdf", media_type="application/pdf", now=utc_now(),
            owner_conversation=None, keys=keys,
        )  # fmt: skip
    first = await casework.case(office.sessions, settings, text="الأولى", file_ids=[kept.id])
    second = await casework.case(office.sessions, settings, text="الثانية")
    huda = await _officer(office)
    address = f"/console/cases/{first.number}"
    assert "وصل.pdf" not in await huda.sees(address)
    assert (await huda.http.get(f"{address}/files/{kept.id}")).status_code == 403
    await huda.sends(f"{address}/reveal", what="text", reason="للتحقيق")
    assert "وصل.pdf" in await huda.sees(address)
    answer = await huda.http.get(f"{address}/files/{kept.id}")
    assert answer.content == b"%PDF-1.4 x"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"
    await huda.sends(f"/console/cases/{second.number}/reveal", what="text", reason="للتحقيق")
    assert (await huda.http.get(f"/console/cases/{second.number}/files/{kept.id}")).status_code == 404
    await huda.sends(f"/console/cases/{second.number}/merge", into="R-111")
    assert "لا توجد شكوى" in await huda.sees(f"/console/cases/{second.number}")
    await huda.sends(f"/console/cases/{second.number}/merge", into=casework.shown(first))
    assert "ضُمت إلى" in await huda.sees(f"/console/cases/{second.number}")
    assert casework.shown(second) in await huda.sees(address)
    async with office.sessions() as session:
        assert (await session.scalars(select(CaseFile.file_id))).all() == [kept.id]
