"""Forms as citizens fill them: forth and back, with side questions, over pauses, each message once."""

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select

from bot.conversations import repository as conversations
from casework.dialogues import repository, sentences
from casework.dialogues.forms import Context, Given, Prompt, Shared
from casework.dialogues.models import Dialogue
from casework.dialogues.registry import Begin, Registry
from casework.dialogues.service import Dialogues, Outcome
from citizens.models import Channel
from citizens.vault import service as vault
from foundation.database import SessionFactory, transaction
from foundation.datakeys import DataKeys
from foundation.settings import Settings
from tests.casework.dialogues.toy import Inner, Toy

NOON = datetime(2026, 11, 23, 9, tzinfo=UTC)


class Citizen:
    """Fills forms in one conversation."""

    def __init__(self, sessions: SessionFactory, conversation_id: str) -> None:
        self.sessions = sessions
        self.conversation_id = conversation_id
        self.keys = DataKeys([Fernet.generate_key().decode()])
        self.now = NOON
        self.toy = Toy()
        self.ids = count(1)
        registry = Registry()
        registry.add(self.toy)
        registry.add(Inner())

        async def again(context: Context, argument: str) -> Begin:
            return Begin("toy", {"colour": argument})

        async def hello(context: Context, argument: str) -> tuple[Prompt, ...]:
            return (Prompt(f"أهلاً {argument}"),)

        registry.on("again", again)
        registry.on("hello", hello)
        self.off: dict[str, str] = {}
        self.dialogues = Dialogues(registry, self._asks, self.off.get)

    async def _asks(self, text: str) -> bool:
        return text.startswith("شكد")

    async def begin(self, kind: str = "toy", text: str = "", *, message: str = "", instead: bool = False) -> Outcome:
        async with transaction(self.sessions) as session:
            return await self.dialogues.begin(
                self._context(session), message or self._id(), kind, Given(text), instead=instead
            )

    async def says(self, text: str, *, intent: str = "", message: str = "") -> Outcome:
        async with transaction(self.sessions) as session:
            return await self.dialogues.take(self._context(session), message or self._id(), Given(text, intent=intent))

    async def presses(self, choice: str) -> Outcome:
        async with transaction(self.sessions) as session:
            if choice.startswith(("do:", "begin:")):
                return await self.dialogues.press(self._context(session), self._id(), choice)
            return await self.dialogues.take(self._context(session), self._id(), Given(choice=choice))

    async def shows(self, shared: Shared) -> Outcome:
        async with transaction(self.sessions) as session:
            return await self.dialogues.take(self._context(session), self._id(), Given(shared=shared))

    async def texts(self, outcome: Outcome) -> list[str]:
        async with self.sessions() as session:
            return [
                await vault.reveal(session, self.conversation_id, prompt.text, self.keys) for prompt in outcome.replies
            ]

    async def row(self) -> Dialogue:
        async with self.sessions() as session:
            return (await session.scalars(select(Dialogue))).one()

    def _context(self, session: object) -> Context:
        return Context(session, self.conversation_id, self.now, self.keys, Settings(_env_file=None))  # type: ignore[arg-type]

    def _id(self) -> str:
        return f"in-{next(self.ids)}"


@pytest.fixture
async def citizen(sessions: SessionFactory) -> Citizen:
    async with transaction(sessions) as session:
        conversation_id = await conversations.get_or_create(session, Channel.WEB, "a", NOON)
    return Citizen(sessions, conversation_id)


async def filled(citizen: Citizen) -> Outcome:
    """A form up to its summary."""
    await citizen.begin()
    await citizen.presses("toy.colour=blue")
    await citizen.says("123")
    return await citizen.says("صار كذا وكذا")


async def test_from_the_first_question_to_the_end(citizen: Citizen) -> None:
    opened = await citizen.begin()
    assert [prompt.text for prompt in opened.replies] == ["نبدأ.", "أي لون؟"]
    assert [choice.value for choice in opened.replies[1].choices] == ["toy.colour=red", "toy.colour=blue", "ctl:cancel"]
    assert [prompt.text for prompt in (await citizen.presses("toy.colour=blue")).replies] == ["ما الرقم؟"]
    assert (await citizen.row()).expects == "digits"
    await citizen.says("123")
    thanks, summary = (await citizen.says("صار كذا")).replies
    assert thanks.text == "شكراً."
    [_, shown] = await citizen.texts(Outcome((thanks, summary)))
    assert shown.splitlines() == [
        "راجع طلبك قبل الإرسال:",
        "• اللون: blue",
        "• الرقم: 123",
        "• ما حدث: صار كذا",
        sentences.CONFIRM,
    ]
    ended = await citizen.says("نعم")
    assert await citizen.texts(ended) == ["وصل 123"]
    assert citizen.toy.finished == [{"colour": "blue", "number": "123", "account": "صار كذا"}]
    assert (await citizen.row()).expects is None


async def test_what_the_first_sentence_says_is_not_asked(citizen: Citizen) -> None:
    opened = await citizen.begin(text="أريد أحمر")
    assert opened.replies[-1].text == "ما الرقم؟"


async def test_a_message_is_acted_on_once(citizen: Citizen) -> None:
    await filled(citizen)
    first = await citizen.says("نعم", message="in-x")
    again = await citizen.says("نعم", message="in-x")
    assert [prompt.text for prompt in first.replies] == [prompt.text for prompt in again.replies]
    assert len(citizen.toy.finished) == 1


async def test_answers_and_personal_replies_are_not_in_clear(citizen: Citizen) -> None:
    outcome = await filled(citizen)
    row = await citizen.row()
    assert "كذا".encode() not in (row.state or b"")
    assert "كذا" not in str(row.outcome)
    assert outcome.replies[-1].text.startswith("⟦text:")


async def test_back_asks_the_question_before(citizen: Citizen) -> None:
    await citizen.begin()
    assert (await citizen.says("رجوع")).replies[0].text == sentences.FIRST_QUESTION
    await citizen.presses("toy.colour=blue")
    assert (await citizen.says("ارجع")).replies[-1].text == "أي لون؟"
    await citizen.says("أحمر")
    await citizen.says("5")
    assert (await citizen.presses("ctl:back")).replies[-1].text == "ما الرقم؟"


async def test_an_answer_is_changed_from_the_summary(citizen: Citizen) -> None:
    await filled(citizen)
    offered = await citizen.says("لا")
    assert [choice.value for choice in offered.replies[0].choices][:3] == ["edit:colour", "edit:number", "edit:account"]
    assert (await citizen.says("الرقم")).replies[-1].text == "ما الرقم؟"
    assert "• الرقم: 77" in (await citizen.texts(await citizen.says("77")))[-1]


async def test_an_earlier_button_changes_its_answer(citizen: Citizen) -> None:
    await citizen.begin()
    await citizen.presses("toy.colour=blue")
    assert (await citizen.presses("toy.colour=red")).replies[-1].text == "ما الرقم؟"
    await citizen.says("1")
    assert "red" in (await citizen.texts(await citizen.says("حدث")))[-1]


async def test_a_wrong_answer_gets_a_hint_and_nothing_is_lost(citizen: Citizen) -> None:
    await citizen.begin(text="أحمر")
    assert (await citizen.says("كلام")).replies[0].text == "اكتب أرقاماً فقط."
    assert (await citizen.says("9")).replies[-1].text == "ماذا حدث؟"


async def test_a_side_question_is_answered_and_the_form_goes_on(citizen: Citizen) -> None:
    await citizen.begin()
    aside = await citizen.says("شلون الجو")
    assert (aside.aside, aside.hint) == ("شلون الجو", sentences.NOT_UNDERSTOOD)
    assert aside.replies[-1].text == "أي لون؟"
    await citizen.says("أزرق")
    await citizen.says("1")
    assert (await citizen.says("شكد رسوم الجواز؟")).aside == "شكد رسوم الجواز؟"


async def test_a_button_of_something_else_is_a_side_question(citizen: Citizen) -> None:
    await citizen.begin()
    outcome = await citizen.says("")
    assert outcome.aside == ""
    assert outcome.replies[-1].text == "أي لون؟"


async def test_cancelling_a_form_with_answers_is_asked_about(citizen: Citizen) -> None:
    await citizen.begin()
    assert "محوت" in (await citizen.says("إلغاء")).replies[0].text
    await filled(citizen)
    assert (await citizen.says("الغاء")).replies[0].text == sentences.surely("طلبك")
    assert (await citizen.texts(await citizen.says("لا")))[-1].startswith("راجع طلبك")
    await citizen.says("الغاء")
    assert "محوت" in (await citizen.says("نعم")).replies[0].text
    assert not (await citizen.says("مرحبا")).handled


async def test_after_a_day_the_form_is_offered_and_nothing_typed_is_an_answer(citizen: Citizen) -> None:
    await citizen.begin(text="أحمر")
    citizen.now += timedelta(days=1)
    back = await citizen.says("مرحبا", intent="greet")
    assert back.aside == "مرحبا"
    assert back.replies[-1].text == sentences.unfinished("طلبك")
    assert (await citizen.row()).expects == ""
    assert (await citizen.says("كلام")).aside == "كلام"
    assert (await citizen.says("اي نكمل")).replies[-1].text == "ما الرقم؟"
    citizen.now += timedelta(days=1)
    assert (await citizen.says("123")).replies[-1].text == "ماذا حدث؟"
    citizen.now += timedelta(days=1)
    assert (await citizen.says("مرحبا")).aside == "مرحبا"


async def test_a_photo_is_an_answer_where_one_is_waited_for(citizen: Citizen) -> None:
    await citizen.begin(text="أحمر")
    await citizen.says("1")
    assert (await citizen.row()).expects == "photo,whole_text"
    shown = await citizen.texts(await citizen.shows(Shared("photo", file_id="f1")))
    assert "• ما حدث: f1" in shown[-1]


async def test_another_form_in_between_and_back(citizen: Citizen) -> None:
    await citizen.begin(text="أحمر")
    await citizen.says("سؤال", message="in-s")
    assert (await citizen.begin("inner", message="in-s", instead=True)).replies[-1].text == "ما الرقم؟"
    texts = await citizen.texts(await citizen.says("4"))
    assert texts == ["تم الداخلي.", sentences.returning("طلبك"), "ما الرقم؟"]


async def test_the_same_form_begun_again_is_offered(citizen: Citizen) -> None:
    await citizen.begin(text="أحمر")
    assert [prompt.text for prompt in (await citizen.begin()).replies] == [sentences.within("طلبك"), "ما الرقم؟"]
    citizen.now += timedelta(days=1)
    assert (await citizen.begin()).replies[-1].text == sentences.unfinished("طلبك")


async def test_what_belongs_to_the_form_is_kept_beside_the_question(citizen: Citizen) -> None:
    await citizen.begin()
    outcome = await citizen.says("وأيضاً كذا")
    assert [prompt.text for prompt in outcome.replies] == ["أضفته.", "أي لون؟"]
    assert outcome.aside is None


async def test_buttons_outside_forms(citizen: Citizen) -> None:
    assert (await citizen.presses("do:hello:زينب")).replies[0].text == "أهلاً زينب"
    assert (await citizen.presses("do:again:red")).replies[-1].text == "ما الرقم؟"
    assert [prompt.text for prompt in (await citizen.presses("do:hello:علي")).replies] == ["أهلاً علي", "ما الرقم؟"]
    assert (await citizen.presses("toy.other=1")).replies[0].text == sentences.OLD_BUTTON


async def test_forms_nobody_goes_on_with_are_deleted(citizen: Citizen) -> None:
    await citizen.begin()
    async with transaction(citizen.sessions) as session:
        assert await repository.forget_old(session, NOON, 10, dry=False) == 0
        assert await repository.forget_old(session, NOON + timedelta(days=1), 10, dry=True) == 1
        assert await repository.forget_old(session, NOON + timedelta(days=1), 10, dry=False) == 1


class TestSwitchedOff:
    async def test_a_form_does_not_open_and_its_buttons_do_nothing(self, citizen: Citizen) -> None:
        citizen.off |= {"toy": "متوقف.", "hello": "متوقف."}
        for outcome in (await citizen.begin(), await citizen.presses("begin:toy"), await citizen.presses("do:hello:x")):
            assert [prompt.text for prompt in outcome.replies] == ["متوقف."]
        assert [prompt.text for prompt in (await citizen.presses("do:again:red")).replies] == ["متوقف."]
        citizen.off.clear()
        assert [prompt.text for prompt in (await citizen.begin()).replies] == ["نبدأ.", "أي لون؟"]

    async def test_what_is_filled_in_half_stays_and_is_gone_on_with(self, citizen: Citizen) -> None:
        await citizen.begin()
        await citizen.presses("toy.colour=blue")
        citizen.off["toy"] = "متوقف."
        typed = await citizen.says("123")
        assert (typed.replies, typed.aside, typed.hint) == ((), "123", "متوقف.")
        assert [prompt.text for prompt in (await citizen.presses("toy.colour=red")).replies] == ["متوقف."]
        citizen.off.clear()
        await citizen.says("123")
        assert (await citizen.row()).expects != "digits", "the answer is taken now"

    async def test_it_can_be_left(self, citizen: Citizen) -> None:
        await citizen.begin()
        citizen.off["toy"] = "متوقف."
        await citizen.says("إلغاء")
        await citizen.says("نعم")
        assert (await citizen.row()).expects is None
