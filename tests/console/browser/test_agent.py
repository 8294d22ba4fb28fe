"""An agent's day: takes, helps, transfers, closes; a citizen at the other end, live."""

import pytest
from playwright.async_api import expect

from casework.handoffs.models import Reason
from operations.accounts.models import Role
from operations.audit.chain import verify
from tests.console.browser.conftest import PHONE, Desk, Windows
from tests.console.conftest import Office

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


async def _citizen_page(windows: Windows, *lines: str) -> Desk:
    citizen = await windows.open(PHONE)
    await citizen.goes("/")
    for line in lines:
        await citizen.page.get_by_label("اكتب رسالتك").fill(line)
        await citizen.page.get_by_role("button", name="إرسال").click()
        await expect(citizen.page.locator("#log article.from-bot").last).to_contain_text("جواب")
    return citizen


async def test_an_agent_takes_helps_and_closes(office: Office, windows: Windows) -> None:
    await office.hires("sara", "سارة", Role.AGENT, team="فريق الوثائق")
    sara = await windows.open()
    await sara.enters("sara")
    page = sara.page
    await expect(page.get_by_text("لا أحد ينتظر")).to_be_visible()
    await sara.is_accessible()

    citizen = await _citizen_page(windows, "جوازي ضايع وأني مسافر بعد أسبوع، رقمي 07701234567", "شنو أسوي هسه؟")
    await office.queues("جواز السفر")
    row = page.locator(".row").filter(has_text="جواز السفر")
    await expect(row).to_contain_text("شنو أسوي هسه؟")
    await sara.is_accessible()
    await page.keyboard.press("n")
    await page.wait_for_url("**/console/handoffs/1")
    await expect(citizen.page.locator("#log")).to_contain_text("معك الآن سارة")

    await expect(page.locator(".line.citizen").first).to_contain_text("هاتف •••")
    assert "0770" not in await page.content()
    masked = page.locator(".line.citizen").first
    await masked.get_by_text("كشف الرقم").click()
    await masked.get_by_label("سبب الكشف").fill("للاتصال به")
    await masked.get_by_role("button", name="كشف", exact=True).click()
    await expect(page.locator(".revealed")).to_contain_text("+9647701234567")

    await page.get_by_label("رد جاهز").select_option(label="ترحيب")
    await page.get_by_role("button", name="إرسال").click()
    await expect(citizen.page.locator(".from-person").last).to_contain_text("أنا سارة من فريق مساعد أور")
    await expect(page.locator(".line.agent")).to_have_count(1)
    await expect(page.get_by_label("رسالتك للمواطن")).to_have_value("")

    box = citizen.page.get_by_label("اكتب رسالتك")
    await box.press_sequentially("شكراً، ")
    await expect(page.locator("#typing")).to_contain_text("يكتب المواطن")
    await box.press_sequentially("وين أروح؟")
    await citizen.page.get_by_role("button", name="إرسال").click()
    await expect(page.locator(".line.citizen").last).to_contain_text("وين أروح؟")
    await page.get_by_label("رسالتك للمواطن").press_sequentially("راجع مديرية الجوازات")
    await expect(citizen.page.locator("#typing")).to_be_visible()
    await page.keyboard.press("Enter")
    await expect(citizen.page.locator(".from-person").last).to_contain_text("راجع مديرية الجوازات")
    await page.get_by_label("ملاحظة خاصة").fill("وُجّه إلى مديرية الجوازات")
    await page.get_by_role("button", name="إضافة").click()
    await expect(page.locator(".note")).to_contain_text("وُجّه إلى مديرية الجوازات")
    await sara.is_accessible()
    await sara.fits()
    await sara.picture("conversation")
    await citizen.picture("citizen-with-person")

    await page.get_by_role("button", name="إغلاق").click()
    await expect(page.locator("#finish input:checked")).to_have_count(0)
    await page.locator("#finish").get_by_text("حُلّت مسألته").click()
    await page.locator("#finish").get_by_role("button", name="إغلاق").click()
    await expect(page.locator(".flash")).to_contain_text("أُغلقت المحادثة")
    stars = citizen.page.get_by_role("button", name="★★★★★ ممتازة")
    await stars.click()
    await expect(citizen.page.locator("#log")).to_contain_text("شكراً لتقييمك")
    assert "وُجّه" not in await citizen.page.content()
    await citizen.page.get_by_label("اكتب رسالتك").fill("وشنو الرسوم؟")
    await citizen.page.get_by_role("button", name="إرسال").click()
    await expect(citizen.page.locator("#log")).to_contain_text("جواب وشنو الرسوم؟")
    async with office.sessions() as session:
        assert (await verify(session)).whole


async def test_the_queue_at_work(office: Office, windows: Windows) -> None:
    await office.hires("sara", "سارة", Role.AGENT, team="فريق الوثائق")
    await office.hires("ali", "علي", Role.AGENT, team="فريق الشكاوى")
    people = (
        ("جواز السفر", Reason.ASKED, "أريد أحچي ويه موظف، جوازي ضايع"),
        ("البطاقة الوطنية", Reason.FAILURES, "قدّمت قبل 3 أشهر وما وصلني شي"),
        ("شكوى على وكيل الحصة", Reason.ANGER, "كل شهر نفس الكلام ومحد يرد علينا"),
        ("رعاية الأرملة والمطلقة", Reason.SENSITIVE, "زوجي توفى وما أعرف شلون أقدم"),
        ("رخصة البناء", Reason.ASKED, "الدائرة رجعت المعاملة بدون سبب"),
    )
    for topic, reason, text in people:
        await office.citizen(text)
        await office.queues(topic, reason)
    sara, ali = await windows.open(), await windows.open()
    await sara.enters("sara")
    await ali.enters("ali")
    await expect(ali.page.locator(".row")).to_have_count(5)
    await sara.page.locator(".row").filter(has_text="رعاية الأرملة").get_by_role("button").click()
    await sara.page.wait_for_url("**/console/handoffs/4")
    await expect(ali.page.locator("section").filter(has_text="مع الزملاء").locator(".row")).to_have_count(1)
    await sara.goes("/console/handoffs")
    await expect(sara.page.locator("section").filter(has_text="معي").locator(".row")).to_have_count(1)
    await sara.fits()
    await sara.is_accessible()
    await sara.picture("queue")
    phone = await windows.open(PHONE)
    await phone.enters("sara")
    await phone.fits()
    await phone.is_accessible()
    await phone.picture("queue-phone")
    await phone.goes("/console/handoffs/4")
    await phone.fits()
    await phone.is_accessible()
    await phone.picture("conversation-phone")


async def test_two_agents_claim_at_once_and_one_gives_it_to_the_other(office: Office, windows: Windows) -> None:
    await office.hires("sara", "سارة", Role.AGENT)
    await office.hires("ali", "علي", Role.AGENT, team="فريق الشكاوى")
    citizen = await _citizen_page(windows, "أريد موظف")
    await office.queues("شكوى")
    sara, ali = await windows.open(), await windows.open()
    await sara.enters("sara")
    await ali.enters("ali")
    for desk in (sara, ali):
        await desk.goes("/console/handoffs/1")
    await sara.page.get_by_role("button", name="استلام").click()
    await expect(sara.page.get_by_label("رسالتك للمواطن")).to_be_visible()
    await ali.page.get_by_role("button", name="استلام").click()
    await expect(ali.page.locator(".flash")).to_contain_text("أخذها زميل قبل لحظة")

    await sara.page.keyboard.press("t")
    await sara.page.get_by_label("إلى من؟").select_option(label="علي · فريق الشكاوى")
    await sara.page.locator("#give").get_by_role("button", name="تحويل").click()
    await expect(sara.page.locator(".flash")).to_contain_text("حُوّلت إلى علي")
    await expect(citizen.page.locator("#log")).to_contain_text("حُوّلت محادثتك إلى علي")
    await expect(ali.page.locator(".row")).to_contain_text("محوّلة إليك")
    await ali.page.get_by_role("button", name="استلام").click()
    await expect(ali.page.locator("#history")).to_contain_text("تحويل: سارة إلى علي")
    await ali.page.keyboard.press("b")
    await expect(citizen.page.locator("#log")).to_contain_text("رجعتُ معك، أنا المساعد الآلي")


async def test_a_session_that_ends_in_mid_sentence_keeps_the_draft(office: Office, windows: Windows) -> None:
    account_id = await office.hires("sara", "سارة", Role.AGENT)
    await office.citizen("مرحبا")
    await office.queues()
    sara = await windows.open()
    await sara.enters("sara")
    await sara.goes("/console/handoffs/1")
    await sara.page.get_by_role("button", name="استلام").click()
    box = sara.page.get_by_label("رسالتك للمواطن")
    await box.press_sequentially("هذا نصف")
    await expect(sara.page.locator("#kept")).to_contain_text("حُفظت المسودة")
    await office.shuts_out(account_id)
    await box.press_sequentially(" جملة طويلة")
    await sara.page.keyboard.press("Enter")
    toast = sara.page.locator("#toast")
    await expect(toast).to_contain_text("انتهت جلستك")
    assert await box.input_value() == "هذا نصف جملة طويلة"
    await toast.get_by_role("link").click()
    await sara.page.get_by_label("اسم الدخول").fill("sara")
    await sara.page.get_by_label("كلمة السر", exact=True).fill("أربع كلمات لا علاقة بينها")
    await sara.page.get_by_role("button", name="دخول").click()
    await expect(sara.page.get_by_label("رسالتك للمواطن")).to_have_value("هذا نصف جملة طويلة")
    other = await windows.open()  # another browser has what the server kept
    await other.enters("sara")
    await other.goes("/console/handoffs/1")
    await expect(other.page.get_by_label("رسالتك للمواطن")).to_have_value("هذا نصف")


async def test_the_network_goes_for_a_while(office: Office, windows: Windows) -> None:
    await office.hires("sara", "سارة", Role.AGENT)
    citizen = await office.citizen("مرحبا")
    await office.queues()
    sara = await windows.open()
    await sara.enters("sara")
    await sara.goes("/console/handoffs/1")
    await sara.page.get_by_role("button", name="استلام").click()
    box = sara.page.get_by_label("رسالتك للمواطن")
    await box.fill("لحظة من فضلك")
    await sara.page.context.set_offline(True)
    await sara.page.keyboard.press("Enter")
    await expect(sara.page.locator("#toast")).to_contain_text("لا يوجد اتصال")
    await expect(box).to_have_value("لحظة من فضلك")
    await citizen.says("هل أنت هنا؟")
    await sara.page.context.set_offline(False)
    await box.press("Enter")
    await expect(box).to_have_value("")
    await expect(sara.page.locator(".line.agent")).to_have_count(1)
    await expect(sara.page.locator(".line.citizen")).to_have_count(2)


async def test_hostile_words_stay_words(office: Office, windows: Windows) -> None:
    await office.hires("sara", '<img src=x onerror="alert(1)">', Role.AGENT)
    await office.citizen("<script>alert(1)</script> {{7*7}} ⟦phone:12345678⟧ \u202eعكس\u202c تست فارسی و English با هم")
    await office.queues('"><svg onload=alert(1)>')
    sara = await windows.open()
    dialogs: list[str] = []
    sara.page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    await sara.enters("sara")
    await expect(sara.page.locator(".row")).to_contain_text("<script>alert(1)</script>")
    await sara.goes("/console/handoffs/1")
    await sara.page.get_by_role("button", name="استلام").click()
    line = sara.page.locator(".line.citizen").first
    await expect(line).to_contain_text("[phone:12345678]")
    await expect(line).to_contain_text("{{7*7}}")
    assert await sara.page.locator("main img, main svg, main script").count() == 0
    assert dialogs == []
    await sara.fits()
