"""The first accounts, made once while there is none: an administrator, and on one's own machine one for each role."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from foundation.settings import Settings
from operations.accounts import repository, service
from operations.accounts.models import Role
from operations.accounts.person import Grant

WHO = "set-up"
ADMINISTRATOR = "admin"
_SAMPLES = (
    ("sara", "سارة", "فريق الوثائق", (Grant(Role.AGENT),)),
    ("hussein", "حسين", "فريق الشكاوى", (Grant(Role.AGENT), Grant(Role.CASE_OFFICER))),
    ("noor", "نور", "فريق المحتوى", (Grant(Role.EDITOR),)),
    ("ali", "علي", "فريق المحتوى", (Grant(Role.EDITOR), Grant(Role.REVIEWER))),
    ("zainab", "زينب", "وزارة الصحة", (Grant(Role.HEALTH_OFFICER),)),
)


@dataclass(frozen=True, slots=True)
class First:
    """An account that was made, with its one-time password."""

    name: str
    password: str
    roles: tuple[Role, ...]

    @property
    def called(self) -> str:
        """Its roles as the console and the code call them."""
        names = "، ".join(service.ROLE_NAMES[role] for role in self.roles)
        return f"{', '.join(role.value.replace('_', ' ') for role in self.roles)} · {names}"


async def make_first(session: AsyncSession, now: datetime, settings: Settings, *, samples: bool) -> Sequence[First]:
    """Makes the first accounts; none if there is an account already."""
    if await repository.any_account(session):
        return ()
    made = []
    people = [(ADMINISTRATOR, "مدير النظام", "", (Grant(Role.ADMINISTRATOR),)), *(_SAMPLES if samples else ())]
    for name, shown_name, team, grants in people:
        _, password = await service.create(
            session, name, shown_name, grants, team=team, who=WHO, now=now, settings=settings
        )
        made.append(First(name, password, tuple(grant.role for grant in grants)))
    return made
