"""What waits for a person by date: entries to verify, cases past their deadline."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from casework.cases.accountability.repository import only_samples
from casework.cases.browse import repository as cases
from casework.cases.browse.filters import Filter
from catalog.editing import freshness
from console.cases.scope import places_of
from foundation.clock import in_baghdad
from foundation.settings import Settings
from operations.accounts.models import Role
from operations.accounts.person import Person

SOON: Final = timedelta(days=14)
"""So long before its day an entry is reminded of."""
COUNTED_MAX: Final = 100
"""More are not counted one by one."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Numbers of things, up to `COUNTED_MAX`.

    Attributes:
        stale: Entries that nobody has verified for too long.
        soon: Entries that will be such within `SOON`.
        late: Cases past the deadline of their state, in the person's governorates; samples while nothing else came.
    """

    stale: int = 0
    soon: int = 0
    late: int = 0

    @property
    def entries(self) -> int:
        """All entries to look at."""
        return min(self.stale + self.soon, COUNTED_MAX)


async def waiting(session: AsyncSession, person: Person, now: datetime, settings: Settings) -> Waiting:
    """What waits for this person; what is not their work counts as nothing."""
    stale = soon = late = 0
    if person.has(Role.EDITOR, Role.REVIEWER):
        today = in_baghdad(now).date()
        found = await freshness.stale(session, today, settings.content_valid_days, SOON, limit=COUNTED_MAX)
        stale = sum(1 for one in found if one.until is None or one.until < today)
        soon = len(found) - stale
    if person.has(Role.CASE_OFFICER, Role.ADMINISTRATOR):
        overdue = Filter(overdue_at=now, governorates=places_of(person), samples=await only_samples(session))
        late = await cases.count(session, overdue, at_most=COUNTED_MAX)
    return Waiting(stale, soon, late)
