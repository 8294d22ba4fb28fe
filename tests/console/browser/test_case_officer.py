"""A case officer's day: takes a complaint, reads it, upholds it, and the citizen hears of each step."""

import random
from datetime import timedelta

import pytest
from playwright.async_api import expect
from sqlalchemy import insert, update

from bot.models import MESSAGES
from casework.cases.models import Case, Kind, State
from casework.handoffs.models import Handoff, Reason
from foundation.clock import utc_now
from foundation.database import transaction
from foundation.settings import Settings
from operations.accounts.models import Role
from tests.console import casework
from tests.console.browser.conftest import PHONE, Windows
from tests.console.conftest import Office

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
TOLD = "رحت أستلم الحصة وأخذ مني الوكيل 5 آلاف زيادة وگال هذا السعر الجديد. هاتفي 07701234567"


async def _others(office: Office, settings: Settings, agent_id: int) -> None:
    """Complaints of other people."""
    others = (
        (Kind.QUANTITY, "basra", 30.0, State.ASSIGNED), (Kind.QUALITY, "basra", 90.0, State.UNDER_INVESTIGATION),
        (Kind.DELAY, "maysan", 5.0, State.RECEIVED), (Kind.BEHAVIOUR, "basra", 400.0, State.UPHELD),
        (Kind.EXTRA_MONEY, "basra", 300.0, State.UPHELD), (Kind.SUGGESTION, "maysan", 50.0, State.RECEIVED),
        (Kind.SALE, "basra", 200.0, State.NOT_UPHELD),
    )  # fmt: skip
    for number, (kind, governorate, hours, state) in enumerate(others):
        zubair = governorate == "basra"
        case = await casework.case(
            office.sessions, settings, kind=kind, governorate=governorate, hours_ago=hours, text=f"شكوى {number}",
            agent_id=agent_id if zubair else None, district="basra-zubair" if zubair else None,
        )  # fmt: skip
        decided = state in (State.UPHELD, State.NOT_UPHELD)
        values = (
            {"outcome": state, "decided_at": utc_now(), "resolution_seconds": int(hours * 1800), "due_at": None}
            if decided
            else {}
        )
        assignee = None if state is State.RECEIVED else "huda"
        async with transaction(office.sessions) as session:
            await session.execute(
                update(Case).where(Case.id == case.id).values(state=state, assignee=assignee, **values)
            )


async def _month(office: Office) -> None:
    """What was asked in a month, and some conversations with colleagues."""
    rng = random.Random(3)  # the same picture each time
    now = utc_now()
    conversation_id = await office.conversation_of()
    intents = ["ask_fee", "ask_documents", "ask_steps", "track_complaint", "get_pcr_result", "out_of_scope"]
    rows = []
    for number in range(600):
        hour = min(23, max(0, int(rng.gauss(12, 4))))
        at = (now - timedelta(days=1 + number % 25)).replace(hour=hour, minute=rng.randrange(60))
        intent = rng.choices(intents, (9, 8, 5, 4, 3, 2))[0]
        rows.append(
            {
                "conversation_id": conversation_id, "author": "citizen", "text": "سطر", "body": {"intent": intent},
                "late": False, "created_at": at,
            }
        )  # fmt: skip
    rows.sort(key=lambda row: str(row["created_at"]))
    topics = (("nat-02", "جواز السفر"), ("nat-01", "البطاقة الوطنية"), ("jus-01", "صحة الصدور"))
    async with transaction(office.sessions) as session:
        await session.execute(insert(MESSAGES), rows)
        for number in range(12):
            opened = now - timedelta(days=number, hours=5)
            code, title = topics[number % 3]
            session.add(
                Handoff(
                    conversation_id=conversation_id, state="closed", reason=list(Reason)[number % 4], topic=code,
                    topic_title=title, team="", opened_at=opened, ended_at=opened + timedelta(minutes=9 + number),
                    rating=3 + number % 3, call_back="",
                )
            )  # fmt: skip


async def test_a_case_officer_upholds_a_complaint_and_the_citizen_hears_of_it(
    office: Office, windows: Windows, settings: Settings
) -> None:
    await office.hires("huda", "هدى", Role.CASE_OFFICER)
    await office.hires("ali", "علي", Role.CASE_OFFICER)
    await office.hires("boss", "مدير النظام", Role.ADMINISTRATOR)
    agent_id = await casework.agent(office.sessions)
    await _others(office, settings, agent_id)
    citizen = await windows.open(PHONE)
    await citizen.goes("/")
    await citizen.page.get_by_label("اكتب رسالتك").fill("مرحبا")
    await citizen.page.get_by_role("button", name="إرسال").click()
    await expect(citizen.page.locator("#log article.from-bot").last).to_contain_text("جواب")
    case = await casework.case(
        office.sessions, settings, await office.conversation_of(), text=TOLD, agent_id=agent_id,
        district="basra-zubair", sum_dinars=5000,
    )  # fmt: skip

    huda = await windows.open()
    await huda.enters("huda")
    page = huda.page
    await huda.goes("/console/cases?state=open")
    await expect(page.locator("tbody tr")).to_have_count(5)
    await huda.is_accessible()
    await huda.fits()
    await huda.picture("cases")
    await page.get_by_role("searchbox", name="رقم المتابعة").fill(casework.shown(case))
    await page.get_by_role("button", name="افتح").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("أخذ مبلغ زائد")
    assert "زيادة" not in await page.locator("main").inner_text()
    await huda.is_accessible()
    await page.get_by_label("سبب الكشف").fill("للتحقيق في الشكوى")
    await page.get_by_role("button", name="كشف").click()
    await expect(page.locator(".told").first).to_contain_text("•••••••••••")
    await page.get_by_role("button", name="إسناد", exact=True).click()
    await expect(page.locator(".flash")).to_contain_text("أُسندت")
    await expect(citizen.page.locator("#log")).to_contain_text("صارت عند موظف مختص")
    await page.keyboard.press("i")
    await expect(page.locator(".flash")).to_contain_text("بدأ التحقيق")
    await page.get_by_label("لا يراها المواطن").first.fill("زرنا الوكيل واعترف")
    await huda.is_accessible()
    await page.get_by_label("الإجراء").select_option(label="إعادة المبلغ إلى صاحبه")
    await page.get_by_label("رسالة للمواطن").first.fill("راجع مركز التموين لاستلام المبلغ.")
    await huda.fits()
    await page.get_by_role("button", name="ثبتت", exact=True).click()
    await expect(page.locator(".flash")).to_contain_text("ثبتت")
    log = citizen.page.locator("#log")
    await expect(log).to_contain_text("ثبت أن شكواك صحيحة")
    await expect(log).to_contain_text("إعادة المبلغ إلى صاحبه")
    await expect(log).to_contain_text("راجع مركز التموين لاستلام المبلغ.")
    assert "اعترف" not in await citizen.page.content()
    await citizen.picture("citizen-hears")
    await page.get_by_label("نص جاهز").select_option(label="شكر")
    await expect(page.get_by_label("الرسالة", exact=True)).not_to_have_value("")
    await huda.picture("case")
    await page.get_by_role("button", name="إرسال").click()
    await expect(log).to_contain_text("شكراً لأنك أخبرتنا")
    await page.get_by_role("link", name="كل تاريخه").click()
    await expect(page.locator("tbody tr")).to_have_count(6)
    await huda.is_accessible()

    await huda.goes("/console/cases?state=open")
    await page.get_by_label("اختيار الكل").check()
    await expect(page.locator("#ticked")).to_contain_text("المختار: 4")
    await page.get_by_label("إسناد المختارة إلى").select_option(label="علي")
    await page.get_by_role("button", name="إسناد المختارة").click()
    await expect(page.locator(".undo")).to_be_visible()
    await huda.is_accessible()
    await huda.picture("cases-undo")
    await page.keyboard.press("z")
    await expect(page.locator(".flash")).to_contain_text("تراجعت عن الإسناد: 4 شكاوى")
    await huda.goes("/console/accountability")
    await expect(page.locator("main")).to_contain_text("كريم جاسم محمد")
    await huda.is_accessible()
    await huda.fits()
    await huda.picture("accountability")

    phone = await windows.open(PHONE)
    await phone.enters("huda")
    for path in ("cases", f"cases/{case.number}", f"cases/agents/{agent_id}", "accountability"):
        await phone.goes(f"/console/{path}")
        await phone.fits()
        await phone.is_accessible()
        if path.startswith("cases/1") or path in ("cases", f"cases/{case.number}"):
            await phone.picture("case-phone" if case.number in path else "cases-phone")

    await _month(office)
    boss = await windows.open()
    await boss.enters("boss")
    for query in ("?days=7", "?days=30"):
        await boss.goes(f"/console/figures{query}")
        await boss.fits()
        await boss.is_accessible()
    await boss.picture("figures")
