"""The certificate by chat: to those whose result it is, and to nobody else."""

import pytest

from casework.certificates.dialogue import HANDLER, register
from casework.certificates.verify import State, verify
from casework.dialogues.forms import Context, Prompt
from casework.dialogues.registry import Begin, Registry
from casework.files.service import OpenedFile, open_own
from foundation.database import SessionFactory, transaction
from foundation.datakeys import DataKeys
from foundation.settings import Settings
from tests.casework.certificates.reading import code_in
from tests.casework.results.conftest import Desk, row

FACTOR = "198500000001"


@pytest.fixture
async def desk(sessions: SessionFactory, keys: DataKeys, settings: Settings) -> Desk:
    """A laboratory with one result, and the citizens `c1`, who has proven that it is theirs, and `c2`."""
    one = Desk(sessions, keys, settings)
    await one.laboratory()
    for name in ("c1", "c2"):
        await one.conversation(name)
    await one.send(row(1))
    await one.ask("BGD-2026-000001", FACTOR)
    return one


async def press(desk: Desk, argument: object, conversation: str = "c1") -> Prompt:
    """Presses the button."""
    registry = Registry()
    register(registry)
    async with transaction(desk.sessions) as session:
        context = Context(session, conversation, desk.now, desk.keys, desk.settings)
        said = await registry.handlers[HANDLER](context, str(argument))
    assert not isinstance(said, Begin)
    (prompt,) = said
    return prompt


async def opened(desk: Desk, prompt: Prompt) -> list[OpenedFile]:
    """The files of a message, as its citizen gets them."""
    async with desk.sessions() as session:
        files = [await open_own(session, file_id, "c1", desk.keys) for file_id in prompt.files]
        assert [await open_own(session, file_id, "c2", desk.keys) for file_id in prompt.files] == [None] * len(files)
    return [file for file in files if file is not None]


async def test_the_owner_gets_a_file_and_a_picture(desk: Desk) -> None:
    prompt = await press(desk, await desk.result_id("BGD-2026-000001"))
    assert prompt.text.startswith("هذه شهادة فحصك، صالحة حتى 2026/11/25 الساعة 10:30 بتوقيت بغداد.")
    paper, picture = await opened(desk, prompt)
    assert (paper.media_type, picture.media_type) == ("application/pdf", "image/png")
    assert paper.name.endswith(".pdf")
    assert "علي" not in paper.name + picture.name
    code = code_in(picture.data)
    assert code_in(paper.data) == code
    async with desk.sessions() as session:
        verdict = await verify(session, code, desk.now)
    assert verdict.state is State.VALID
    assert verdict.content is not None
    assert (verdict.content.name.given, verdict.content.name.surname) == ("علي حسن", "كاظم")
    assert verdict.content.born == "1985"
    assert verdict.content.laboratory == "مختبر الصحة / Health Lab"


async def test_nobody_else_gets_it(desk: Desk) -> None:
    result_id = await desk.result_id("BGD-2026-000001")
    strangers = [await press(desk, result_id, "c2")]
    strangers += [await press(desk, wrong) for wrong in (result_id + 1, "", "x", "-1", "9" * 40, "²")]
    assert {prompt.text for prompt in strangers} == {
        "هذه الشهادة لم تعد متاحة من هنا. اطلب نتيجتك من جديد برقم العينة."
    }
    assert not any(prompt.files for prompt in strangers)


async def test_not_for_a_result_that_says_neither(desk: Desk) -> None:
    await desk.send(row(2, value="غير حاسمة"), row(3, status="قيد الفحص"))
    for number in (2, 3):
        await desk.ask(f"BGD-2026-{number:06}", f"1985{number:08}")
        prompt = await press(desk, await desk.result_id(f"BGD-2026-{number:06}"))
        assert (prompt.text, prompt.files) == ("لا تصدر شهادة لهذه النتيجة.", ())


async def test_too_late(desk: Desk) -> None:
    desk.later(hours=72)
    prompt = await press(desk, await desk.result_id("BGD-2026-000001"))
    assert prompt.text.startswith("الشهادة تصلح 72 ساعة من أخذ العينة، وقد مضت هذه المدة.")


async def test_an_amended_result_gets_another_and_the_first_is_revoked(desk: Desk) -> None:
    result_id = await desk.result_id("BGD-2026-000001")
    _, before = await opened(desk, await press(desk, result_id))
    await desk.send(row(1, value="موجبة", status="معدلة"))
    _, after = await opened(desk, await press(desk, result_id))
    async with desk.sessions() as session:
        states = [(await verify(session, code_in(picture.data), desk.now)).state for picture in (before, after)]
    assert states == [State.REVOKED, State.VALID]
