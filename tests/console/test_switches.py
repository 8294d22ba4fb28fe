"""Switches in the console: what is off, why, and what citizens are told."""

from operations.accounts.models import Role
from operations.audit import repository as audit
from operations.audit.models import Action
from operations.switches import repository
from operations.switches.models import Capability
from operations.switches.sentences import SENTENCES
from tests.console.conftest import Office

PAGE = "/console/switches"


async def off(office: Office) -> dict[Capability, str]:
    async with office.sessions() as session:
        return {one.capability: one.message for one in await repository.off(session)}


async def test_off_and_on_again_with_reasons(office: Office) -> None:
    boss = await office.colleague("boss", "مدير", Role.ADMINISTRATOR)
    await boss.sends(f"{PAGE}/cases/off", reason="نراجع الأسماء", message="")
    assert await off(office) == {Capability.CASES: SENTENCES[Capability.CASES]}
    await boss.sends(f"{PAGE}/cases/off", reason="نراجع الأسماء", message="نعود الساعة الثامنة.")
    assert await off(office) == {Capability.CASES: "نعود الساعة الثامنة."}
    page = await boss.sees(PAGE)
    assert "نعود الساعة الثامنة." in page
    assert "نراجع الأسماء" in page
    await boss.sends(f"{PAGE}/cases/on", reason="انتهت المراجعة")
    assert await off(office) == {}
    async with office.sessions() as session:
        entries = await audit.newest(session, (Action.SWITCH_OFF, Action.SWITCH_ON), 10)
    assert next((one.who, one.action, one.reason) for one in entries) == ("boss", "switch_on", "انتهت المراجعة")


async def test_without_a_reason_or_in_another_language_nothing_happens(office: Office) -> None:
    boss = await office.colleague("boss", "مدير", Role.ADMINISTRATOR)
    for values in ({"reason": " "}, {"reason": "س", "message": "closed"}):
        await boss.sends(f"{PAGE}/everything/off", **values)
        assert "اكتب السبب" in await boss.sees(PAGE)
    assert await off(office) == {}
    assert (await boss.sends(f"{PAGE}/nothing/off", reason="س")).status_code == 400
