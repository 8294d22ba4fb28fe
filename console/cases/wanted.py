"""The filters of the list, read from its address."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from sqlalchemy.ext.asyncio import AsyncSession

from arabic import digits_to_ascii
from casework.cases.browse.filters import Filter
from casework.cases.browse.repository import Place, Row
from casework.cases.directory import finding, repository
from casework.cases.life import OPEN
from casework.cases.models import Agent, Kind, State
from casework.places import atlas
from console.cases.scope import places_of
from operations.accounts.governorates import GOVERNORATES
from operations.accounts.person import Person

FIELDS = ("state", "kind", "governorate", "district", "agent", "overdue", "mine", "order")
OPEN_STATES = "open"
"""Stands for all states in which somebody has yet to decide."""
NOBODY = -1
"""Id of no agent: what was typed is none of the register."""
EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: the filter, what was typed, the order, and after which row."""

    filter: Filter
    typed: Mapping[str, str]
    urgent: bool
    after: Place | None
    agent: Agent | None

    def address(self, path: str, **more: str) -> str:
        """The list with the same filters."""
        kept = {name: value for name, value in {**self.typed, **more}.items() if value}
        return f"{path}?{urlencode(kept)}" if kept else path

    def next_page(self, path: str, last: Row) -> str:
        """The list after this row."""
        at = last.due_at if self.urgent and last.due_at is not None else last.created_at
        return self.address(path, after=f"{(at - EPOCH) // MICROSECOND}-{last.id}")


async def read(session: AsyncSession, query: Mapping[str, str], person: Person, now: datetime) -> Wanted:
    """What an address asks for; what it cannot mean is left out."""
    typed = {name: query.get(name, "").strip()[:80] for name in FIELDS}
    places = places_of(person)
    wanted = Filter(governorates=places)
    if typed["state"] == OPEN_STATES:
        wanted = replace(wanted, states=OPEN)
    elif typed["state"] in set(State):
        wanted = replace(wanted, states=(State(typed["state"]),))
    if typed["kind"] in set(Kind):
        wanted = replace(wanted, kind=Kind(typed["kind"]))
    if typed["governorate"] in allowed(places):
        # It is among those that may be seen: one is enough for the database.
        wanted = replace(wanted, governorate=typed["governorate"], governorates=None)
        if typed["district"] in {one.code for one in atlas.governorate(typed["governorate"]).districts}:
            wanted = replace(wanted, district=typed["district"])
    agent = None
    if typed["agent"]:
        agent = await _agent(session, typed["agent"])
        wanted = replace(wanted, agent_id=agent.id if agent else NOBODY)
    if typed["overdue"]:
        wanted = replace(wanted, overdue_at=now)
    if typed["mine"]:
        wanted = replace(wanted, assignee=person.name)
    return Wanted(wanted, typed, typed["order"] == "urgent", _place(query.get("after", "")), agent)


def allowed(places: tuple[str, ...] | None) -> Mapping[str, str]:
    """The governorates that can be chosen."""
    return {code: name for code, name in GOVERNORATES.items() if places is None or code in places}


def choices(wanted: Wanted, person: Person) -> Mapping[str, Any]:
    """What the filters offer."""
    governorate = wanted.filter.governorate
    return {
        "governorates": allowed(places_of(person)),
        "districts": atlas.governorate(governorate).districts if governorate else (),
    }


async def _agent(session: AsyncSession, typed: str) -> Agent | None:
    number = digits_to_ascii(typed)
    if known := (await repository.agents_by_number(session, [number])).get(number):
        return known
    found = await finding.find(session, typed, None, None)
    best = found.sure or (found.maybe[0] if found.maybe else None)
    return best if isinstance(best, Agent) else None


def _place(text: str) -> Place | None:
    at, _, case_id = text.partition("-")
    if not (at.isdecimal() and case_id.isdecimal() and len(at) < 18 and len(case_id) < 18):
        return None
    return EPOCH + int(at) * MICROSECOND, int(case_id)
