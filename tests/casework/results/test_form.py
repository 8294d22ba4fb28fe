"""A result by chat: two questions, every wrong number answered in words, nothing told to strangers."""

from itertools import count

import pytest

from casework.dialogues.forms import Context, Given, Shared
from casework.dialogues.registry import Registry
from casework.dialogues.service import Dialogues, Outcome
from casework.results import afterwards
from casework.results.form import register
from citizens.models import Channel, Conversation
from citizens.vault import service as vault
from foundation.database import transaction
from tests.casework.results.conftest import Desk, row


class Citizen:
    """One conversation."""

    def __init__(self, desk: Desk, conversation_id: str) -> None:
        self.desk = desk
        self.id = conversation_id
        registry = Registry()
        register(registry)
        self.dialogues = Dialogues(registry, self._never)
        self.ids = count()
        self.buttons: dict[str, str] = {}

    async def _never(self, text: str) -> bool:
        return False

    async def begins(self, text: str = "أريد نتيجتي") -> str:
        """Asks for a result."""
        async with transaction(self.desk.sessions) as session:
            context = self._context(session)
            outcome = await self.dialogues.begin(context, self._id(), "result", Given(text))
        return await self._said(outcome)

    async def gives(self, *texts: str, intent: str = "") -> str:
        """Types; the last answer."""
        answer = ""
        for text in texts:
            answer = await self._takes(Given(text, intent=intent))
        return answer

    async def shares(self, phone: str, *, own: bool = True) -> str:
        """Shares a contact."""
        return await self._takes(Given(shared=Shared("contact", phone=phone, own=own)))

    async def presses(self, title: str) -> str:
        """Presses a button that was shown last."""
        choice = self.buttons[title]
        if not choice.startswith("do:"):
            return await self._takes(Given(choice=choice))
        async with transaction(self.desk.sessions) as session:
            outcome = await self.dialogues.press(self._context(session), self._id(), choice)
        return await self._said(outcome)

    async def _takes(self, given: Given) -> str:
        async with transaction(self.desk.sessions) as session:
            outcome = await self.dialogues.take(self._context(session), self._id(), given)
        return await self._said(outcome)

    async def _said(self, outcome: Outcome) -> str:
        if outcome.aside is not None:
            return f"ASIDE {outcome.aside}"
        self.buttons = {choice.title: choice.value for prompt in outcome.replies for choice in prompt.choices}
        async with self.desk.sessions() as session:
            texts = [await vault.reveal(session, self.id, prompt.text, self.desk.keys) for prompt in outcome.replies]
        return "\n---\n".join(texts)

    def _context(self, session: object) -> Context:
        return Context(session, self.id, self.desk.now, self.desk.keys, self.desk.settings)  # type: ignore[arg-type]

    def _id(self) -> str:
        return f"{self.id}-{next(self.ids)}"


@pytest.fixture
async def ali(desk: Desk) -> Citizen:
    """A citizen whose results are there."""
    await desk.send(
        row(1), row(2, value="موجبة"), row(3, status="قيد الفحص"), row(4, value="غير حاسمة"), row(5, value="مرفوضة")
    )
    return Citizen(desk, "c1")


@pytest.mark.parametrize(
    ("number", "says", "certificate"),
    [
        (1, "سالبة. لم يظهر", True),
        (2, "لا تقلق", True),
        (3, "لم تصدر النتيجة بعد", False),
        (4, "غير حاسمة", False),
        (5, "لم تُفحص العينة", False),
    ],
)
async def test_two_questions_and_the_answer(ali: Citizen, number: int, says: str, certificate: bool) -> None:
    assert "رقم العينة" in await ali.begins()
    assert "البطاقة الوطنية" in await ali.gives(f"هذا هو bgd ٢٠٢٦ ٠٠٠٠٠{number}")
    answer = await ali.gives(f"19850000000{number}")
    assert says in answer
    assert "كاظم" not in answer
    assert ("الشهادة (ملف)" in ali.buttons) is certificate


async def test_the_first_sentence_may_hold_the_number(ali: Citizen) -> None:
    assert "البطاقة الوطنية" in await ali.begins("رقم العينة BGD-2026-000001 أريد نتيجتها")
    assert "سالبة" in await ali.gives("1985 0001")


@pytest.mark.parametrize(
    "text",
    [
        "اريد نتيجة مسحتي رقمها BGD-2026-000001 ورقم هويتي 198500000001",
        "هويتي ١٩٨٥٠٠٠٠٠٠٠١ ورقم العينة bgd ٢٠٢٦ ٠٠٠٠٠١",
        "BGD-2026-000001 198500000001",
        "BGD-2026-000001 1985 0001",
    ],
)
async def test_number_and_proof_in_one_message(ali: Citizen, text: str) -> None:
    assert "سالبة" in await ali.begins(text)
    await ali.begins()
    assert "سالبة" in await ali.gives(text)
    await ali.begins()
    assert "سالبة" in await ali.gives("BGD-2026-000009", text)
    await ali.begins("نتيجة BGD-2026-000009 هويتي 198500000001")
    assert "سالبة" in await ali.gives(text)


async def test_a_proof_in_the_first_sentence_waits_for_the_number(ali: Citizen) -> None:
    assert "رقم العينة" in await ali.begins("اريد نتيجتي هويتي 198500000001")
    assert "سالبة" in await ali.gives("BGD-2026-000001")


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("07701234567", "هذا رقم هاتف"),
        ("٠٧٧٠ ١٢٣ ٤٥٦٧", "هذا رقم هاتف"),
        ("12", "لا يشبه رقم عينة"),
        ("ضاع الوصل", "بدون رقم العينة"),
        ("منو انت", "ASIDE"),
    ],
)
async def test_what_is_no_sample_number(ali: Citizen, typed: str, says: str) -> None:
    await ali.begins()
    assert says in await ali.gives(typed)
    assert "البطاقة الوطنية" in await ali.gives("BGD-2026-000001")


async def test_a_side_question_with_a_number_is_not_taken_for_a_sample(ali: Citizen) -> None:
    await ali.begins()
    assert "ASIDE" in await ali.gives("شكد رسوم الجواز لسنة 2026", intent="ask_fee")
    await ali.gives("BGD-2026-000001")
    assert "ASIDE" in await ali.gives("ليش تريده")
    assert "سالبة" in await ali.gives("A12340001")


@pytest.mark.parametrize("typed", ["07701230001", "٠٧٧٠١٢٣٠٠٠١"])
async def test_a_typed_phone_proves_nothing(ali: Citizen, typed: str) -> None:
    await ali.begins()
    assert "وحده لا يكفي" in await ali.gives("BGD-2026-000001", typed)
    assert "سالبة" in await ali.gives(f"{typed} 1985")


async def test_a_shared_contact(desk: Desk, ali: Citizen) -> None:
    async with transaction(desk.sessions) as session:
        session.add(Conversation(id="tg", channel=Channel.TELEGRAM, engine_sender="tg", created_at=desk.now))
    sara = Citizen(desk, "tg")
    assert "أولاً" in await sara.begins() + await sara.shares("+9647701230001")
    assert "تلغرام" in await sara.gives("BGD-2026-000001")
    assert "شخص آخر" in await sara.shares("+9647701230001", own=False)
    assert "سالبة" in await sara.shares("9647701230001")
    await ali.begins()
    assert "تلغرام" not in await ali.gives("BGD-2026-000001")


async def test_wrong_and_missing_say_the_same_and_stop(desk: Desk, ali: Citizen) -> None:
    await desk.conversation("c2")
    other = Citizen(desk, "c2")
    wrong = [await ali.begins()]
    missing = [await other.begins()]
    for number in range(3):
        wrong.append(await ali.gives("BGD-2026-000001", f"19850000900{number}"))
        missing.append(await other.gives("BGD-2026-777777", f"19850000900{number}"))
    assert wrong == missing
    assert "لم أجد نتيجة" in wrong[1]
    assert "اكتب رقم العينة" in wrong[1]
    assert "توقفت المحاولات حتى الساعة 15:05" in wrong[3]
    await ali.begins()
    assert "توقفت المحاولات" in await ali.gives("BGD-2026-000001", "198500000001")


@pytest.mark.parametrize("typed", ["ليش ما تطلع", "مو صح؟ شسوي هسه", "شسوي هسه", "والله هذا رقمي صح", "متأكد"])
async def test_a_doubt_after_not_found_is_answered(ali: Citizen, typed: str) -> None:
    await ali.begins()
    assert "لم يرسل" not in await ali.gives(typed)
    await ali.gives("BGD-2026-000001", "198500009999")
    answer = await ali.gives(typed)
    assert "لم يرسل المختبر النتيجة بعد" in answer
    assert ali.buttons["التحدث مع إنسان"] == "/request_human"
    assert "سالبة" in await ali.gives("198500000001")


@pytest.mark.parametrize("typed", ["والله هذا رقمي صح، اريد موظف", "رقمي BGD-2026-000001 صح اريد موظف", "اريد موظف"])
async def test_a_person_is_asked_for_in_any_state(ali: Citizen, typed: str) -> None:
    await ali.begins()
    assert "ASIDE" in await ali.gives(typed)
    await ali.gives("BGD-2026-000001")
    assert "ASIDE" in await ali.gives(typed)
    await ali.gives("198500009999")
    assert "ASIDE" in await ali.gives(typed)


async def test_sent_the_moment_it_is_there(desk: Desk, ali: Citizen) -> None:
    await ali.begins()
    await ali.gives("BGD-2026-000003", "198500000003")
    assert "سأرسلها لك هنا" in await ali.presses("أرسلها لي عند صدورها")
    assert "عينة يوم" in " ".join((await ali.begins(), *ali.buttons))
    assert "لم تصدر النتيجة بعد. سأرسلها" in await ali.presses("عينة يوم 2026/11/22")
    await desk.send(row(3))
    assert "اكتب رقم العينة" in await ali.begins()
    assert "سالبة" in await ali.presses("عينة يوم 2026/11/22")


async def test_buttons_of_others_open_nothing(desk: Desk, ali: Citizen) -> None:
    await ali.begins()
    await ali.gives("BGD-2026-000003", "198500000003")
    await desk.conversation("c2")
    other = Citizen(desk, "c2")
    other.buttons = dict(ali.buttons)
    assert "لم تعد متاحة" in await other.presses("أرسلها لي عند صدورها")
    result_id = await desk.result_id("BGD-2026-000003")
    for choice in (f"do:result:show-{result_id}", "do:result:show-x", "do:result:"):
        other.buttons = {"x": choice}
        assert "لم تعد متاحة" in await other.presses("x")
    await other.begins()
    other.buttons["x"] = f"result.sample=known-{result_id}"
    assert "لم تعد متاحة" in await other.presses("x")


async def test_a_code_in_arabic_letters(ali: Citizen) -> None:
    await ali.begins()
    assert "البطاقة الوطنية" in await ali.gives("بغد ٢٠٢٦ ٠٠٠٠٠١")
    assert "سالبة" in await ali.gives("1985 0001")
    await ali.begins()
    assert "بالإنكليزية" in await ali.gives("كرخ 2026 0001")


@pytest.mark.parametrize(
    ("typed", "says"), [("ضيعت الورقه وماعرف الرقم", "اتصل بالمختبر"), ("اسمي علي حسين", "لا نبحث بالاسم")]
)
async def test_without_a_number(ali: Citizen, typed: str, says: str) -> None:
    await ali.begins()
    assert says in await ali.gives(typed, intent="ask_steps")


@pytest.mark.parametrize(
    ("number", "text", "button"),
    [
        (1, "اريد الشهاده", "do:certificate:"),
        (2, "شنو اسوي هسه", "do:result:advice-"),
        (2, "يعني اموت؟", "do:result:advice-"),
        (3, "اي", "do:result:send-"),
        (3, "اي خبروني", "do:result:send-"),
        (4, "وليش هيج", "do:result:why-"),
        (4, "اريد الشهاده", None),
        (1, "اريد شهادة ولادة لابني", None),
        (1, "اي", None),
    ],
)
async def test_what_is_asked_right_after(ali: Citizen, number: int, text: str, button: str | None) -> None:
    await ali.begins()
    await ali.gives(f"BGD-2026-00000{number}", f"19850000000{number}")
    async with transaction(ali.desk.sessions) as session:
        meant = await afterwards.pressed(ali._context(session), text, said_last=True)
    assert (meant or "").startswith(button) if button else meant is None
    if meant is not None and "result" in meant:
        async with transaction(ali.desk.sessions) as session:
            outcome = await ali.dialogues.press(ali._context(session), "next", meant)
        assert outcome.replies[0].text


async def test_yes_later_is_about_something_else(ali: Citizen) -> None:
    await ali.begins()
    await ali.gives("BGD-2026-000003", "198500000003")
    async with transaction(ali.desk.sessions) as session:
        assert await afterwards.pressed(ali._context(session), "اي", said_last=False) is None
