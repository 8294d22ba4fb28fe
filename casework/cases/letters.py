"""Letters to the citizen by canned text: those of cases, then the office's own replies, with their variables filled."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import yaml
from sqlalchemy.ext.asyncio import AsyncSession

from casework.cases import wording
from casework.cases.models import Case
from casework.cases.numbers import show
from casework.handoffs import canned, hours
from foundation.clock import in_baghdad

VARIABLES = ("الموضوع", "الموعد", "اسمي", "التحية", "الدوام")
_FILE = Path(__file__).with_name("letters.yml")


@lru_cache(maxsize=1)
def templates() -> Mapping[str, str]:
    """Title and text of the letters of cases."""
    loaded: dict[str, str] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return loaded


async def filled_for(session: AsyncSession, case: Case, shown_name: str, now: datetime) -> Sequence[tuple[str, str]]:
    """Title and text of each letter, filled in for this case and this member of staff."""
    opens = (await hours.calendar(session)).opens_next(now)
    values = {
        "الموضوع": f"{wording.noun(case.kind)} رقم {show(case.number)}",
        "الموعد": wording.moment(case.due_at) if case.due_at else "",
        "اسمي": shown_name,
        "التحية": "صباح الخير" if in_baghdad(now).hour < 12 else "مساء الخير",
        "الدوام": hours.show_opening(opens) if opens else "في أول يوم دوام",
    }
    texts = [*templates().items(), *((reply.title, reply.text) for reply in await canned.listed(session))]
    return [(title, canned.filled(text, values)) for title, text in texts]
