"""Giving many cases to somebody at once, and taking that back before any citizen was told of it."""

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from casework.cases import repository, service, telling
from casework.cases.browse import repository as browse
from casework.cases.life import TRANSITIONS
from casework.cases.models import Case, CaseBatch, State, What
from casework.cases.office import Office
from casework.notices import repository as notices

KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Before:
    """What a case was before it was given away; times in ISO 8601. `version` and `event` are those of the giving."""

    case_id: int
    version: int
    event: int
    state: str
    assignee: str | None
    changed_at: str
    due_at: str | None
    look_at: str | None
    escalations: int


async def assign(office: Office, cases: Sequence[Case], assignee: str, actor: str) -> CaseBatch:
    """Gives those of the cases that may be given to somebody now; the batch names them.

    Raises:
        StaleCaseError: Somebody changed one of them at the same moment.
    """
    held = replace(office, hold=timedelta(seconds=office.settings.case_undo_seconds))
    were: list[dict[str, Any]] = []
    for case in cases:
        if State.ASSIGNED in TRANSITIONS[State(case.state)]:
            were.append(_before(case))
            await service.move(held, case, State.ASSIGNED, actor, assignee=assignee)
            were[-1]["version"] = case.version
    events = await browse.last_events(office.session, [one["case_id"] for one in were])
    batch = CaseBatch(
        id=secrets.token_hex(16),
        actor=actor,
        assignee=assignee,
        at=office.now,
        undo_until=office.now + held.hold,
        before=[asdict(Before(**one, event=events[one["case_id"]].id)) for one in were],
    )
    await repository.add_batch(office.session, batch, forget_before=office.now - KEPT)
    return batch


async def undo(office: Office, batch: CaseBatch, actor: str) -> int:
    """Takes a batch back; a case that somebody changed since stays as it is.

    Returns:
        How many cases are as they were before; 0 too if it is too late, or was done already.
    """
    if batch.undone_at is not None or office.now >= batch.undo_until:
        return 0
    batch.undone_at = office.now
    back = 0
    for one in (Before(**entry) for entry in batch.before):
        case = await office.session.get(Case, one.case_id, populate_existing=True)
        if case is None or case.version != one.version:
            continue
        values = {
            "state": State(one.state),
            "assignee": one.assignee,
            "changed_at": datetime.fromisoformat(one.changed_at),
            "due_at": _moment(one.due_at),
            "look_at": _moment(one.look_at),
            "escalations": one.escalations,
        }
        if await repository.change(office.session, case, values):
            await notices.withdraw(office.session, [telling.notice_key(case.id, one.event)])
            await telling.record(office, case, What.UNDONE, actor, from_state=State.ASSIGNED)
            back += 1
    await office.session.flush()
    return back


def _before(case: Case) -> dict[str, Any]:
    return {
        "case_id": case.id,
        "state": str(case.state),
        "assignee": case.assignee,
        "changed_at": case.changed_at.isoformat(),
        "due_at": case.due_at.isoformat() if case.due_at else None,
        "look_at": case.look_at.isoformat() if case.look_at else None,
        "escalations": case.escalations,
    }


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
