"""What one case's page shows, gathered."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from casework.cases import letters, life, repository
from casework.cases.browse import repository as browse
from casework.cases.directory import repository as directory
from casework.cases.models import Agent, Case, CaseEvent, Centre, State
from casework.cases.office import Office
from casework.files import repository as files
from citizens.vault.recognise import find
from console.cases import scope
from operations.accounts import repository as accounts
from operations.accounts.person import Person
from operations.audit import repository as audit
from operations.audit.models import Action, AuditEntry

OPEN_FOR = timedelta(hours=8)
"""So long somebody who gave a reason reads on without giving another."""
LOOKS = 200
LOOKS_SHOWN = 6
HISTORY = 6
_DIGITS = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Behind:
    """What is behind the mask; None where it stays there."""

    text: str | None
    card: str | None
    named: str | None
    joined: Sequence[str]
    notes: dict[int, str]


@dataclass(frozen=True, slots=True)
class Shown:
    """One case, for a page."""

    case: Case
    events: Sequence[CaseEvent]
    behind: Behind | None
    whole: bool
    files: Sequence[tuple[str, str, str]]
    agent: Agent | None
    centre: Centre | None
    history: Sequence[browse.Row]
    merged: Sequence[str]
    looks: Sequence[AuditEntry]
    officers: dict[str, str]
    names: dict[str, str]
    moves: frozenset[State]
    letters: Sequence[tuple[str, str]]


def subject_of(case: Case) -> str:
    """What the audit calls the case."""
    return f"case/{case.number}"


async def looked(session: AsyncSession, case: Case, who: str, now: datetime) -> tuple[bool, bool]:
    """Whether this person gave a reason to read the text, and the identity, not long ago."""
    looks = await audit.of_subject(session, subject_of(case), Action.REVEAL, LOOKS)
    what = {
        str((look.details or {}).get("what", "text")) for look in looks if look.who == who and look.at > now - OPEN_FOR
    }
    return bool(what), "identity" in what


async def shown(office: Office, case: Case, person: Person) -> Shown:
    """All that the page shows to this person."""
    session = office.session
    events = await repository.events(session, case.id)
    text, identity = await looked(session, case, person.name, office.now)
    looks = await audit.of_subject(session, subject_of(case), Action.REVEAL, LOOKS_SHOWN)
    officers = await scope.officers(session, case.governorate)
    attached = await repository.files(session, case.id)
    kinds = await files.names(session, attached)
    actors = {event.actor for event in events} | {look.who for look in looks} | {case.assignee or ""}
    return Shown(
        case=case,
        events=events,
        behind=await _behind(office, case, events, whole=identity) if text else None,
        whole=identity,
        files=[(file_id, *kinds[file_id]) for file_id in attached if file_id in kinds],
        agent=None if case.agent_id is None else await directory.agent(session, case.agent_id),
        centre=None if case.centre_id is None else await directory.centre(session, case.centre_id),
        history=[]
        if case.agent_id is None
        else [row for row in await browse.of_agent(session, case.agent_id, HISTORY + 1) if row.id != case.id][:HISTORY],
        merged=await repository.merged(session, case.number),
        looks=looks,
        officers=officers,
        names=await accounts.shown_by_name(session, actors),
        moves=life.TRANSITIONS[State(case.state)],
        letters=await letters.filled_for(session, case, person.shown_name, office.now),
    )


async def _behind(office: Office, case: Case, events: Sequence[CaseEvent], *, whole: bool) -> Behind:
    joined = [office.opened(text) for _, text in await repository.joined(office.session, case.id)]
    # What staff wrote of a case may repeat what the citizen told.
    notes = {event.id: office.opened(event.note) or "" for event in events if event.note is not None}
    return Behind(
        text=_shown(office.opened(case.text), whole=whole),
        card=office.opened(case.ration_card) if whole else None,
        named=office.opened(case.agent_named),
        joined=[_shown(text, whole=whole) or "" for text in joined if text],
        notes=notes,
    )


def _shown(text: str | None, *, whole: bool) -> str | None:
    """The text with the digits of every identifier in it as dots, unless the whole of it was asked for."""
    if text is None or whole:
        return text
    parts: list[str] = []
    place = 0
    for one in find(text):
        parts += [text[place : one.start], _DIGITS.sub("•", text[one.start : one.end])]
        place = one.end
    return "".join(parts) + text[place:]
