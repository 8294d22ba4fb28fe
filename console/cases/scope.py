"""Which cases a member of staff may see: a case officer those of their governorates, an administrator all."""

from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from casework.cases import numbers, repository
from casework.cases.models import Case
from casework.cases.office import Office
from console.web.deps import deps_of
from console.web.errors import RefusedError
from console.web.guard import require
from operations.accounts import repository as accounts
from operations.accounts.models import Role
from operations.accounts.person import Person
from operations.accounts.sessions import Entered

CASES = "/console/cases"
Officer = Annotated[Entered, Depends(require(Role.CASE_OFFICER, Role.ADMINISTRATOR))]


def places_of(person: Person) -> tuple[str, ...] | None:
    """The governorates whose cases the person sees; None for all."""
    if person.has(Role.ADMINISTRATOR):
        return None
    places = person.governorates(Role.CASE_OFFICER)
    return None if places is None else tuple(sorted(places))


def may_see(person: Person, case: Case) -> bool:
    """Whether the person may see the case; one without a place only who sees all."""
    places = places_of(person)
    return places is None or case.governorate in places


async def found(session: AsyncSession, number: str, person: Person) -> Case:
    """The case of a tracking number as the database has it; raises `RefusedError` if there is none for this person."""
    typed = numbers.find(number)
    case = await repository.by_number(session, typed.number, fresh=True) if typed.number else None
    if case is None or not may_see(person, case):
        raise RefusedError("لا توجد شكوى بهذا الرقم في محافظاتك.", 404)
    return case


async def officers(session: AsyncSession, governorate: str | None) -> dict[str, str]:
    """Who can be given a case of this place: names of entering, with what they are called."""
    return await accounts.names_with(session, Role.CASE_OFFICER, governorate)


def office_of(request: Request, session: AsyncSession) -> Office:
    """The services' side of the transaction."""
    deps = deps_of(request)
    return Office(session, deps.keys, deps.settings, deps.clock())
