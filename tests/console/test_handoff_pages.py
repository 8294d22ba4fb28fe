"""Rules of conversations on the pages: who may do what, and what becomes of a conversation whose colleague is gone."""

from io import BytesIO

from PIL import Image
from sqlalchemy import select

from casework.handoffs import hours
from casework.handoffs.models import Handoff, State
from foundation.clock import in_baghdad, utc_now
from foundation.database import transaction
from operations.accounts.models import Role
from operations.audit.models import Action, AuditEntry
from tests.console.conftest import Office


def _photo() -> bytes:
    out = BytesIO()
    Image.new("RGB", (40, 30), "navy").save(out, "PNG")
    return out.getvalue()


async def test_only_who_holds_it_writes_looks_behind_masks_and_closes(office: Office) -> None:
    await office.citizen("رقمي 07701234567")
    await office.queues()
    sara = await office.colleague("sara", "سارة", Role.AGENT)
    ali = await office.colleague("ali", "علي", Role.AGENT)
    assert (await sara.sends("/console/handoffs/1/claim")).status_code == 303
    text = await ali.sees("/console/handoffs/1")
    assert "هاتف •••" in text
    assert "كشف" not in text
    assert "رسالتك للمواطن" not in text
    part = {"HX-Request": "true", "X-CSRF-Token": ali.csrf}
    for path, fields in (("reply", {"text": "x"}), ("reveal/1", {"reason": "x"})):
        refused = await ali.http.post(f"/console/handoffs/1/{path}", data=fields, headers=part)
        assert refused.status_code == 409
        assert refused.text == "هذه المحادثة لم تعد معك."
    for path in ("close", "return", "transfer"):
        answer = await ali.sends(f"/console/handoffs/1/{path}", reason="helped", to="team:x")
        assert answer.headers["location"] == "/console/handoffs/1"
    own = {"HX-Request": "true", "X-CSRF-Token": sara.csrf}
    assert (await sara.http.post("/console/handoffs/1/reveal/1", data={"reason": " "}, headers=own)).status_code == 422
    shown = await sara.http.post("/console/handoffs/1/reveal/1", data={"reason": "للاتصال"}, headers=own)
    assert "+9647701234567" in shown.text
    async with office.sessions() as session:
        entries = (await session.scalars(select(AuditEntry).where(AuditEntry.action == Action.REVEAL))).all()
    assert [(entry.who, entry.subject, entry.reason) for entry in entries] == [("sara", "handoff/1/line/1", "للاتصال")]
    assert (
        await sara.http.post("/console/handoffs/1/reply", data={"text": " \u200f "}, headers=own)
    ).status_code == 422
    assert (await sara.http.get("/console/handoffs/99")).status_code == 404


async def test_who_loses_the_role_loses_the_conversation(office: Office) -> None:
    citizen = await office.citizen("مرحبا")
    await office.queues()
    account_id = await office.hires("sara", "سارة", Role.AGENT)
    sara = office.guest("sara")
    await sara.enters()
    boss = await office.colleague("boss", "مدير", Role.ADMINISTRATOR)
    assert (await sara.sends("/console/handoffs/1/claim")).status_code == 303
    assert await citizen.says("هل من أحد؟") == []
    changed = await boss.sends(f"/console/accounts/{account_id}", shown_name="سارة", role="editor")
    assert changed.status_code == 303
    async with office.sessions() as session:
        handoff = await session.get(Handoff, 1)
    assert handoff is not None
    assert (handoff.state, handoff.owner_id) == (State.WAITING, None)
    assert "جواب" in await citizen.hears("وبعدين؟")  # the assistant helps meanwhile


async def test_the_citizen_leaves_the_queue_and_asks_to_be_called(office: Office) -> None:
    citizen = await office.citizen("مرحبا")
    await office.queues()
    assert "خرجت من الدور" in await citizen.hears("إلغاء")
    assert "جواب" in await citizen.hears("إلغاء")
    async with office.sessions() as session:
        handoff = await session.get(Handoff, 1)
    assert handoff is not None
    assert handoff.state == State.CLOSED


async def test_outside_office_hours_a_call_is_asked_for(office: Office) -> None:
    citizen = await office.citizen("مرحبا")
    tomorrow = (in_baghdad(utc_now()).weekday() + 1) % 7
    async with transaction(office.sessions) as session:
        await hours.put_week(session, {tomorrow: (8 * 60, 15 * 60)})
    queued = await office.queues()
    assert "الموظفون لا يعملون الآن" in queued.text
    await office.tells(queued)
    history = (await citizen.http.get(f"/api/chat/{citizen.conversation}/history")).json()["messages"]
    call = next(button for button in history[-1]["buttons"] if button["title"] == "اتصلوا بي")
    answer = await citizen.post(payload=call["payload"])
    assert "اكتب رقم هاتفك" in answer.json()["messages"][0]["text"]
    assert "جواب" in await citizen.hears("ليش؟")  # a question in between goes to the assistant
    assert "حفظنا رقمك" in await citizen.hears("٠٧٧٠١٢٣٤٥٦٧")
    sara = await office.colleague("sara", "سارة", Role.AGENT)
    assert "ينتظر اتصالاً" in await sara.sees("/console/handoffs")
    async with office.sessions() as session:
        handoff = await session.get(Handoff, 1)
    assert handoff is not None
    assert handoff.call_back.startswith("⟦phone:")


async def test_a_number_written_while_waiting_asks_for_a_call(office: Office) -> None:
    citizen = await office.citizen("مرحبا")
    await office.queues()
    assert "جواب" in await citizen.hears("ابني تلفونه 07701234567 ويريد يسجل بالجامعة شنو يحتاج")
    assert "حفظنا رقمك" in await citizen.hears("07701234567")
    assert "حفظنا رقمك" in await citizen.hears("لا غيره 07901112233")


async def test_a_file_goes_to_the_citizen(office: Office) -> None:
    citizen = await office.citizen("مرحبا")
    await office.queues()
    sara = await office.colleague("sara", "سارة", Role.AGENT)
    await sara.sends("/console/handoffs/1/claim")
    own = {"HX-Request": "true", "X-CSRF-Token": sara.csrf}
    bad = await sara.http.post("/console/handoffs/1/file", files={"file": ("x.exe", b"MZ")}, headers=own)
    assert bad.status_code == 422
    sent = await sara.http.post("/console/handoffs/1/file", files={"file": ("<خريطة>.png", _photo())}, headers=own)
    assert sent.status_code == 204
    history = (await citizen.http.get(f"/api/chat/{citizen.conversation}/history")).json()["messages"]
    [attached] = history[-1]["attachments"]
    picture = await citizen.http.get(attached["url"])
    assert picture.headers["content-type"] == "image/jpeg"
    again = await sara.http.get(f"/console/handoffs/1/files/{history[-1]['id']}/0")
    assert again.content == picture.content
    assert "sandbox" in again.headers["content-security-policy"]
    assert (await sara.http.get(f"/console/handoffs/1/files/{history[-1]['id']}/7")).status_code == 404


async def test_canned_replies_are_kept_by_the_staff(office: Office) -> None:
    sara = await office.colleague("sara", "سارة", Role.AGENT)
    await sara.sends("/console/canned", title="وداع", text="مع السلامة من {اسمي}")
    assert "مع السلامة من {اسمي}" in await sara.sees("/console/canned")
    bad = await sara.sends("/console/canned", title="خطأ", text="{مجهول}")
    assert bad.status_code == 303
    assert "لا أعرف المتغير" in await sara.sees("/console/canned")
    assert (await sara.sends("/console/canned/1/remove")).status_code == 303


async def test_numbers_that_no_row_can_have_are_refused(office: Office) -> None:
    sara = await office.colleague("sara", "سارة", Role.AGENT)
    huge = "9" * 25
    for path in (f"/console/handoffs/{huge}", f"/console/handoffs/{huge}/older?before=1", "/console/handoffs/0"):
        assert (await sara.http.get(path)).status_code == 400
    for path in (f"/console/handoffs/{huge}/claim", f"/console/canned/{huge}/remove"):
        assert (await sara.sends(path)).status_code == 400


async def test_only_who_holds_it_writes_into_a_conversation(office: Office) -> None:
    await office.citizen("أريد موظفاً")
    queued = await office.queues()
    sara = await office.colleague("sara", "سارة", Role.AGENT)
    noor = await office.colleague("noor", "نور", Role.AGENT)
    await sara.sends(f"/console/handoffs/{queued.handoff_id}/claim")
    for what, taken in (("note", 204), ("draft", 204)):
        path = f"/console/handoffs/{queued.handoff_id}/{what}"
        assert (await noor.sends(path, text="كتبها غيره")).status_code == 409
        assert (await sara.sends(path, text="كتبتها")).status_code == taken


async def test_the_queue_shows_the_matter_and_not_the_last_word(office: Office) -> None:
    citizen = await office.citizen("السلام عليكم شلون الصحة", "قدمت على الجواز قبل شهر وما وصلني", "وعندي سفرة علاج")
    await office.queues(topic="")
    await citizen.says("بسرعة")
    sara = await office.colleague("sara", "سارة", Role.AGENT)
    page = await sara.sees("/console/handoffs")
    assert "السلام عليكم شلون الصحة" in page
    assert "وعندي سفرة علاج" in page
    assert "بسرعة" not in page
    assert "بلا موضوع محدد" not in page
