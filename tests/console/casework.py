"""Cases and results for the console's tests."""

from datetime import timedelta
from typing import Any

from casework.cases import numbers, service
from casework.cases.models import Agent, Case, Kind
from casework.cases.office import Office as CaseOffice
from casework.cases.service import NewCase
from casework.results import repository as results
from casework.results.models import Laboratory
from foundation.clock import utc_now
from foundation.database import SessionFactory, transaction
from foundation.datakeys import load_data_keys
from foundation.settings import Settings

TOLD = "أخذ مني الوكيل ألفين زيادة، هاتفي 07701234567"
HEADER = "رقم العينة,الحالة,النتيجة,وقت أخذ العينة,وقت صدور النتيجة,الاسم,رقم الهاتف,رقم البطاقة الوطنية"


async def agent(sessions: SessionFactory, number: str = "4417", governorate: str = "basra") -> int:
    """Adds an agent; the id."""
    async with transaction(sessions) as session:
        district = "basra-zubair" if governorate == "basra" else None
        one = Agent(number=number, name="كريم جاسم محمد", governorate=governorate, district=district)
        session.add(one)
        await session.flush()
        return one.id


async def case(
    sessions: SessionFactory,
    settings: Settings,
    conversation_id: str | None = None,
    *,
    hours_ago: float = 0,
    **more: Any,
) -> Case:
    """Files a complaint, some hours ago."""
    usual = {"kind": Kind.EXTRA_MONEY, "text": TOLD, "governorate": "basra", "ration_card": "1234567"}
    async with transaction(sessions) as session:
        office = CaseOffice(session, load_data_keys(settings), settings, utc_now() - timedelta(hours=hours_ago))
        return (await service.file(office, NewCase(**{**usual, "conversation_id": conversation_id, **more}))).case


def shown(one: Case) -> str:
    """The tracking number as people read it."""
    return numbers.show(one.number)


async def laboratory(sessions: SessionFactory, code: str = "BGD-1", governorate: str = "baghdad") -> None:
    """Adds a laboratory."""
    async with transaction(sessions) as session:
        name = f"مختبر الصحة {code}"
        await results.put_laboratory(
            session, Laboratory(code=code, name=name, name_latin="Health Lab", governorate=governorate)
        )


def sheet(count: int, *, first: int = 1, positive_every: int = 4, days_ago: int = 1) -> str:
    """A laboratory's file; the last line is bad."""
    lines = [HEADER]
    for number in range(first, first + count):
        day = utc_now() - timedelta(days=days_ago + number % 5)
        value = "موجبة" if number % positive_every == 0 else "سالبة"
        lines.append(
            f"BGD-2026-{number:06},نهائية,{value},{day:%Y-%m-%d} 08:00,{day:%Y-%m-%d} 15:00,"
            f"علي حسن كاظم,0770123{number:04},1985{number:08}"
        )
    return "\n".join([*lines, "BGD-2026-999999,نهائية,لا أدري,2026-11-01 08:00,,علي,,", ""])
